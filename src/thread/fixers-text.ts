import { type FixerRecord, snapshotFixersOf } from '../domain/recipe.ts';
import { quoteInSentence, quoteLine } from './outgoing.ts';

/** What is said of fixers, which mend without a model. Names of theirs are the repository's words. */

const nameOf = (name: string): string => `\`${quoteLine(name, 60).replaceAll('`', "'")}\``;

const filesText = (count: number): string => `${count} file${count === 1 ? '' : 's'}`;

/** What they did, for the commit and the pull request. Which of them did what is the word of their run, and said as that. */
export const fixersSummaryText = (changedFiles: number, records: readonly FixerRecord[]): string =>
  `The repository's own fixers mended this in ${filesText(changedFiles)}; no model wrote it. Their run tells: ${records.map(recordText).join('; ')}.${expectationsText(records)}`;

/** Nothing where none of them writes expectations. */
function expectationsText(records: readonly FixerRecord[]): string {
  const writers = snapshotFixersOf(records.map(({ name }) => name));
  if (writers.length === 0) return '';
  return `\n\nA fixer that changes expectations was to run: ${writers.map(nameOf).join(' and ')} ${writers.length === 1 ? 'writes' : 'write'} anew what tests expect, by what the code does now, right or wrong. That the checks pass says no more than that both agree; read what is expected now as you would read a changed test.`;
}

function recordText({ name, exitCode, changedFiles }: FixerRecord): string {
  if (exitCode !== 0) return `${nameOf(name)} failed with exit code ${exitCode}, and nothing of it was kept`;
  return changedFiles === 0 ? `${nameOf(name)} changed nothing` : `${nameOf(name)} changed ${filesText(changedFiles)}`;
}

/** Nothing of them is used. */
export const fixersAsideText = (fixers: readonly string[], reason: string, runUrl: string | null): string =>
  `The repository's own fixers (${fixers.slice(0, 20).map(nameOf).join(', ')}) ${
    runUrl === null ? 'were to mend this' : `[ran](${runUrl}) to mend this`
  }, and nothing of them is used: ${quoteInSentence(reason, 1_500)}. Models go on from the failing commit.`;

/** What shows that it was they who mended it. */
export const mendedText = (baseRunUrl: string): string =>
  `Without what the fixers changed, the checks fail ([run](${baseRunUrl})).`;

/** In place of the reviewer model's word. */
export const fixersReviewText = (isCommitWanted: boolean): string =>
  `**No model reviewed it.** The checks passed in the sandbox; whoever merges this pull request is its reviewer.${
    isCommitWanted ? ' So it is not put on the failing branch by itself, as `delivery: commit` would have it.' : ''
  }`;
