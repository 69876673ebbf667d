import type { FixEvent } from '../../src/domain/event.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { FixId } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { openStores } from '../../src/house.ts';

/** What the App has in its own books of one fix. */
export interface FixBook {
  readonly fix: Fix;
  readonly events: readonly FixEvent[];
  /** What the App counts it to have spent. */
  readonly spentUsd: number;
}

/** A reply that was recorded, and so paid for. */
export interface PaidReply {
  readonly fix: string;
  readonly role: string;
  readonly turn: number;
  readonly modelId: string;
  /** The proxy's, out of the ids of its calls; null where none stands there. */
  readonly serial: number | null;
  /** Its own, without those of tries before it that came to nothing. */
  readonly tokens: number;
  /** Of tries before it that came to nothing. */
  readonly lostTokens: number;
  readonly usd: number | null;
}

/** What is set aside for a call without a reply. */
export interface BookedHold {
  readonly fix: string;
  readonly role: string;
  readonly turn: number;
  readonly tokens: number;
  readonly isLost: boolean;
}

export interface Books {
  readonly fixes: readonly FixBook[];
  readonly replies: readonly PaidReply[];
  /** What the purses paid, by repository and day. */
  readonly days: readonly { readonly repository: string; readonly replies: number; readonly usd: number }[];
  readonly holds: readonly BookedHold[];
}

/** Where in which conversation a reply stands, in words that a provider knows too. */
export function placeOf({ fixes }: Books, { fix: id, role, turn }: Pick<PaidReply, 'fix' | 'role' | 'turn'>): string {
  const title = fixes.find(({ fix }) => fix.id === id)?.fix.issue.title ?? id;
  return `${title.split(':')[0]} ${role}, turn ${turn}`;
}

/** Reads the database of an App that has stopped. */
export async function readBooks(dataDir: string): Promise<Books> {
  const postgres = await openEmbeddedPostgres(dataDir);
  try {
    const { stores } = await openStores(postgres.pool, Date.now, createRedactor([]));
    const { rows: ids } = await postgres.pool.query<{ id: FixId }>('select id from fixes order by id');
    const fixes: FixBook[] = [];
    for (const { id } of ids) {
      const fix = await stores.fixes.find(id);
      if (fix === null) continue;
      const events = (await stores.fixes.events(id)).map(({ event }) => event);
      fixes.push({ fix, events, spentUsd: (await stores.turns.spending(id)).usd });
    }
    const { rows } = await postgres.pool.query<TurnRow>(
      `select fix_id, role, index as turn, model_id, reply::text as reply, cost_usd::float8 as usd,
         ${tokensIn('usage')} as tokens, coalesce(${tokensIn('lostUsage')}, 0) as lost_tokens
       from turns where reply is not null`,
    );
    const { rows: days } = await postgres.pool.query<Books['days'][number]>(
      'select repository, replies, usd::float8 as usd from spending_days',
    );
    const { rows: holds } = await postgres.pool.query<Books['holds'][number]>(
      'select fix_id as fix, role, index as turn, tokens::float8 as tokens, is_lost as "isLost" from holds',
    );
    return { fixes, replies: rows.map(toReply), days, holds };
  } finally {
    await postgres.close();
  }
}

const tokensIn = (usage: string): string =>
  `(reply->'${usage}'->>'inputTokens')::int + (reply->'${usage}'->>'outputTokens')::int`;

interface TurnRow {
  readonly fix_id: string;
  readonly role: string;
  readonly turn: number;
  readonly model_id: string;
  readonly reply: string;
  readonly tokens: number;
  readonly lost_tokens: number;
  readonly usd: number | null;
}

const toReply = ({ fix_id: fix, model_id: modelId, lost_tokens: lostTokens, reply, ...row }: TurnRow): PaidReply => {
  const serial = /"id": ?"d(\d+)/.exec(reply)?.[1];
  return { ...row, fix, modelId, lostTokens, serial: serial === undefined ? null : Number(serial) };
};
