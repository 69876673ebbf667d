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
  { checks, workflowBlob, beside }: WantedComparison,
): Promise<RunComparison> {
  const base = await baseInventories(ports, fix, workflowBlob, checks, runOf(beside, 'base')?.run);
  const judge = runOf(beside, 'judge');
  const hasBase = Object.keys(base).length > 0;
  const candidate = hasBase && fix.candidate !== null ? await reportsOf(ports, fix, fix.candidate.runId, checks) : {};
  const judges = hasBase && judge !== undefined ? await reportsOf(ports, fix, judge.run.runId, checks) : {};
  const judgement = judgeGreen({
    judge: judge?.reading.kind ?? null,
    reports: checks.map((check) => ({
      check,
      base: base[check],
      candidate: candidate[check],
      judge: judges[check],
    })),
    whyTestsChange: patch.summary?.whyTestsChange ?? null,
  });
  if (judgement.kind === 'passed') {
    const both =
      judge === undefined ? [] : [`It passes with the base's own tests and scripts too ([run](${judge.run.runUrl})).`];
    const evidence = judge?.reading.kind === 'passed' ? [...both, ...judgement.evidence] : judgement.evidence;
    return { kind: 'passed', asks: judgement.asks, evidence: evidence.join('\n') };
  }
  const logs = judge?.reading.kind === 'failed' ? await gatherFeedback(ports, fix, judge.reading.results) : '';
  return { kind: 'failed', feedback: [sayFailure(judgement.because), logs].filter(Boolean).join('\n\n') };
}

const runOf = (beside: WantedComparison['beside'], tree: SideRun['tree']) =>
  beside.find(({ run }) => run.tree === tree);

function sayFailure(because: readonly string[]): string {
  const list = because.map((reason) => `- ${reason}`).join('\n');
  return [
    'The checks pass, but they mean less than on the base:',
    list,
    'Restore what you changed in existing tests, scripts and test configuration and mend the code instead. If the issue itself asks for other behaviour of existing tests, say so in `why_tests_change` when you finish: a person will be asked.',
  ].join('\n');
}

/** Reports that cannot be read count as none: on the candidate's side every test of the base is then missing. */
async function reportsOf(
  ports: Pick<Ports, 'sandbox'>,
  fix: Fix,
  runId: number,
  checks: readonly string[],
): Promise<Readonly<Record<string, Inventory>>> {
  const found = await readInventories(ports, fix.repository, runId, checks);
  return Object.fromEntries(
    Object.entries(found).flatMap(([check, inventory]) => ('fault' in inventory ? [] : [[check, inventory]])),
  );
}

/** What is known of the base, from an earlier fix or from the run beside this one, which is then kept for later ones. */
async function baseInventories(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  workflowBlob: string,
  checks: readonly string[],
  run: SideRun | undefined,
): Promise<Readonly<Record<string, Inventory>>> {
  if (fix.ground === null) return {};
  const place = { repository: fix.repository, commit: fix.ground.base, workflowBlob };
  const known = await ports.inventories.find(place);
  if (known !== null || run === undefined) return known ?? {};
  const measured = await reportsOf(ports, fix, run.runId, checks);
  const kept = Object.fromEntries(Object.entries(measured).map(([check, all]) => [check, storedInventory(all)]));
  await ports.inventories.put(place, kept);
  return kept;
}
