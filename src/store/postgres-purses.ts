import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type FixId, fullName } from '../domain/ids.ts';
import type { PurseKind, PurseStanding, PurseStandings } from '../domain/purse.ts';
import type { Most, PaidCall, Purses } from '../ports/purses.ts';
import type { Database } from './database.ts';
import { isUnderWay, lockMoney, spendingOf, today } from './money.ts';
import type { Schema } from './schema.ts';

/**
 * What fixes share, in Postgres: what replies cost stands in `spending_days`, what calls without a reply may come to in
 * `holds`. A purse is the sum of both over its repositories and days.
 */
export function createPostgresPurses(database: Database): Purses {
  return {
    reserve: (call, decide) =>
      database.transaction().execute(async (tx) => {
        await lockMoney(tx);
        await loseEarlier(tx, call);
        const fix = await spendingOf(tx, call.fix);
        const decision = decide({ fix, purses: await standingsOf(tx, call.repository) });
        if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };
        const { id } = await tx
          .insertInto('holds')
          .values({
            fix_id: call.fix,
            role: call.role,
            part: call.part,
            index: call.index,
            repository: fullName(call.repository),
            owner: call.repository.owner,
            ...columnsOf(decision.most),
            day: today,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        return { kind: 'held', hold: String(id), fix };
      }),

    grow: (hold, by, mayGrow) =>
      database.transaction().execute(async (tx) => {
        await lockMoney(tx);
        const held = await tx.selectFrom('holds').selectAll().where('id', '=', hold).executeTakeFirst();
        if (held === undefined) return false;
        const { owner, repository } = held;
        const fix = await spendingOf(tx, held.fix_id as FixId);
        const name = repository.slice(owner.length + 1);
        if (!mayGrow({ fix, purses: await standingsOf(tx, { owner, name }) })) return false;
        const { usd, tokens } = columnsOf({ usd: Number(held.usd) + by.usd, tokens: Number(held.tokens) + by.tokens });
        await tx
          .updateTable('holds')
          .set({ usd, tokens, held_at: sql`clock_timestamp()` })
          .where('id', '=', hold)
          .execute();
        return true;
      }),

    release: async (hold, end) => {
      switch (end.kind) {
        case 'charged-nothing':
          await database.deleteFrom('holds').where('id', '=', hold).execute();
          return;
        case 'unknown':
          await database.updateTable('holds').set({ is_lost: true }).where('id', '=', hold).execute();
          return;
        case 'bounded':
          await database.transaction().execute(async (tx) => {
            await lockMoney(tx);
            const lost = { ...columnsOf(end.most), is_lost: true, is_unheard: !end.isHeard };
            const call = await tx
              .updateTable('holds')
              .set(lost)
              .where('id', '=', hold)
              .returningAll()
              .executeTakeFirst();
            if (call === undefined || end.isHeard) return;
            await tx
              .deleteFrom('holds')
              .where('fix_id', '=', call.fix_id)
              .where('role', '=', call.role)
              .where('part', '=', call.part)
              .where('index', '=', call.index)
              .where('is_unheard', '=', true)
              .where('id', '<>', hold)
              .execute();
          });
      }
    },

    standings: (repository) => standingsOf(database, repository),
  };
}

const columnsOf = ({ usd, tokens }: Most) => ({ usd: String(usd), tokens: String(tokens) });

/** Whoever asks for the same turn again does not wait for the answer of before: it may have been charged, or come late. */
async function loseEarlier(tx: Kysely<Schema>, { fix, role, part, index }: PaidCall): Promise<void> {
  await tx
    .updateTable('holds')
    .set({ is_lost: true })
    .where('fix_id', '=', fix)
    .where('role', '=', role)
    .where('part', '=', part)
    .where('index', '=', index)
    .execute();
}

async function standingsOf(database: Kysely<Schema>, repository: PaidCall['repository']): Promise<PurseStandings> {
  const month = sql<string>`date_trunc('month', ${today})::date`;
  const tomorrow = sql<string>`${today} + 1`;
  const nextMonth = sql<string>`(date_trunc('month', ${today}) + interval '1 month')::date`;
  const rows = await sql<PurseStanding & { kind: PurseKind }>`
    ${standing('repository-day', sql`repository = ${fullName(repository)}`, today, tomorrow)}
    union all ${standing('organization-month', sql`owner = ${repository.owner}`, month, nextMonth)}
    union all ${standing('host-month', sql`true`, month, nextMonth)}`.execute(database);
  const named = (wanted: PurseKind): PurseStanding => {
    const row = rows.rows.find(({ kind }) => kind === wanted);
    if (row === undefined) throw new TypeError(`the purse ${wanted} has no row`);
    const { usd, tokens, heldUsd, heldTokens, endsInMs } = row;
    return { usd, tokens, heldUsd, heldTokens, endsInMs };
  };
  return {
    'repository-day': named('repository-day'),
    'organization-month': named('organization-month'),
    'host-month': named('host-month'),
  };
}

/** One row: a call that nobody waits for any more is spent, one under way is held. */
function standing(
  kind: PurseKind,
  where: RawBuilder<unknown>,
  since: RawBuilder<string>,
  end: RawBuilder<string>,
): RawBuilder<unknown> {
  return sql`
    select ${kind}::text as "kind",
      (paid.usd + gone.lost_usd)::float8 as "usd",
      (paid.tokens + gone.lost_tokens)::float8 as "tokens",
      gone.held_usd::float8 as "heldUsd",
      gone.held_tokens::float8 as "heldTokens",
      (extract(epoch from (${end})::timestamp - (clock_timestamp() at time zone 'utc')) * 1000)::float8 as "endsInMs"
    from (
      select coalesce(sum(usd), 0) as usd, coalesce(sum(input_tokens + output_tokens), 0) as tokens
      from spending_days where ${where} and day >= ${since}
    ) as paid, (
      select
        coalesce(sum(usd) filter (where not ${isUnderWay}), 0) as lost_usd,
        coalesce(sum(tokens) filter (where not ${isUnderWay}), 0) as lost_tokens,
        coalesce(sum(usd) filter (where ${isUnderWay}), 0) as held_usd,
        coalesce(sum(tokens) filter (where ${isUnderWay}), 0) as held_tokens
      from holds where ${where} and day >= ${since}
    ) as gone`;
}
