import type { Attempt } from '../domain/attempt.ts';
import type { Ask, SideRun } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { type Inventory, storedInventory } from '../domain/inventory.ts';
import { judgeGreen } from '../domain/judgement.ts';
import type { CheckResult } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { readInventories } from './read-inventory.ts';
import { gatherFeedback } from './read-verdict.ts';

export interface WantedComparison {
  readonly checks: readonly string[];
  readonly workflowBlob: string;
  readonly beside: readonly {
    readonly run: SideRun;
    readonly reading: { readonly kind: 'passed' | 'failed'; readonly results: readonly CheckResult[] };
  }[];
}

export type RunComparison =
  | { readonly kind: 'passed'; readonly asks: readonly Ask[]; readonly evidence: string }
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
    return { kind: 'passed', asks: judgement.asks, evidence: [...both, ...judgement.evidence, ...unread].join('\n') };
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

/** What ran in one tree, by check. A report that cannot be read counts as none, and why is told. */
interface TreeReports {
  readonly inventories: ReadonlyMap<string, Inventory>;
  readonly faults: readonly { readonly check: string; readonly fault: string }[];
}
const noReports: TreeReports = { inventories: new Map(), faults: [] };

const sayFaults = (tree: string, { faults }: TreeReports): string[] =>
  faults.map(({ check, fault }) => `The test report of "${check}" with the ${tree} could not be read: ${fault}.`);

async function reportsOf(
  ports: Pick<Ports, 'sandbox'>,
  fix: Fix,
  runId: number,
  checks: readonly string[],
): Promise<TreeReports> {
  const found = Object.entries(await readInventories(ports, fix.repository, runId, checks));
  return {
    inventories: new Map(found.flatMap(([check, one]) => ('fault' in one ? [] : [[check, one] as const]))),
    faults: found.flatMap(([check, one]) => ('fault' in one ? [{ check, fault: one.fault }] : [])),
  };
}

/**
 * What is known of the base, from an earlier fix or from the run beside this one, which is then kept for later ones.
 * What could not be read, or came of a broken build, is not kept: the next fix measures again.
 */
async function baseReports(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  { checks, workflowBlob, beside }: WantedComparison,
): Promise<TreeReports> {
  if (fix.ground === null) return noReports;
  const place = { repository: fix.repository, commit: fix.ground.base, workflowBlob };
  const known = await ports.inventories.find(place);
  const measured = beside.find(({ run }) => run.tree === 'base');
  if (known !== null) return { inventories: new Map(Object.entries(known)), faults: [] };
  if (measured === undefined) return noReports;
  const { inventories, faults } = await reportsOf(ports, fix, measured.run.runId, checks);
  const kept = new Map([...inventories].map(([check, all]) => [check, storedInventory(all)]));
  if (faults.length === 0 && (kept.size > 0 || measured.reading.kind === 'passed'))
    await ports.inventories.put(place, Object.fromEntries(kept));
  return { inventories: kept, faults };
}
