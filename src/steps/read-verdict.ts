import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { deadlines } from '../domain/turning-points.ts';
import type { CheckResult, Verdict } from '../domain/verdict.ts';
import { judge } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { failingPart } from './failing-part.ts';
import { readSandbox } from './inspect-repository.ts';

export interface Expectation {
  readonly nonce: string;
  readonly workflowPath: string;
  readonly workflowBlob: string;
  readonly checks: readonly string[];
}

export interface DispatchedRun {
  readonly runId: number;
  /** The commit that it judges. */
  readonly sha: Sha;
  readonly dispatchedAtMs: number;
}

/** The verdict of one run, or how long its run may still go on. */
export type Reading =
  | Exclude<Verdict, { kind: 'running' }>
  | { readonly kind: 'running'; readonly remainingMs: number };

/**
 * Reads the verdict from GitHub's API: the run we dispatched, its jobs, and whether the workflow is still the default
 * branch's. A run past its deadline is cancelled and gives no verdict.
 */
export async function readVerdict(
  { sandbox, repositories, now }: Pick<Ports, 'sandbox' | 'repositories' | 'now'>,
  fix: Fix,
  dispatched: DispatchedRun,
  expected: Expectation,
): Promise<Reading> {
  const { ground, repository } = fix;
  if (ground === null) throw new TypeError(`${fix.id} has no ground to judge on`);
  const run = await sandbox.inspect(repository, dispatched.runId);
  if (run === null) return { kind: 'void', reason: `GitHub knows no run ${dispatched.runId}` };
  const jobs = run.status === 'completed' ? await sandbox.jobs(repository, run.id) : [];
  const { head } = await repositories.facts(repository);
  const current = head === null ? null : await readSandbox(repositories, fix, head);
  const isWorkflowUnchanged = current?.kind === 'usable' && current.blob === expected.workflowBlob;
  const dispatch = {
    runId: dispatched.runId,
    candidate: dispatched.sha,
    tip: ground.tip,
    nonce: expected.nonce,
    workflowPath: expected.workflowPath,
    checks: expected.checks,
  };
  const verdict = judge(dispatch, run, jobs, isWorkflowUnchanged);
  if (verdict.kind !== 'running') return verdict;
  const remainingMs = dispatched.dispatchedAtMs + deadlines.run - now();
  if (remainingMs > 0) return { kind: 'running', remainingMs };
  await sandbox.cancel(repository, run.id);
  return { kind: 'void', reason: `the validation run did not end within ${deadlines.run / 60_000} minutes` };
}

const maxLogBytes = 2 * 1024 * 1024;
const maxFeedbackLength = 24_000;

/**
 * What the debugger is told: for each failing check the end of its log, cut to the part that tells, and whether it
 * fails without the patch too (`onBase`).
 */
export async function gatherFeedback(
  { sandbox }: Pick<Ports, 'sandbox'>,
  fix: Fix,
  results: readonly CheckResult[],
  onBase: readonly CheckResult[] = [],
): Promise<string> {
  const failing = results.filter((result) => result.conclusion !== 'success');
  const share = Math.floor(maxFeedbackLength / Math.max(1, failing.length));
  const parts = await Promise.all(
    failing.map(async (result) => {
      const log = result.jobId === null ? null : await sandbox.logTail(fix.repository, result.jobId, maxLogBytes);
      const step = result.failedSteps.length === 0 ? '' : ` in the step "${result.failedSteps.join('", "')}"`;
      const told = log === null ? 'GitHub has no log of this job.' : failingPart(log, share);
      const isOld = onBase.some(({ check, conclusion }) => check === result.check && conclusion !== 'success');
      const old = isOld ? ' It fails on the base as well, without the patch.' : '';
      return `The check "${result.check}" ended as ${result.conclusion}${step}.${old}\n${told}`;
    }),
  );
  return parts.join('\n\n');
}
