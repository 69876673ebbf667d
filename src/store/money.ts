import { type Kysely, sql, type Transaction } from 'kysely';
import type { Spending } from '../domain/budget.ts';
import type { Usage } from '../domain/conversation.ts';
import type { FixId } from '../domain/ids.ts';
import type { HoldId } from '../domain/purse.ts';
import type { PaidCall } from '../ports/purses.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

const longestWait = '15s';

/**
 * Everything that decides about money, or moves it, comes one after the other, across all replicas. One lock, taken
 * first: nobody waits in a circle. Whoever waits longer than that gives up with a fault that time mends.
 */
export async function lockMoney(tx: Tx): Promise<void> {
  await sql.raw(`set local lock_timeout = '${longestWait}'`).execute(tx);
  await sql`select pg_advisory_xact_lock(hashtext('ai-fix spends money'))`.execute(tx);
}

/** The day that runs, of UTC and by the database's clock: a host whose clock jumps changes nothing. */
export const today = sql<string>`(clock_timestamp() at time zone 'utc')::date`;

/**
 * A call that somebody waits for. It is renewed with each try, of which none takes longer than ten minutes, a minute's
 * wait for its place before it included; a reply that comes later than this is lost.
 */
export const isUnderWay = sql<boolean>`(not is_lost and held_at > clock_timestamp() - interval '30 minutes')`;

/** What a fix has spent, and what calls without an answer may have cost it. */
export async function spendingOf(database: Kysely<Schema>, fix: FixId): Promise<Spending> {
  const row = await database
    .selectFrom('turns')
    .select([
      sql<number>`coalesce(sum(cost_usd), 0)::float8`.as('usd'),
      sql<number>`coalesce(sum(input_tokens + output_tokens), 0)::float8`.as('tokens'),
      sql<number>`coalesce(sum(input_tokens), 0)::float8`.as('inputTokens'),
      sql<number>`coalesce(sum(cached_input_tokens), 0)::float8`.as('cachedInputTokens'),
      sql<number>`coalesce(sum(cache_write_tokens), 0)::float8`.as('cacheWriteTokens'),
      sql<number>`coalesce(sum(reasoning_tokens), 0)::float8`.as('reasoningTokens'),
      sql<boolean>`coalesce(bool_or(cost_usd is null), false)`.as('hasUnknownPrice'),
      sql<number>`(count(*) filter (where cost_usd is null))::int`.as('unpricedReplies'),
      sql<number>`coalesce(sum(greatest(0, extract(epoch from answered_at - asked_at))) * 1000, 0)::float8`.as(
        'workedMs',
      ),
    ])
    .where('fix_id', '=', fix)
    .where('answered_at', 'is not', null)
    .executeTakeFirstOrThrow();
  const possible = await possibleOf(database, fix);
  return possible === undefined ? row : { ...row, possible };
}

async function possibleOf(database: Kysely<Schema>, fix: FixId): Promise<Spending['possible']> {
  const { callsUnderWay, usdUnderWay, ...possible } = await database
    .selectFrom('holds')
    .select([
      sql<number>`count(*)::int`.as('calls'),
      sql<number>`coalesce(sum(usd), 0)::float8`.as('usd'),
      sql<number>`coalesce(sum(tokens), 0)::float8`.as('tokens'),
      sql<number>`(count(*) filter (where ${isUnderWay}))::int`.as('callsUnderWay'),
      sql<number>`coalesce(sum(usd) filter (where ${isUnderWay}), 0)::float8`.as('usdUnderWay'),
    ])
    .where('fix_id', '=', fix)
    .executeTakeFirstOrThrow();
  if (possible.calls === 0) return undefined;
  return callsUnderWay === 0 ? possible : { ...possible, underWay: { calls: callsUnderWay, usd: usdUnderWay } };
}

interface Paid {
  readonly usage: Usage;
  readonly usd: number | null;
  readonly hold?: HoldId;
}

/**
 * Puts what a reply cost in the place of what was set aside for it, on the day on which it was asked. Belongs into the
 * transaction that makes the reply a row, under the lock: paid and kept, or neither.
 */
export async function settle(tx: Tx, fix: FixId, { usage, usd, hold }: Paid): Promise<void> {
  const day = await dayOf(tx, hold);
  const { repository, owner } = await payerOf(tx, fix);
  const added = {
    replies: 1,
    usd: String(usd ?? 0),
    input_tokens: String(usage.inputTokens),
    cached_input_tokens: String(usage.cachedInputTokens),
    cache_write_tokens: String(usage.cacheWriteTokens ?? 0),
    output_tokens: String(usage.outputTokens),
    reasoning_tokens: String(usage.reasoningTokens ?? 0),
    unpriced_replies: usd === null ? 1 : 0,
  };
  const columns = Object.keys(added) as (keyof typeof added)[];
  await tx
    .insertInto('spending_days')
    .values({ repository, owner, day, ...added })
    .onConflict((conflict) =>
      conflict
        .columns(['repository', 'day'])
        .doUpdateSet(
          Object.fromEntries(
            columns.map((name) => [name, sql`spending_days.${sql.ref(name)} + excluded.${sql.ref(name)}`]),
          ),
        ),
    )
    .execute();
}

/** As `settle`, for a reply that nobody keeps, because the turn has one: it was paid, and counts as a call that was lost. */
export async function settleLate(
  tx: Tx,
  { fix, role, part, index }: Omit<PaidCall, 'repository'>,
  { usage, usd, hold }: Paid,
): Promise<void> {
  const day = await dayOf(tx, hold);
  const { repository, owner } = await payerOf(tx, fix);
  const most = { usd: String(usd ?? 0), tokens: String(usage.inputTokens + usage.outputTokens) };
  await tx
    .insertInto('holds')
    .values({ fix_id: fix, role, part, index, repository, owner, day, ...most, is_lost: true })
    .execute();
}

/** Takes away what was set aside, and says on which day that was. */
async function dayOf(tx: Tx, hold: HoldId | undefined) {
  if (hold === undefined) return today;
  const held = await tx
    .deleteFrom('holds')
    .where('id', '=', hold)
    .returning(sql<string>`day::text`.as('day'))
    .executeTakeFirst();
  return held?.day ?? today;
}

async function payerOf(tx: Tx, fix: FixId) {
  const { repository } = await tx
    .selectFrom('fixes')
    .select('repository')
    .where('id', '=', fix)
    .executeTakeFirstOrThrow();
  const [owner = ''] = repository.split('/');
  return { repository, owner };
}
