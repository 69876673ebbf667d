import { sql } from 'kysely';
import type { Tally } from '../ports/watcher.ts';
import type { Database } from './database.ts';

/** Counts by indexes: cheap enough to be asked every few seconds. */
export async function tallyOf(database: Database): Promise<Tally> {
  const states = await database
    .selectFrom('fixes')
    .select(['state', sql<number>`count(*)::int`.as('count')])
    .groupBy('state')
    .execute();
  const { rows } = await sql<{ wanted: number; running: number; unsettled: number; oldest: number }>`
    select
      (select count(*)::int from fixes where burst_kind is not null) as wanted,
      (select count(*)::int from fixes where running_number is not null) as running,
      (select count(*)::int from deliveries where status = 'received') as unsettled,
      (select coalesce(extract(epoch from now() - min(received_at)), 0)::float8
         from deliveries where status = 'received') as oldest`.execute(database);
  const { wanted = 0, running = 0, unsettled = 0, oldest = 0 } = rows[0] ?? {};
  return {
    fixes: Object.fromEntries(states.map(({ state, count }) => [state, count])),
    burstsWanted: wanted,
    burstsRunning: running,
    deliveriesUnsettled: unsettled,
    oldestDeliverySeconds: Math.max(0, oldest),
  };
}
