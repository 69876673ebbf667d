import type { Selectable, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { FixEvent } from '../domain/event.ts';
import { advance } from '../domain/fix.ts';
import {
  type BurstKind,
  type Fix,
  type FixState,
  fixStates,
  isOver,
  reviveFix,
  subjectOfFix,
} from '../domain/fix-facts.ts';
import { type DeliveryId, type FixId, fullName } from '../domain/ids.ts';
import { isSameLabelling } from '../domain/ticket.ts';
import type { BeginAnswer, BurstStore, BurstTicket, FixStore, StartLimits } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;
type FixRow = Selectable<Schema['fixes']>;

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
        if (row.running_number !== burst.number) return;
        const released = { running_number: null, running_kind: null };
        await tx.updateTable('fixes').set(released).where('id', '=', burst.fix).execute();
        if (event === null || row.burst_number !== burst.number) return;
        await appendTo(tx, { ...row, ...released }, event, { key: `burst:${burst.number}:end` }, now());
      }),
  };
}

const hourMs = 60 * 60_000;

/** As the unique index of live fixes has it. */
const subjectColumn = sql<string>`coalesce(subject, 'issue:' || issue_number::text)`;

/** Begins come one after the other, across all replicas, so that two at once cannot both be the last one allowed. */
async function lookBeforeBegin(tx: Tx, fix: Fix, limits: StartLimits, nowMs: number): Promise<BeginAnswer> {
  const { id, repository } = fix;
  await sql`select pg_advisory_xact_lock(hashtext('ai-fix begins a fix'))`.execute(tx);
  const here = fullName(repository);
  const rows = await tx
    .selectFrom('fixes')
    .select(['id', 'state', 'facts'])
    .where('repository', '=', here)
    .where(subjectColumn, '=', subjectOfFix(fix))
    .execute();
  const isKnown = (row: (typeof rows)[number]) =>
    row.id === id || !isOver(row.state as FixState) || isSameLabelling((row.facts as Fix).issue, fix.issue);
  if (rows.some(isKnown)) return { kind: 'known' };
  const started = await tx
    .selectFrom('fixes')
    .select(({ fn }) => [
      fn.countAll<string>().as('host'),
      fn.countAll<string>().filterWhere('repository', '=', here).as('repository'),
    ])
    .where('created_at', '>', new Date(nowMs - hourMs))
    .executeTakeFirstOrThrow();
  if (Number(started.repository) >= limits.repository) return { kind: 'limited', by: 'repository' };
  if (Number(started.host) >= limits.host) return { kind: 'limited', by: 'host' };
  const worked = limits.subject === undefined ? 0 : await workedWithinADay(tx, fix, nowMs);
  return worked >= (limits.subject ?? 1) ? { kind: 'limited', by: 'subject' } : { kind: 'begun' };
}

/** Fixes of the same subject that came as far as asking a model. */
async function workedWithinADay(tx: Tx, fix: Fix, nowMs: number): Promise<number> {
  const { count } = await tx
    .selectFrom('fixes')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('repository', '=', fullName(fix.repository))
    .where(subjectColumn, '=', subjectOfFix(fix))
    .where('created_at', '>', new Date(nowMs - 24 * hourMs))
    .where(sql<boolean>`jsonb_typeof(facts -> 'ticket') = 'object'`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function lock(tx: Tx, id: FixId): Promise<FixRow> {
  return tx.selectFrom('fixes').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

async function appendTo(
  tx: Tx,
  row: FixRow,
  event: FixEvent,
  from: { readonly key: string; readonly delivery?: DeliveryId },
  nowMs: number,
): Promise<boolean> {
  const fix = reviveFix(row.facts as Fix);
  const advanced = advance(fix, event, nowMs);
  const isNew = await log(tx, fix.id, event, from, { didAdvance: advanced !== null, nowMs });
  if (!isNew) return didAdvanceBefore(tx, fix.id, from.key);
  if (advanced === null) return false;
  const { burst } = advanced.next;
  await tx
    .updateTable('fixes')
    .set({
      ...foldColumns(advanced.fix),
      updated_at: new Date(nowMs),
      ...(burst === undefined ? {} : { burst_number: row.burst_number + 1, burst_kind: burst }),
    })
    .where('id', '=', fix.id)
    .execute();
  return true;
}

/** What an event did when it came first: its repetition is answered the same. */
async function didAdvanceBefore(tx: Tx, fix: FixId, key: string): Promise<boolean> {
  const row = await tx
    .selectFrom('events')
    .select('did_advance')
    .where('fix_id', '=', fix)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.did_advance === true;
}

/** False when this key is in the log already. */
async function log(
  tx: Tx,
  fix: FixId,
  event: FixEvent,
  from: { readonly key: string; readonly delivery?: DeliveryId },
  { didAdvance, nowMs }: { readonly didAdvance: boolean; readonly nowMs: number },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('events')
    .values({
      fix_id: fix,
      sequence: sql<number>`(select coalesce(max(sequence), 0) + 1 from events where fix_id = ${fix})`,
      key: from.key,
      type: event.type,
      body: toJson(event),
      did_advance: didAdvance,
      delivery_id: from.delivery ?? null,
      // The moment that the fold was told, so that folding the log again gives the very same fix.
      at: new Date(nowMs),
    })
    .onConflict((conflict) => conflict.columns(['fix_id', 'key']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

async function settleDelivery(tx: Tx, id: DeliveryId): Promise<void> {
  await tx.updateTable('deliveries').set({ status: 'done', settled_at: new Date() }).where('id', '=', id).execute();
}

function foldColumns(fix: Fix) {
  return {
    state: fix.state,
    facts: toJson(fix),
    wait_until: fix.wait === null ? null : new Date(fix.wait.untilMs),
    pull_request_number: fix.pullRequest?.number ?? null,
    run_id: fix.candidate === null ? null : String(fix.candidate.runId),
    side_run_ids: (fix.candidate?.beside ?? []).map(({ runId }) => String(runId)),
  };
}

const toFix = (row: FixRow | undefined): Fix | null => (row === undefined ? null : reviveFix(row.facts as Fix));

function toTicket(row: FixRow): BurstTicket | null {
  if (row.running_number === null) return null;
  const { id, repository } = row.facts as Fix;
  return { fix: id, number: row.running_number, kind: row.running_kind as BurstKind, repository };
}
