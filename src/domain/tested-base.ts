import type { Inventory, TestReport } from './inventory.ts';

/** A test that was seen failing without the change. */
export interface SeenTest {
  /** As the report has it. */
  readonly name: string;
  readonly check: string;
  /** Why it failed there; empty where an inventory alone says so. */
  readonly message: string;
}

/** What ran of one check on the base, and on the base with tests put on it. Undefined where there is no report. */
export interface TestedBase {
  readonly check: string;
  readonly base: Inventory | undefined;
  readonly tests: TestReport | undefined;
  /** Whether the check failed with the tests: of one that is green all the same, failing tests say nothing. */
  readonly isRed: boolean;
}

/** So many are kept of what was seen. */
export const maxSeen = 50;

/** One that failed; empty where it did not fail by itself, or nobody can tell. */
export function seenIn(tested: TestedBase, name: string): SeenTest[] {
  const failure = tested.tests?.failures.get(name);
  if (!tested.isRed || failure === undefined || failure.noTest !== null) return [];
  return [{ name, check: tested.check, message: failure.message }];
}

/** Files that could not be loaded, whoever named them: what stands in them did not run. */
export function notLoaded(tested: TestedBase): string[] {
  const before = new Set(tested.base?.failed);
  return [...(tested.tests?.failures ?? [])].flatMap(([name, { noTest, message }]) =>
    noTest === null || before.has(name) ? [] : [`"${name}": ${noTest} (${message})`],
  );
}
