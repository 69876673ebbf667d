import { sql } from 'kysely';
import type { FixEvent } from '../domain/event.ts';
import { advance } from '../domain/fix.ts';
import { fixStates, isOver, subjectOfFix } from '../domain/fix-facts.ts';
import { type FixId, fullName } from '../domain/ids.ts';
import type { BurstStore, FixStore } from '../ports/stores.ts';
import { lookBeforeBegin, subjectColumn } from './begin-limits.ts';
import type { Database } from './database.ts';
import { appendTo, foldColumns, lock, log, settleDelivery, toFix, toTicket } from './fix-log.ts';

/**
 * Fixes, their logs and the outbox of bursts, in Postgres.
 *
 * Every change locks the fix's row, appends to its log and writes the fold in one short transaction. The outbox is
 * two pairs of columns: `burst_*` is what the story wants next, `running_*` is what runs. A wanted burst starts only
 * when nothing runs, so there is one at a time for a fix, whatever the process; `burst_number` tells a running burst
 * that it has been overtaken.
 */
export function createPostgresFixes(database: Database, now: () => number): FixStore & BurstStore {
  const find = async (where: { column: 'id'; value: string }) =>
    toFix(await database.selectFrom('fixes').selectAll().where(where.column, '=', where.value).executeTakeFirst());

  return {
    find: (id) => find({ column: 'id', value: id }),

    findLive: async (repository, subject) => {
      const rows = await database
        .selectFrom('fixes')
        .selectAll()
        .where('repository', '=', fullName(repository))
        .where(subjectColumn, '=', subject)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(toFix).find((fix) => fix !== null && !isOver(fix.state)) ?? null;
    },

    liveOf: async (installationId) => {
      const rows = await database
        .selectFrom('fixes')
        .selectAll()
        .where('installation_id', '=', String(installationId))
        .where('state', 'not in', ['archived', 'stopped', 'abandoned', 'expired'])
        .orderBy('created_at')
        .limit(1_000)
        .execute();
      return rows.map(toFix).filter((fix) => fix !== null);
    },

    findByPullRequest: async (repository, number) =>
      toFix(
        await database
          .selectFrom('fixes')
          .selectAll()
          .where('repository', '=', fullName(repository))
          .where('pull_request_number', '=', number)
          .orderBy('created_at', 'desc')
          .executeTakeFirst(),
      ),

    findOfThread: async (repository, number) => {
      const rows = await database
        .selectFrom('fixes')
        .selectAll()
        .where('repository', '=', fullName(repository))
        .where(({ eb, or }) => or([eb('issue_number', '=', number), eb('pull_request_number', '=', number)]))
        .orderBy('created_at', 'desc')
        .execute();
      const fixes = rows.map(toFix).filter((fix) => fix !== null);
      return fixes.find((fix) => !isOver(fix.state)) ?? fixes[0] ?? null;
    },

    findByRun: async (repository, runId) =>
      toFix(
        await database
          .selectFrom('fixes')
          .selectAll()
          .where('repository', '=', fullName(repository))
          .where(({ eb, or }) =>
            or([
              eb('run_id', '=', String(runId)),
              eb('side_run_ids', '@>', sql<string[]>`array[${String(runId)}]::bigint[]`),
            ]),
          )
          .executeTakeFirst(),
      ),

    begin: (fix, first, { delivery, startsPerHour }) =>
      database.transaction().execute(async (tx) => {
        const nowMs = now();
        const advanced = advance(fix, first, nowMs);
        if (advanced === null) throw new TypeError(`a fix cannot begin with ${first.type}`);
        const standing = await lookBeforeBegin(tx, fix, startsPerHour, nowMs);
        if (standing.kind !== 'begun') {
          if (standing.kind === 'known') await settleDelivery(tx, delivery);
          return standing;
        }
        const inserted = await tx
          .insertInto('fixes')
          .values({
            id: fix.id,
            installation_id: String(fix.repository.installationId),
            repository: fullName(fix.repository),
            issue_number: fix.issue.number,
            subject: subjectOfFix(fix),
            ...foldColumns(advanced.fix),
            created_at: new Date(nowMs),
            burst_number: 1,
            burst_kind: advanced.next.burst ?? null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        const didBegin = inserted.numInsertedOrUpdatedRows === 1n;
        if (didBegin)
          await log(tx, fix.id, first, { key: `delivery:${delivery}`, delivery }, { didAdvance: true, nowMs });
        await settleDelivery(tx, delivery);
        return { kind: didBegin ? 'begun' : 'known' };
      }),

    append: (id, event, from) =>
      database.transaction().execute(async (tx) => {
        const didAdvance = await appendTo(tx, await lock(tx, id), event, from, now());
        if (from.delivery !== undefined) await settleDelivery(tx, from.delivery);
        return didAdvance;
      }),

    claimToLookAt: async (limit, everyMs) => {
      const nowMs = now();
      const due = database
        .selectFrom('fixes')
        .select('id')
        .where('state', 'not in', fixStates.filter(isOver))
        .where('looked_at', '<', new Date(nowMs - everyMs))
        .orderBy('looked_at')
        .limit(limit)
        .forUpdate()
        .skipLocked();
      const rows = await database
        .updateTable('fixes')
        .set({ looked_at: new Date(nowMs) })
        .where('id', 'in', due)
        .returningAll()
        .execute();
      return rows.map(toFix).filter((fix) => fix !== null);
    },

    waiting: async (limit) => {
      const rows = await database
        .selectFrom('fixes')
        .selectAll()
        .where('wait_until', 'is not', null)
        .orderBy('wait_until')
        .limit(limit)
        .execute();
      return rows.map(toFix).filter((fix) => fix !== null);
    },

    events: async (id) => {
      const rows = await database
        .selectFrom('events')
        .selectAll()
        .where('fix_id', '=', id)
        .orderBy('sequence')
        .execute();
      return rows.map((row) => ({ sequence: row.sequence, event: row.body as FixEvent, atMs: row.at.getTime() }));
    },

    take: (id) =>
      database.transaction().execute(async (tx) => {
        const row = await lock(tx, id);
        if (row.burst_kind === null || row.running_number !== null) return null;
        const taken = { running_number: row.burst_number, running_kind: row.burst_kind, burst_kind: null };
        await tx.updateTable('fixes').set(taken).where('id', '=', id).execute();
        return toTicket({ ...row, ...taken });
      }),

    wanting: async (limit) => {
      const rows = await database
        .selectFrom('fixes')
        .select('id')
        .where('burst_kind', 'is not', null)
        .where('running_number', 'is', null)
        .limit(limit)
        .execute();
      return rows.map((row) => row.id as FixId);
    },

    running: async (limit) => {
      const rows = await database
        .selectFrom('fixes')
        .selectAll()
        .where('running_number', 'is not', null)
        .limit(limit)
        .execute();
      return rows.map(toTicket).filter((ticket) => ticket !== null);
    },

    isCurrent: async (burst) => {
      const row = await database
        .selectFrom('fixes')
        .select('burst_number')
        .where('id', '=', burst.fix)
        .executeTakeFirst();
      return row?.burst_number === burst.number;
    },

    note: (burst, event) =>
      database.transaction().execute(async (tx) => {
        const row = await lock(tx, burst.fix);
        if (row.burst_number !== burst.number) return;
        await appendTo(tx, row, event, { key: `burst:${burst.number}:${event.type}` }, now());
      }),

    end: (burst, event) =>
      database.transaction().execute(async (tx) => {
        const row = await lock(tx, burst.fix);
        if (row.running_number !== burst.number) return false;
        const released = { running_number: null, running_kind: null };
        await tx.updateTable('fixes').set(released).where('id', '=', burst.fix).execute();
        if (event === null || row.burst_number !== burst.number) return false;
        await appendTo(tx, { ...row, ...released }, event, { key: `burst:${burst.number}:end` }, now());
        return true;
      }),
  };
}
