import type { Sha } from './ids.ts';
import { compareInventories, type Inventory, sayComparison, type TestOutcome, type TestReport } from './inventory.ts';
import { looksLikeFile } from './test-failure.ts';
import { type FindNamed, indexNames } from './test-names.ts';

/** What is proven by tests that fail without a change and pass with it: by their names, never by a check's colour. */

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

/**
 * - `reproduced`: at least one of the named tests failed by itself, and none that passed on the base was lost.
 * - `passes`: they ran and passed: either the test or the understanding is wrong.
 * - `no-evidence`: they could not be seen failing; `why` says how, to whoever wrote them.
 */
export type ReproductionFinding =
  | { readonly kind: 'reproduced'; readonly tests: readonly SeenTest[]; readonly passing: readonly string[] }
  | { readonly kind: 'passes'; readonly passing: readonly string[] }
  | { readonly kind: 'no-evidence'; readonly why: readonly string[] };

const maxNames = 10;
const maxSeen = 50;

/** Holds the tests that a writer named against what was seen of them on the base. */
export function judgeReproduction(named: readonly string[], checks: readonly TestedBase[]): ReproductionFinding {
  const reported = checks.filter(({ tests }) => tests !== undefined);
  if (reported.length === 0) return { kind: 'no-evidence', why: ['no check kept a test report that can be read'] };
  const indexed = reported.map(indexTested);
  const looks = named.map((said) => lookFor(said, indexed));
  const unloaded = reported.flatMap(notLoaded);
  const lost = reported.flatMap(lossOf);
  const seen = uniqueBy(
    looks.flatMap(({ failing }) => failing),
    ({ check, name }) => `${check} ${name}`,
  );
  const passing = [...new Set(looks.flatMap((look) => look.passing))];
  const why = [...unloaded, ...lost, ...looks.flatMap(({ problems }) => problems)];
  if (seen.length > 0 && unloaded.length + lost.length === 0)
    return { kind: 'reproduced', tests: seen.slice(0, maxSeen), passing };
  if (why.length === 0) return { kind: 'passes', passing };
  return { kind: 'no-evidence', why: [...new Set(why)].slice(0, maxNames) };
}

/** One check, so that many names are looked up in it at little cost: a report has tens of thousands. */
interface IndexedBase {
  readonly tested: TestedBase;
  readonly outcomes: ReadonlyMap<string, TestOutcome>;
  readonly findFresh: FindNamed;
  readonly findOld: FindNamed;
}

function indexTested(tested: TestedBase): IndexedBase {
  let old: FindNamed | undefined;
  return {
    tested,
    outcomes: outcomesOf(tested),
    findFresh: indexNames(freshNames(tested)),
    // Rarely asked.
    findOld: (said) => {
      old ??= indexNames(tested.base?.passed ?? []);
      return old(said);
    },
  };
}

const outcomesOf = ({ tests }: TestedBase): ReadonlyMap<string, TestOutcome> =>
  new Map(
    (['passed', 'skipped', 'failed'] as const).flatMap((outcome) =>
      (tests?.inventory[outcome] ?? []).map((name) => [name, outcome] as const),
    ),
  );

interface Look {
  readonly failing: readonly SeenTest[];
  readonly passing: readonly string[];
  readonly problems: readonly string[];
}

/** What became of one named test in all checks: a test of the base that passes there already is none of the new ones. */
function lookFor(said: string, checks: readonly IndexedBase[]): Look {
  const found = checks.flatMap(({ tested, outcomes, findFresh }) =>
    findFresh(said).map((name) => ({ tested, name, outcome: outcomes.get(name) })),
  );
  if (found.length === 0) {
    const isOld = checks.some(({ findOld }) => findOld(said).length > 0);
    if (isOld) return { failing: [], passing: [said], problems: [] };
    return { failing: [], passing: [], problems: [`the test "${said}" is in no report: it did not run`] };
  }
  const failed = found.filter(({ outcome }) => outcome === 'failed');
  const failing = failed.flatMap(({ tested, name }) => seenIn(tested, name));
  const passing = found.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name);
  if (failing.length > 0) return { failing, passing, problems: [] };
  const isGreen = failed.some(({ tested }) => !tested.isRed);
  const isSkipped = found.some(({ outcome }) => outcome === 'skipped');
  const problems = [
    ...found.flatMap(({ tested, name }) => noTestIn(tested, name)),
    ...(isGreen ? [`the check passes although its report says that "${said}" failed`] : []),
    ...(isSkipped ? [`the test "${said}" was skipped`] : []),
  ];
  return { failing, passing, problems };
}

/** What is not known to pass on the base; what failed comes first. */
function freshNames({ base, tests }: TestedBase): string[] {
  const passed = new Set(base?.passed);
  const { inventory } = tests ?? {};
  const all = [...(inventory?.failed ?? []), ...(inventory?.passed ?? []), ...(inventory?.skipped ?? [])];
  return all.filter((name) => !passed.has(name));
}

/** One that failed; empty where it did not fail by itself, or nobody can tell. */
function seenIn(tested: TestedBase, name: string): SeenTest[] {
  const failure = tested.tests?.failures.get(name);
  if (!tested.isRed || failure === undefined || failure.noTest !== null) return [];
  return [{ name, check: tested.check, message: failure.message }];
}

function noTestIn(tested: TestedBase, name: string): string[] {
  const failure = tested.tests?.failures.get(name);
  return failure?.noTest == null ? [] : [`"${name}" did not run as a test: ${failure.noTest} (${failure.message})`];
}

/** Files that could not be loaded, whoever named them: what stands in them did not run. */
function notLoaded(tested: TestedBase): string[] {
  const before = new Set(tested.base?.failed);
  return [...(tested.tests?.failures ?? [])].flatMap(([name, { noTest, message }]) =>
    noTest === null || before.has(name) ? [] : [`"${name}": ${noTest} (${message})`],
  );
}

function lossOf({ check, base, tests }: TestedBase): string[] {
  const comparison = compareInventories(base, tests?.inventory);
  return comparison.kind === 'lost' ? [sayComparison(check, comparison, maxNames)] : [];
}

function uniqueBy<T>(list: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}

/** Tests that were seen failing on a commit, in which run, and by which files. */
export interface Reproduced {
  readonly tests: readonly SeenTest[];
  readonly runUrl: string;
  /** Of the test files, by `digestOfTests`. */
  readonly digest: string;
  readonly base: Sha;
}

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
