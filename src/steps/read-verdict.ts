import type { Fix } from '../domain/fix-facts.ts';
import type { Sha } from '../domain/ids.ts';
import { deadlines } from '../domain/next.ts';
import type { Verdict } from '../domain/verdict.ts';
import { judge } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
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
