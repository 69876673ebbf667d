import type { Attempt } from '../domain/attempt.ts';
import type { Ask, SideRun } from '../domain/event.ts';
import { knownFailure } from '../domain/failure.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { type Inventory, storedInventory } from '../domain/inventory.ts';
import { judgeGreen } from '../domain/judgement.ts';
import type { CheckResult } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { type BaseKnowledge, type Feedback, gatherFeedback } from './gather-feedback.ts';
import { readInventories } from './read-inventory.ts';

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
    return { kind: 'passed', asks: judgement.asks, evidence: [...both, ...judgement.evidence, ...unread].join('\n') };
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

/** What fails without the patch, as far as an earlier fix or the run beside this one has shown. */
export async function knownOfBase(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  workflowBlob: string,
  beside: WantedComparison['beside'],
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
