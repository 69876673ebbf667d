/** What Anthropic and those who sell its models call a mark. */
export const cacheMark = { cache_control: { type: 'ephemeral' as const } };

/** A part of a conversation: the turn, and the part of that turn. */
export interface Place {
  readonly turn: number;
  readonly part: number;
}

/**
 * Whether a part is marked for a cache that knows only what is marked. Turns alternate between us and the model; beside
 * the end of the system prompt, which stands before them, three parts are marked, so that with it there are four, the
 * most that Anthropic takes: the first, which is what conversations on one repository share; the end of the last turn;
 * and the end of the turn that was the last in the request before. Without that one a turn of many calls would hide it:
 * Anthropic looks for a known prefix in the 20 blocks before a mark only
 * (https://docs.claude.com/en/docs/build-with-claude/prompt-caching).
 *
 * @param sizes How many parts each turn has.
 */
export function isMarked({ turn, part }: Place, sizes: readonly number[]): boolean {
  if (turn === 0 && part === 0) return true;
  const isNewest = turn === sizes.length - 1 || turn === sizes.length - 3;
  return isNewest && part === (sizes[turn] ?? 0) - 1;
}
