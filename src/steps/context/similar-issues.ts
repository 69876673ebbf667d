import { z } from 'zod';
import { ForgeError } from '../../domain/faults.ts';
import type { Fix } from '../../domain/fix-facts.ts';
import { shownPath } from '../../domain/repository-path.ts';
import type { Ports } from '../../ports/ports.ts';
import { visibleLine } from '../../thread/incoming.ts';

const maxIssues = 4;
const maxPaths = 6;
const maxTitleLength = 120;
const maxPathLength = 120;
const maxWords = 3;

const keptSchema = z.object({ text: z.string() });
const effectKey = 'similar-issues';

/**
 * Issues like this one that were solved, with the files that solved them. Asked once for a fix and kept: a conversation
 * that goes on must read what it read, and nobody waits for a hint twice. What GitHub does not tell in time is nothing.
 *
 * Titles are strangers' words that no maintainer has consented to: one line each, without what nobody sees, and only of
 * issues whose pull request a maintainer merged.
 */
export async function similarIssuesText(
  { effects, pastIssues, log }: Pick<Ports, 'effects' | 'pastIssues' | 'log'>,
  { id, repository, issue }: Fix,
): Promise<string> {
  const kept = keptSchema.safeParse(await effects.find(id, effectKey));
  if (kept.success) return kept.data.text;
  const words = tellingWords(visibleLine(issue.title, 300));
  const found = words.length < 2 ? [] : await solved();
  const lines = found
    .filter(({ number }) => number !== issue.number)
    .slice(0, maxIssues)
    .map(({ number, title, pullRequest }) => {
      const paths = pullRequest.paths.slice(0, maxPaths).map((path) => visibleLine(shownPath(path), maxPathLength));
      const changed = paths.length === 0 ? '' : `, which changed ${paths.join(', ')}`;
      return `- #${number} "${visibleLine(title, maxTitleLength)}", solved by #${pullRequest.number}${changed}`;
    });
  const text = lines.join('\n') || 'none known';
  await effects.record(id, effectKey, { text });
  return text;

  async function solved() {
    try {
      return await pastIssues.solved(repository, words);
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      log.warn({ err: error, fix: id }, 'no solved issues could be looked for; the work goes on without');
      return [];
    }
  }
}

const stopWords = new Set(
  `about after again against also always another because been before being between both cannot could does doesn doing
   don down during each error every fails fail failed failing fix from have having here https into issue just like make
   more most need never not nothing only other over please same should some such support than that their them then there
   these they this those throw throws through under until using very want was were what when where which while will with
   without work works working would wrong your bug feature request`.split(/\s+/),
);

/** Names from the code first, then long words: what others are likely to have used for the same thing. */
export function tellingWords(title: string): readonly string[] {
  const words = [...new Set(title.match(/[A-Za-z_][A-Za-z0-9_]{2,39}/g) ?? [])];
  const isName = (word: string): boolean => /[a-z0-9][A-Z]|_|\d/.test(word);
  return words
    .filter((word) => isName(word) || (word.length >= 4 && !stopWords.has(word.toLowerCase())))
    .toSorted((a, b) => Number(isName(b)) - Number(isName(a)) || b.length - a.length)
    .slice(0, maxWords);
}
