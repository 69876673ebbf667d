import type { Attempt } from '../domain/attempt.ts';
import type { Ask } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { judgeGreen } from '../domain/judgement.ts';
import type { Ports } from '../ports/ports.ts';
import { baseReports, type MeasuredRun, noReports, reportsOf, type TreeReports } from './read-tree-reports.ts';
import { gatherFeedback } from './read-verdict.ts';

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
      readonly base: TreeReports;
      readonly candidate: TreeReports;
    }
  | { readonly kind: 'failed'; readonly feedback: string };

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
  const logs = judge?.reading.kind === 'failed' ? await gatherFeedback(ports, fix, judge.reading.results) : '';
  return {
    kind: 'failed',
    feedback: [sayFailure([...judgement.because, ...unread]), logs].filter(Boolean).join('\n\n'),
  };
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
