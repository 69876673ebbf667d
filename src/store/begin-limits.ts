import { sql, type Transaction } from 'kysely';
import { type Fix, type FixState, isOver, subjectOfFix } from '../domain/fix-facts.ts';
import { fullName } from '../domain/ids.ts';
import { isSameLabelling } from '../domain/ticket.ts';
import type { BeginAnswer, StartLimits } from '../ports/stores.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

const hourMs = 60 * 60_000;

/** As the unique index of live fixes has it. */
export const subjectColumn = sql<string>`coalesce(subject, 'issue:' || issue_number::text)`;

/** Begins come one after the other, across all replicas, so that two at once cannot both be the last one allowed. */
export async function lookBeforeBegin(tx: Tx, fix: Fix, limits: StartLimits, nowMs: number): Promise<BeginAnswer> {
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
