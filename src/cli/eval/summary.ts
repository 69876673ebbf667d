import type { FailurePlace } from './outcome.ts';
import type { Result } from './results.ts';

/** A run in numbers: `summary.json`. */
export interface Summary {
  readonly version: 1;
  readonly tasks: number;
  readonly repeats: number;
  readonly results: number;
  readonly solved: number;
  readonly falseGreen: number;
  readonly unsolved: number;
  readonly errors: number;
  /** Over all results, with Wilson's 95% interval over the tasks. */
  readonly solvedShare: number;
  readonly interval: readonly [number, number];
  /** Least and largest share of the repeats. */
  readonly spread: readonly [number, number];
  readonly failedAt: Readonly<Partial<Record<FailurePlace, number>>>;
  readonly byLanguage: Readonly<Record<string, { readonly results: number; readonly solved: number }>>;
  readonly attempts: number;
  readonly turns: number;
  readonly tokens: number;
  readonly usd: number;
  readonly hasUnknownPrice: boolean;
  /** Null where none is solved. */
  readonly usdPerSolved: number | null;
  readonly medianMs: number;
  readonly models: readonly string[];
  /** What was left out of the run, and why. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly task: string;
  readonly why: string;
}

export function summarize(results: readonly Result[], leftOut: readonly LeftOut[]): Summary {
  const count = (outcome: Result['outcome']): number => results.filter((result) => result.outcome === outcome).length;
  const solved = count('solved');
  const tasks = new Set(results.map(({ task }) => task)).size;
  const repeats = Math.max(0, ...results.map(({ repeat }) => repeat));
  const usd = sum(results, ({ usd: each }) => each);
  return {
    version: 1,
    tasks,
    repeats,
    results: results.length,
    solved,
    falseGreen: count('false-green'),
    unsolved: count('unsolved'),
    errors: count('error'),
    solvedShare: share(solved, results.length),
    interval: wilson(share(solved, results.length), tasks),
    spread: spreadOf(results),
    failedAt: countBy(results.flatMap(({ at }) => (at === null ? [] : [at]))),
    byLanguage: byLanguage(results),
    attempts: sum(results, ({ attempts }) => attempts),
    turns: sum(results, ({ turns }) => turns),
    tokens: sum(results, ({ tokens }) => tokens),
    usd,
    hasUnknownPrice: results.some((result) => result.hasUnknownPrice),
    usdPerSolved: solved === 0 ? null : usd / solved,
    medianMs: median(results.map(({ tookMs }) => tookMs)),
    models: [...new Set(results.flatMap(({ models }) => models))].sort(),
    leftOut,
  };
}

const sum = (results: readonly Result[], of: (result: Result) => number): number =>
  results.reduce((total, result) => total + of(result), 0);

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function countBy<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function byLanguage(results: readonly Result[]): Summary['byLanguage'] {
  const languages = [...new Set(results.map(({ language }) => language))].sort();
  const of = (language: string) => {
    const own = results.filter((result) => result.language === language);
    return { results: own.length, solved: own.filter(({ outcome }) => outcome === 'solved').length };
  };
  return Object.fromEntries(languages.map((language) => [language, of(language)]));
}

function spreadOf(results: readonly Result[]): readonly [number, number] {
  const repeats = [...new Set(results.map(({ repeat }) => repeat))];
  const shares = repeats.map((repeat) => {
    const own = results.filter((result) => result.repeat === repeat);
    return share(own.filter(({ outcome }) => outcome === 'solved').length, own.length);
  });
  return shares.length === 0 ? [0, 0] : [Math.min(...shares), Math.max(...shares)];
}

/**
 * Wilson's score interval at 95%: in it lies the share that another set of as many such tasks would show.
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */
export function wilson(found: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const z = 1.959964;
  const weight = 1 + z ** 2 / trials;
  const middle = (found + z ** 2 / (2 * trials)) / weight;
  const half = (z / weight) * Math.sqrt((found * (1 - found)) / trials + z ** 2 / (4 * trials ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? 0) + upper) / 2;
}
