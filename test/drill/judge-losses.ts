import { type Books, placeOf } from './books.ts';
import type { Ask } from './fault-proxy.ts';
import { isLate } from './judge-replies.ts';

/** What replies without a count and replies that broke off came to, in tokens. */
export interface Losses {
  /** What the providers charge for them, as far as a client could know of them. */
  readonly billed: number;
  readonly inBooks: number;
  readonly problems: readonly string[];
}

/**
 * Nobody tells the App what such a reply costs, so its books hold a bound: never less than what the providers charge, turn
 * by turn.
 */
export function judgeLosses(asks: readonly Ask[], books: Books): Losses {
  const recorded = new Map(books.replies.map((reply) => [reply.serial, reply]));
  const turns = new Map<string, { billed: number; inBooks: number }>();
  const turnOf = (name: string) => {
    const turn = turns.get(name) ?? { billed: 0, inBooks: 0 };
    turns.set(name, turn);
    return turn;
  };
  for (const ask of asks) {
    const { serial, fate, billed, conversation, turn } = ask;
    if (billed === null || isLate(ask)) continue;
    const [fix = '', role = ''] = conversation.split(' ');
    const reply = recorded.get(serial);
    if (reply !== undefined && fate !== 'usage missing') continue;
    const own = turnOf(`${fix} ${role}, turn ${turn}`);
    own.billed += billed.input + billed.output;
    own.inBooks += reply?.tokens ?? 0;
  }
  for (const reply of books.replies) turnOf(placeOf(books, reply)).inBooks += reply.lostTokens;
  for (const hold of books.holds) if (hold.isLost) turnOf(placeOf(books, hold)).inBooks += hold.tokens;

  const problems = [...turns]
    .filter(([, { billed, inBooks }]) => billed > inBooks)
    .map(
      ([name, { billed, inBooks }]) =>
        `${name}: the books hold ${inBooks} tokens of what broke off, ${billed} are charged`,
    );
  const sum = (field: 'billed' | 'inBooks') => [...turns.values()].reduce((all, turn) => all + turn[field], 0);
  return { billed: sum('billed'), inBooks: sum('inBooks'), problems };
}
