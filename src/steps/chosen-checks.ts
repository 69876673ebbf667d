import type { Fix } from '../domain/fix-facts.ts';
import { nearestOf } from '../domain/nearest.ts';
import { limits } from '../domain/next.ts';

/** Checks that a writer may ask for alone: their word comes sooner, and is never a success. */

/** Why a choice cannot be run, told to the model; null when it can. */
export function choiceFault(
  chosen: readonly string[] | undefined,
  known: readonly string[],
  { partialPasses, wordsBecause }: Pick<Fix, 'partialPasses' | 'wordsBecause'>,
): string | null {
  if (chosen === undefined) return null;
  if (wordsBecause !== null) return 'no check can be run here: call finish when the work is done';
  for (const [index, name] of chosen.entries()) {
    if (known.includes(name)) continue;
    const near = nearestOf(name, known);
    const guess = near === null ? '' : ` Did you mean ${JSON.stringify(near)}?`;
    return `checks[${index}]: there is no check ${JSON.stringify(name)}; the checks are ${known.map((one) => JSON.stringify(one)).join(', ')}.${guess}`;
  }
  if (chosenOf(chosen, known) === null || partialPasses < limits.partial) return null;
  return `chosen checks passed ${limits.partial} times by now: call finish, or validate without checks, so that all of them run`;
}

/** What is run of a choice; null for all, which is also what a choice of each of them means. */
export function chosenOf(chosen: readonly string[] | null | undefined, known: readonly string[]): string[] | null {
  const there = known.filter((name) => chosen?.includes(name));
  return there.length === 0 || there.length === known.length ? null : there;
}

/** What the writer hears of a choice that passed. */
export const partlyPassedText = (passed: readonly string[], all: readonly string[]): string => {
  const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rest = all.filter((name) => !passed.includes(name));
  return `This patch is in place, and ${named(passed)} passed with it. ${named(rest)} did not run yet: finish when the work is done, and all of them will.`;
};
