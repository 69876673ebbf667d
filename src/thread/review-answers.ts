import type { PatchSummary, ThreadAnswer } from '../domain/attempt.ts';
import type { Sha } from '../domain/ids.ts';
import { quoteSafely } from './outgoing.ts';

/** What a reviewer reads below a comment of theirs. */
export function threadAnswerText({ isDone, text }: ThreadAnswer, commit: Sha | null): string {
  const said = quoteSafely(text, 2_000);
  if (!isDone) return `**Not done:** ${said}`;
  return `**Done**${commit === null ? '' : ` in ${commit.slice(0, 12)}`}: ${said}`;
}

/** Said in the pull request where an order led to no change. */
export const unchangedText = (summary: Pick<PatchSummary, 'summary' | 'notDone'> | null): string =>
  ['The patch stays as it is.', quoteSafely(summary?.notDone ?? summary?.summary ?? '', 2_000)]
    .filter(Boolean)
    .join('\n\n');
