import { type Selectable, sql, type Transaction } from 'kysely';
import { runsOf } from '../domain/awaited-runs.ts';
import { reviveFix } from '../domain/begin-fix.ts';
import type { FixEvent } from '../domain/event.ts';
import { advance } from '../domain/fix.ts';
import type { BurstKind, Fix } from '../domain/fix-facts.ts';
import type { DeliveryId, FixId } from '../domain/ids.ts';
import type { BurstTicket } from '../ports/stores.ts';
import { toJson } from './database.ts';
import type { Schema } from './schema.ts';

/** How an event gets into the log of a fix and changes its row, in one transaction; and rows as the house knows them. */

type Tx = Transaction<Schema>;
type FixRow = Selectable<Schema['fixes']>;

/** Nobody else changes the fix until the transaction ends. */
export async function lock(tx: Tx, id: FixId): Promise<FixRow> {
  return tx.selectFrom('fixes').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

/**
 * Puts an event into the log of a locked fix and writes what it does to the fix.
 *
 * @returns whether it meant something in the state it met, or did when it came first.
 */
export async function appendTo(
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
export async function log(
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

export async function settleDelivery(tx: Tx, id: DeliveryId): Promise<void> {
  await tx.updateTable('deliveries').set({ status: 'done', settled_at: new Date() }).where('id', '=', id).execute();
}

/** The fold, and what of it is looked for. */
export function foldColumns(fix: Fix) {
  return {
    state: fix.state,
    facts: toJson(fix),
    wait_until: fix.wait === null ? null : new Date(fix.wait.untilMs),
    pull_request_number: fix.pullRequest?.number ?? null,
    run_id: fix.candidate === null ? null : String(fix.candidate.runId),
    side_run_ids: runsOf(fix)
      .map(({ runId }) => runId)
      .filter((runId) => runId !== fix.candidate?.runId)
      .map(String),
  };
}

export const toFix = (row: FixRow | undefined): Fix | null => (row === undefined ? null : reviveFix(row.facts as Fix));

export function toTicket(row: FixRow): BurstTicket | null {
  if (row.running_number === null) return null;
  const { id, repository } = row.facts as Fix;
  return { fix: id, number: row.running_number, kind: row.running_kind as BurstKind, repository };
}
