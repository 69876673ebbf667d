import type { TestFailure } from './test-failure.ts';

/**
 * What ran in one check, by what its test runner reported.
 *
 * A green check says that nothing failed, not that everything ran: tests can be deleted, renamed, skipped or never
 * collected. So the names of a candidate's tests are held against those of its base.
 */
export type TestOutcome = 'passed' | 'failed' | 'skipped';

export interface TestCase {
  /** Suites and name, without what differs from run to run. */
  readonly name: string;
  readonly outcome: TestOutcome;
  /** Of one that failed. */
  readonly failure?: TestFailure;
}

/** Plain JSON. Each name stands in one of the lists, once, in order. */
export interface Inventory {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  /** Names that were too many to keep. */
  readonly leftOut: number;
}

/**
 * Several cases of one name pass only together. Each keeps an entry of its own (`name`, `name (2)`, …), so that one of
 * two that is gone is missed.
 */
export function takeInventory(cases: readonly TestCase[]): Inventory {
  const byName = new Map<string, TestOutcome[]>();
  for (const { name, outcome } of cases) {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [outcome]);
    else known.push(outcome);
  }
  const lists: Record<TestOutcome, Set<string>> = { passed: new Set(), failed: new Set(), skipped: new Set() };
  for (const [name, outcomes] of byName) {
    const list = lists[worst(outcomes)];
    outcomes.forEach((_, index) => {
      list.add(index === 0 ? name : `${name} (${index + 1})`);
    });
  }
  const { failed, skipped, passed } = lists;
  // A test may be called what the second of two others is called here.
  const onlyPassed = [...passed].filter((name) => !failed.has(name) && !skipped.has(name));
  const onlySkipped = [...skipped].filter((name) => !failed.has(name));
  return { passed: onlyPassed.sort(), failed: [...failed].sort(), skipped: onlySkipped.sort(), leftOut: 0 };
}

/** A report with the reasons: only for looking at it once, since reasons are long. */
export interface TestReport {
  readonly inventory: Inventory;
  /** By name, of those that failed. */
  readonly failures: ReadonlyMap<string, TestFailure>;
}

const maxFailures = 2_000;

/** Of several cases of one name the first reason is kept. */
export function takeReport(cases: readonly TestCase[]): TestReport {
  const failures = new Map<string, TestFailure>();
  for (const { name, failure } of cases) {
    if (failures.size === maxFailures) break;
    if (failure !== undefined && !failures.has(name)) failures.set(name, failure);
  }
  return { inventory: takeInventory(cases), failures };
}

const worst = (outcomes: readonly TestOutcome[]): TestOutcome =>
  outcomes.includes('failed') ? 'failed' : outcomes.includes('skipped') ? 'skipped' : 'passed';

export const maxStoredNames = 20_000;

/**
 * An inventory that is small enough to keep: of too many names the first ones, those that passed before the others.
 *
 * Only for a base. A candidate is compared with all that it ran, or what it adds would push out what it must keep.
 */
export function storedInventory({ passed, failed, skipped, leftOut }: Inventory, max = maxStoredNames): Inventory {
  const kept = {
    passed: passed.slice(0, max),
    failed: failed.slice(0, Math.max(0, max - passed.length)),
    skipped: skipped.slice(0, Math.max(0, max - passed.length - failed.length)),
  };
  return { ...kept, leftOut: leftOut + passed.length + failed.length + skipped.length - sizeOf(kept) };
}

const sizeOf = ({ passed, failed, skipped }: Omit<Inventory, 'leftOut'>): number =>
  passed.length + failed.length + skipped.length;

export type InventoryComparison =
  | { readonly kind: 'kept' /** Tests that the base does not have. */; readonly added: number }
  | { readonly kind: 'lost'; readonly missing: readonly string[]; readonly notPassed: readonly string[] };

/**
 * Every test that passed on the base must have run and passed. A base without a report has nothing to keep; a
 * candidate without one has lost all.
 */
export function compareInventories(base: Inventory | undefined, candidate: Inventory | undefined): InventoryComparison {
  const passed = new Set(candidate?.passed);
  const failed = new Set(candidate?.failed);
  const skipped = new Set(candidate?.skipped);
  const lost = (base?.passed ?? []).filter((name) => !passed.has(name));
  const notPassed = lost
    .filter((name) => failed.has(name) || skipped.has(name))
    .map((name) => (failed.has(name) ? `${name} (failed)` : `${name} (skipped)`));
  const missing = lost.filter((name) => !failed.has(name) && !skipped.has(name));
  if (lost.length > 0) return { kind: 'lost', missing, notPassed };
  const known = new Set([...(base?.passed ?? []), ...(base?.failed ?? []), ...(base?.skipped ?? [])]);
  const added = [...passed, ...failed, ...skipped].filter((name) => !known.has(name)).length;
  return { kind: 'kept', added: Math.max(0, added - (base?.leftOut ?? 0)) };
}

/** One line, for the debugger and the pull request; at most `max` names of each kind. */
export function sayComparison(check: string, comparison: InventoryComparison, max: number): string {
  const start = `In the check "${check}"`;
  if (comparison.kind === 'kept') {
    const kept = `${start} every test that passed on the base ran and passed`;
    return comparison.added === 0 ? `${kept}.` : `${kept}, and ${count(comparison.added, 'test')} more.`;
  }
  const { missing, notPassed } = comparison;
  const parts = [
    ...(missing.length === 0 ? [] : [`${those(missing.length)} did not run: ${listed(missing, max)}`]),
    ...(notPassed.length === 0 ? [] : [`${those(notPassed.length)} did not pass: ${listed(notPassed, max)}`]),
  ];
  return `${start} ${parts.join('; ')}.`;
}

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;

const those = (number: number): string => `${count(number, 'test')} that passed on the base`;

function listed(names: readonly string[], max: number): string {
  const shown = names.slice(0, Math.max(1, max)).map(quoted).join(', ');
  const more = names.length - Math.max(1, max);
  return more > 0 ? `${shown} and ${more.toLocaleString('en-US')} more` : shown;
}

const maxShownLength = 160;

/** As code: a test's name is anybody's text, and would else be Markdown and mention people. */
function quoted(name: string): string {
  const line = name.replaceAll(/[`\s]+/g, (run) => (run.includes('`') ? "'" : ' '));
  const short = line.length <= maxShownLength ? line : `${line.slice(0, maxShownLength - 1)}…`;
  return `\`${short.toWellFormed()}\``;
}
