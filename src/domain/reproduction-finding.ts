import { compareInventories, sayComparison, type TestOutcome } from './inventory.ts';
import { type FindNamed, indexNames } from './test-names.ts';
import { maxSeen, notLoaded, type SeenTest, seenIn, type TestedBase } from './tested-base.ts';

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

function noTestIn(tested: TestedBase, name: string): string[] {
  const failure = tested.tests?.failures.get(name);
  return failure?.noTest == null ? [] : [`"${name}" did not run as a test: ${failure.noTest} (${failure.message})`];
}

function lossOf({ check, base, tests }: TestedBase): string[] {
  const comparison = compareInventories(base, tests?.inventory);
  return comparison.kind === 'lost' ? [sayComparison(check, comparison, maxNames)] : [];
}

function uniqueBy<T>(list: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(list.map((one) => [key(one), one])).values()];
}
