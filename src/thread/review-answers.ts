import type { ThreadAnswer } from '../domain/attempt.ts';
import type { Sha } from '../domain/ids.ts';
import { quoteSafely } from './outgoing.ts';

/** What a reviewer reads below a comment of theirs. */
export function threadAnswerText({ isDone, text }: ThreadAnswer, commit: Sha | null): string {
  const said = quoteSafely(text, 2_000);
  if (!isDone) return `**Not done:** ${said}`;
  return `**Done**${commit === null ? '' : ` in ${commit.slice(0, 12)}`}: ${said}`;
}
