import { sql } from 'kysely';
import type { WriteLedger } from '../ports/stores.ts';
import type { Database } from './database.ts';

const hourMs = 60 * 60_000;
const minuteMs = 60_000;

/** One row a minute: replicas share the count, and an hour of it is sixty rows. */
export function createPostgresWriteLedger(database: Database, now: () => number): WriteLedger {
  return {
    count: async (installationId) => {
      const minute = new Date(Math.floor(now() / minuteMs) * minuteMs);
      await database
        .insertInto('content_writes')
        .values({ installation_id: String(installationId), minute, count: 1 })
        .onConflict((conflict) =>
          conflict.columns(['installation_id', 'minute']).doUpdateSet({ count: sql<number>`content_writes.count + 1` }),
        )
        .execute();
    },

    lastHour: async (installationId) => {
      const row = await database
        .selectFrom('content_writes')
        .select(({ fn }) => [fn.sum<string | null>('count').as('count'), fn.min('minute').as('oldest')])
        .where('installation_id', '=', String(installationId))
        .where('minute', '>', new Date(now() - hourMs))
        .executeTakeFirst();
      const oldestMs = row?.oldest === undefined || row.oldest === null ? now() : new Date(row.oldest).getTime();
      return { count: Number(row?.count ?? 0), eldestLeavesInMs: Math.max(0, oldestMs + hourMs - now()) };
    },

    forget: async () => {
      await database
        .deleteFrom('content_writes')
        .where('minute', '<', new Date(now() - 2 * hourMs))
        .execute();
    },
  };
}
