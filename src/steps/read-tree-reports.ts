import type { SideRun } from '../domain/candidate.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { type Inventory, storedInventory, type TestReport } from '../domain/inventory.ts';
import type { CheckResult } from '../domain/verdict.ts';
import type { Ports } from '../ports/ports.ts';
import { readReports } from './read-inventory.ts';

/** A run that ended with a verdict. */
export interface MeasuredRun {
  readonly run: SideRun;
  readonly reading: { readonly kind: 'passed' | 'failed'; readonly results: readonly CheckResult[] };
}

/** What ran in one tree, by check. A report that cannot be read counts as none, and why is told. */
export interface TreeReports {
  readonly inventories: ReadonlyMap<string, Inventory>;
  /** With the reasons; none where only the inventory was kept. */
  readonly reports: ReadonlyMap<string, TestReport>;
  readonly faults: readonly { readonly check: string; readonly fault: string }[];
}
/** `runUrl`: the run beside the candidate's that was read; null where an earlier one had told. */
export interface BaseReports extends TreeReports {
  readonly runUrl: string | null;
}

export const noReports: TreeReports = { inventories: new Map(), reports: new Map(), faults: [] };

export async function reportsOf(
  ports: Pick<Ports, 'sandbox'>,
  fix: Fix,
  runId: number,
  checks: readonly string[],
): Promise<TreeReports> {
  const found = Object.entries(await readReports(ports, fix.repository, runId, checks));
  const reports = new Map(found.flatMap(([check, one]) => ('fault' in one ? [] : [[check, one] as const])));
  return {
    inventories: new Map([...reports].map(([check, { inventory }]) => [check, inventory])),
    reports,
    faults: found.flatMap(([check, one]) => ('fault' in one ? [{ check, fault: one.fault }] : [])),
  };
}

/**
 * What is known of the base, from an earlier fix or from the run beside this one, which is then kept for later ones.
 * What could not be read, or came of a broken build, is not kept: the next fix measures again.
 */
export async function baseReports(
  ports: Pick<Ports, 'sandbox' | 'inventories'>,
  fix: Fix,
  {
    checks,
    workflowBlob,
    beside,
  }: { readonly checks: readonly string[]; readonly workflowBlob: string; readonly beside: readonly MeasuredRun[] },
): Promise<BaseReports> {
  if (fix.ground === null) return { ...noReports, runUrl: null };
  const place = { repository: fix.repository, commit: fix.ground.base, workflowBlob };
  const known = await ports.inventories.find(place);
  const measured = beside.find(({ run }) => run.tree === 'base');
  if (known !== null) return { ...noReports, runUrl: null, inventories: new Map(Object.entries(known)) };
  if (measured === undefined) return { ...noReports, runUrl: null };
  const { inventories, faults } = await reportsOf(ports, fix, measured.run.runId, checks);
  const kept = new Map([...inventories].map(([check, all]) => [check, storedInventory(all)]));
  if (faults.length === 0 && (kept.size > 0 || measured.reading.kind === 'passed'))
    await ports.inventories.put(place, Object.fromEntries(kept));
  return { ...noReports, runUrl: measured.run.runUrl, inventories: kept, faults };
}
