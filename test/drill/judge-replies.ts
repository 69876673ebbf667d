import type { Books } from './books.ts';
import { drillPace } from './drill-pace.ts';
import type { Ask } from './fault-proxy.ts';

/** What became of the replies that were sent whole. */
export interface RepliesKept {
  /** Those that are not in the books. */
  readonly missing: readonly Ask[];
  /** Tokens of the others by the App's and by the providers' counting, where the App was told them. */
  readonly recordedTokens: number;
  readonly deliveredTokens: number;
  readonly problems: readonly string[];
}

/** A whole reply may be on its way into the database for so long when the process dies, or its call times out. */
const inFlightMs = 6_000;

/** Each reply that was sent whole stands in the books once, and no other; but for those that a kill or a time-out caught. */
export function judgeReplies(
  asks: readonly Ask[],
  books: Books,
  killsMs: readonly number[],
  lanes: number,
): RepliesKept {
  const problems: string[] = [];
  const whole = new Map(asks.filter(({ tokens }) => tokens !== null).map((ask) => [ask.serial, ask]));
  const recorded = books.replies.map(({ serial }) => serial);
  for (const [serial, times] of countsOf(recorded))
    if (serial === null) problems.push(`${times} replies in the books are of no call that was made`);
    else if (times > 1) problems.push(`reply ${serial} stands ${times} times in the books`);
    else if (!whole.has(serial)) problems.push(`reply ${serial} is in the books and was never sent whole`);

  const missing = [...whole.values()].filter(({ serial }) => !recorded.includes(serial));
  const explained = missing.filter((ask) => killsMs.some((killMs) => Math.abs(killMs - ask.endedMs) < inFlightMs));
  if (explained.length > killsMs.length * lanes)
    problems.push(`${killsMs.length} kills lost ${explained.length} replies of ${lanes} lanes`);
  const late = missing.filter(isLate);
  for (const { serial, conversation, turn } of missing.filter((ask) => !explained.includes(ask) && !late.includes(ask)))
    problems.push(`reply ${serial} (${conversation}, turn ${turn}) came whole and is not in the books`);

  const counted = books.replies.flatMap(({ serial, tokens }) => {
    const ask = whole.get(serial ?? -1);
    return ask === undefined || ask.fate === 'usage missing' ? [] : [{ tokens, sent: sumOf(ask.tokens) }];
  });
  const recordedTokens = counted.reduce((sum, { tokens }) => sum + tokens, 0);
  const deliveredTokens = counted.reduce((sum, { sent }) => sum + sent, 0);
  if (recordedTokens !== deliveredTokens)
    problems.push(`the books hold ${recordedTokens} tokens, the providers counted ${deliveredTokens}`);
  return { missing, recordedTokens, deliveredTokens, problems };
}

/** Whole, when its client may have given up: who waited in vain has heard nothing of it. */
export const isLate = ({ tokens, startedMs, endedMs }: Ask): boolean =>
  tokens !== null && endedMs - startedMs > 0.8 * drillPace.requests.timeoutMs;

const sumOf = (tokens: Ask['tokens']): number => (tokens === null ? 0 : tokens.input + tokens.output);

export function countsOf<T>(list: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
