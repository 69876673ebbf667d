import { sql } from 'kysely';
import type { DeliveryId } from '../domain/ids.ts';
import { signalSchema } from '../domain/signal.ts';
import { isSameLabelling } from '../domain/ticket.ts';
import type { Delivery, DeliveryStore } from '../ports/stores.ts';
import { type Database, toJson, toText } from './database.ts';

export function createPostgresDeliveries(database: Database): DeliveryStore {
  return {
    accept: async (id, signal) => {
      const inserted = await database
        .insertInto('deliveries')
        .values({ id, signal: toJson(signal), status: 'received' })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows === 1n) return 'new';
      const retried = await database
        .updateTable('deliveries')
        .set({ status: 'received', tries: sql`tries + 1`, note: null, settled_at: null })
        .where('id', '=', id)
        .where('status', '=', 'failed')
        .executeTakeFirst();
      return retried.numUpdatedRows === 1n ? 'again' : 'known';
    },

    find: async (id) => {
      const row = await database.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toDelivery(row);
    },

    settle: async (id, outcome) => {
      await database
        .updateTable('deliveries')
        .set({ status: outcome.status, note: toText(outcome.note), settled_at: new Date() })
        .where('id', '=', id)
        .execute();
    },

    hasLabel: async (repository, label, issue) => {
      const rows = await database
        .selectFrom('deliveries')
        .select('signal')
        .where(sql`signal ->> 'type'`, '=', 'issue-labelled')
        .where(sql`signal -> 'repository' ->> 'name'`, '=', repository.name)
        .where(sql`signal -> 'issue' ->> 'number'`, '=', String(issue.number))
        .execute();
      return rows.some((row) => {
        const { data } = signalSchema.safeParse(row.signal);
        return (
          data?.type === 'issue-labelled' &&
          data.label === label &&
          data.repository.owner === repository.owner &&
          isSameLabelling(data.issue, issue)
        );
      });
    },

    postpone: async (id, note) => {
      await database
        .updateTable('deliveries')
        .set({ status: 'received', tries: sql`tries + 1`, note, received_at: sql<Date>`now()` })
        .where('id', '=', id)
        .execute();
    },

    unsettled: async (olderThanMs) => {
      const rows = await database
        .selectFrom('deliveries')
        .selectAll()
        .where('status', '=', 'received')
        .where('received_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
        .orderBy('received_at')
        .limit(200)
        .execute();
      // A row that an older release wrote and this one cannot read must not keep the others waiting.
      return rows.filter((row) => signalSchema.safeParse(row.signal).success).map(toDelivery);
    },

    forget: async (olderThanMs) => {
      await database
        .deleteFrom('deliveries')
        .where('settled_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
        .execute();
    },
  };
}

const toDelivery = (row: { id: string; signal: object; status: Delivery['status']; tries: number }): Delivery => ({
  id: row.id as DeliveryId,
  signal: signalSchema.parse(row.signal),
  status: row.status,
  tries: row.tries,
});
