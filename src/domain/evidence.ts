import type { Inventory } from './inventory.ts';
import type { Reproduced } from './reproduction.ts';
import { looksLikeFile } from './test-failure.ts';
import { maxSeen, notLoaded, type SeenTest, seenIn, type TestedBase } from './tested-base.ts';

/** What is proven by tests that fail without a change and pass with it: by their names, never by a check's colour. */

/**
 * What a validated patch shows beyond passing checks.
 *
 * - `seen`: these tests failed without the change and pass with it. `passing` passed without it too.
 * - `unproven`: its tests ran without the change and passed there: they prove nothing.
 * - `mended`: these failed in one run of the base and pass with it; no second run without the change says that it was the
 *   change, and a test that fails now and then looks the same.
 * - `none`: nothing was seen; `reason` is a sentence without its full stop.
 */
export type Evidence =
  | {
      readonly kind: 'seen';
      readonly tests: readonly SeenTest[];
      readonly passing: readonly string[];
      readonly failedIn: string | null;
    }
  | { readonly kind: 'unproven'; readonly passing: readonly string[]; readonly failedIn: string | null }
  | { readonly kind: 'mended'; readonly tests: readonly SeenTest[]; readonly failedIn: string | null }
  | { readonly kind: 'none'; readonly reason: string };

/** A reason of `none`: somebody can mend that. */
export const noReportsReason = 'no check keeps a test report';

/** What is known of one check, with what ran with the patch. */
export interface TestedPatch extends TestedBase {
  readonly candidate: Inventory | undefined;
}

/** The runs that failures are told of. */
export interface EvidenceRuns {
  /** Of the base with the new tests; null where there was none. */
  readonly tests: string | null;
  /** Of the base alone; null where it was an earlier one. */
  readonly base: string | null;
}

/**
 * Weighs the tests of a green candidate. `reproduced` stands for a run of the very same tests on the very same base;
 * else `checks` tell of one. What failed on the base before anybody wrote a test, and passes now, is told where the run
 * with the new tests does not say how it went there.
 */
export function weighEvidence(
  checks: readonly TestedPatch[],
  reproduced: Reproduced | null,
  runs: EvidenceRuns,
): Evidence {
  const passesNow = new Map(checks.map(({ check, candidate }) => [check, new Set(candidate?.passed)]));
  const passes = ({ check, name }: Pick<SeenTest, 'check' | 'name'>) => passesNow.get(check)?.has(name) === true;
  const failed =
    reproduced?.tests ?? checks.flatMap((tested) => freshFailures(tested).flatMap((name) => seenIn(tested, name)));
  const tests = failed.filter(passes).slice(0, maxSeen);
  const passing = checks.flatMap((tested) =>
    passingAnyway(tested).filter((name) => passes({ check: tested.check, name })),
  );
  const failedIn = reproduced?.runUrl ?? runs.tests;
  if (tests.length > 0) return { kind: 'seen', tests, passing: passing.slice(0, maxSeen), failedIn };
  if (passing.length > 0) return { kind: 'unproven', passing: passing.slice(0, maxSeen), failedIn };
  const mended = checks.flatMap(failedBefore).filter(passes).slice(0, maxSeen);
  if (mended.length > 0) return { kind: 'mended', tests: mended, failedIn: runs.base };
  return { kind: 'none', reason: whyNothing(checks, runs.tests !== null) };
}

/** What failed on the base, where a newer run without the change says nothing of that check. */
const failedBefore = ({ check, base, tests }: TestedBase): SeenTest[] =>
  tests === undefined && base !== undefined
    ? base.failed.filter((name) => !looksLikeFile(name)).map((name) => ({ name, check, message: '' }))
    : [];

/** Tests that failed there, of those that are not known to pass on the base. */
function freshFailures({ base, tests }: TestedBase): string[] {
  const passed = new Set(base?.passed);
  return (tests?.inventory.failed ?? []).filter((name) => !passed.has(name));
}

/** New tests that pass without the change as well; none where nobody knows all tests of the base. */
function passingAnyway({ base, tests }: TestedBase): string[] {
  if (base === undefined || base.leftOut > 0) return [];
  const passed = new Set(base.passed);
  return (tests?.inventory.passed ?? []).filter((name) => !passed.has(name));
}

function whyNothing(checks: readonly TestedPatch[], didRun: boolean): string {
  if (!didRun) return 'the patch adds no tests that could be run without its change';
  const [first] = checks.flatMap(notLoaded);
  return first === undefined
    ? 'none of its tests was seen failing without the change and passing with it'
    : `its tests could not be run without the change: ${first}`;
}
