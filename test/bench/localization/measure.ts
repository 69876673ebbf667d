import { GitFailure } from '../../../src/git/git-command.ts';
import type { Clone } from './clone.ts';
import type { PastFix } from './fixes.ts';
import { groundsOf } from './grounds.ts';
import { createJudge, type Judged, type JudgeParts, type Shown } from './judge-fix.ts';

/** One fix, as one way to rank saw it. */
export interface Outcome {
  /** Where each changed file stands, from 0; Infinity where it is not in the list. */
  readonly ranks: readonly number[];
}

export interface Measured {
  readonly clone: string;
  /** Those that were measured, of so many that there were to measure. */
  readonly fixes: readonly PastFix[];
  readonly found: number;
  /** Passed over, since git lacks something of their trees. */
  readonly unreadable: number;
  readonly sourceFiles: number;
  readonly outcomes: Readonly<Record<string, readonly Outcome[]>>;
  /** Of the fast role, where it was asked: over all fixes, and those it answered well. */
  readonly asked: { readonly answered: number; readonly tokens: number } | null;
  /** Of every fifth fix, or of all where a model was asked. */
  readonly shown: readonly Shown[];
  readonly coldIndexMs: number;
  readonly nextIndexMs: readonly number[];
}

/** Ranges and texts are made for so many fixes only: parsing files takes most of the time, and changes no rank. */
const shownEvery = 5;

/**
 * Every fix of a clone by ours and both baselines; with a model also by the order that it gives to what ours found. Once
 * the signal aborts, what was measured by then is the result.
 *
 * @param tell hears how many are measured.
 * @throws {GitFailure} where git can read the tree of none of them.
 */
export async function measure(
  clone: Clone,
  fixes: readonly PastFix[],
  parts: JudgeParts,
  tell: (done: number) => void,
): Promise<Measured> {
  const judge = createJudge(parts);
  const judged: Judged[] = [];
  const measured: PastFix[] = [];
  const unreadable: GitFailure[] = [];
  for await (const [fix, ground] of groundsOf(clone, fixes)) {
    if (parts.signal.aborted) break;
    const isShown = judged.length % shownEvery === 0;
    const one = ground instanceof GitFailure ? ground : await judge(fix, ground, isShown).catch(asGitFailure);
    if (one === null) break;
    if (one instanceof GitFailure) {
      unreadable.push(one);
      continue;
    }
    judged.push(one);
    measured.push(fix);
    tell(judged.length);
  }
  if (judged.length === 0 && unreadable[0] !== undefined) throw unreadable[0];
  const [coldIndexMs = Number.NaN, ...nextIndexMs] = judged.map(({ indexMs }) => indexMs);
  return {
    clone: clone.name,
    fixes: measured,
    found: fixes.length,
    unreadable: unreadable.length,
    sourceFiles: judged[0]?.sourceFiles ?? 0,
    outcomes: outcomesOf(judged),
    asked: parts.model === null ? null : askedOf(judged),
    shown: judged.flatMap((one) => one.shown ?? []),
    coldIndexMs,
    nextIndexMs,
  };
}

function asGitFailure(error: unknown): GitFailure {
  if (error instanceof GitFailure) return error;
  throw error;
}

function outcomesOf(judged: readonly Judged[]): Record<string, Outcome[]> {
  const outcomes: Record<string, Outcome[]> = {};
  for (const one of judged) {
    for (const [name, ranks] of Object.entries(one.ranks)) {
      outcomes[name] ??= [];
      outcomes[name].push({ ranks });
    }
  }
  return outcomes;
}

const askedOf = (judged: readonly Judged[]) => ({
  answered: judged.filter(({ asked }) => asked?.isAnswered).length,
  tokens: judged.reduce((sum, { asked }) => sum + (asked?.tokens ?? 0), 0),
});

/** The share of changed files among the first `count`, over all fixes (each fix counts alike). */
export const recallAt = (outcomes: readonly Outcome[], count: number): number =>
  meanOf(outcomes.map(({ ranks }) => ranks.filter((rank) => rank < count).length / ranks.length));

/** The share of fixes all of whose files are among the first `count`. */
export const allAt = (outcomes: readonly Outcome[], count: number): number =>
  meanOf(outcomes.map(({ ranks }) => (ranks.every((rank) => rank < count) ? 1 : 0)));

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
