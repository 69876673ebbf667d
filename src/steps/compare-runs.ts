import type { Attempt } from '../domain/attempt.ts';
import { knownFailure } from '../domain/failure.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ask } from '../domain/gate.ts';
import { judgeGreen } from '../domain/judgement.ts';
import type { Ports } from '../ports/ports.ts';
import { type BaseKnowledge, type Feedback, gatherFeedback } from './gather-feedback.ts';
import {
  type BaseReports,
  baseReports,
  type MeasuredRun,
  noReports,
  reportsOf,
  type TreeReports,
} from './read-tree-reports.ts';

export interface WantedComparison {
  readonly checks: readonly string[];
  readonly workflowBlob: string;
  readonly beside: readonly MeasuredRun[];
}

export type RunComparison =
  | {
      readonly kind: 'passed';
      readonly asks: readonly Ask[];
      readonly evidence: string;
      /** What ran on the base and with the patch, for whoever looks further. */
      readonly base: BaseReports;
      readonly candidate: TreeReports;
    }
  | { readonly kind: 'failed'; readonly feedback: Feedback };

/** Holds the green run of a candidate against what ran on the base and in the judge's tree. */
export async function compareRuns(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  patch: Attempt,
  wanted: WantedComparison,
): Promise<RunComparison> {
  const { checks, beside } = wanted;
  const judge = beside.find(({ run }) => run.tree === 'judge');
  const base = await baseReports(ports, fix, wanted);
  const ofRun = (runId: number | undefined): Promise<TreeReports> =>
    base.inventories.size === 0 || runId === undefined
      ? Promise.resolve(noReports)
      : reportsOf(ports, fix, runId, checks);
  const candidate = await ofRun(fix.candidate?.runId);
  const judges = await ofRun(judge?.run.runId);
  const judgement = judgeGreen({
    judge: judge?.reading.kind ?? null,
    reports: checks.map((check) => ({
      check,
      base: base.inventories.get(check),
      candidate: candidate.inventories.get(check),
      judge: judges.inventories.get(check),
    })),
    whyTestsChange: patch.summary?.whyTestsChange ?? null,
  });
  const unread = [...sayFaults('base', base), ...sayFaults('patch', candidate), ...sayFaults("judge's tree", judges)];
  if (judgement.kind === 'passed') {
    const both =
      judge?.reading.kind === 'passed'
        ? [`It passes with the base's own tests and scripts too ([run](${judge.run.runUrl})).`]
        : [];
    const evidence = [...both, ...judgement.evidence, ...unread].join('\n');
    return { kind: 'passed', asks: judgement.asks, evidence, base, candidate };
  }
  const because = [...judgement.because, ...unread];
  if (judge?.reading.kind !== 'failed') return { kind: 'failed', feedback: lossOnly(because) };
  const { runId } = judge.run;
  const logs = await gatherFeedback(ports, fix, { runId, results: judge.reading.results });
  return { kind: 'failed', feedback: { ...logs, text: [sayFailure(because), logs.text].join('\n\n') } };
}

/** The checks are green, so no log says what is lost. */
function lossOnly(because: readonly string[]): Feedback {
  const failures = because.map((message) =>
    knownFailure('the checks', { tool: 'ai-fix', nature: 'test', message, excerpt: '' }),
  );
  return { text: sayFailure(because), failures, failed: failures.length };
}

function sayFailure(because: readonly string[]): string {
  const list = because.map((reason) => `- ${reason}`).join('\n');
  return [
    'The checks pass, but they mean less than on the base:',
    list,
    'Restore what you changed in existing tests, scripts and test configuration and mend the code instead. If the issue itself asks for other behaviour of existing tests, say so in `why_tests_change` when you finish: a person will be asked.',
  ].join('\n');
}

const sayFaults = (tree: string, { faults }: TreeReports): string[] =>
  faults.map(({ check, fault }) => `The test report of "${check}" with the ${tree} could not be read: ${fault}.`);

/** What fails without the patch, as far as an earlier fix or the run beside this one has shown. */
export async function knownOfBase(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  workflowBlob: string,
  beside: readonly MeasuredRun[],
): Promise<BaseKnowledge> {
  if (fix.ground === null) return { results: [], inventories: {} };
  const measured = beside.find(({ run }) => run.tree === 'base');
  const results = measured?.reading.kind === 'failed' ? measured.reading.results : [];
  const known = await ports.inventories.find({ repository: fix.repository, commit: fix.ground.base, workflowBlob });
  if (known !== null) return { results, inventories: known };
  const failing = results.filter(({ conclusion }) => conclusion !== 'success').map(({ check }) => check);
  if (measured === undefined || failing.length === 0) return { results, inventories: {} };
  const { inventories } = await reportsOf(ports, fix, measured.run.runId, failing);
  return { results, inventories: Object.fromEntries(inventories) };
}
