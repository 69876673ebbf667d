import { sql } from 'kysely';
import type { Redactor } from '../domain/redact.ts';
import type { ConversationKey, TurnStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';
import { redactedFault, redactedTurn } from './redacted-turn.ts';
import type { Seal } from './seal.ts';
import { traceColumns } from './trace-columns.ts';
import { openTurn, sealTurn } from './turn-texts.ts';

/**
 * @param redactor Takes secrets out of replies and results before they are stored.
 * @param seal Encrypts texts of conversations; numbers stay readable, since limits are counted from them.
 */
export function createPostgresTurns(database: Database, redactor: Redactor, seal: Seal): TurnStore {
  const ofConversation = (key: ConversationKey) =>
    database
      .selectFrom('turns')
      .where('fix_id', '=', key.fix)
      .where('role', '=', key.role)
      .where('part', '=', key.part);

  return {
    load: async (key) => {
      const rows = await ofConversation(key)
        .selectAll()
        .where('answered_at', 'is not', null)
        .orderBy('index')
        .execute();
      return rows.map((row) => openTurn(seal, key, row));
    },

    begin: async (key, index, account) => {
      const known = account === undefined ? null : toJson(account);
      await database
        .insertInto('turns')
        .values({ fix_id: key.fix, role: key.role, part: key.part, index, account: known })
        .onConflict((conflict) =>
          conflict
            .columns(['fix_id', 'role', 'part', 'index'])
            .doUpdateSet({ asked: sql`turns.asked + 1`, asked_at: new Date(), account: known }),
        )
        .execute();
    },

    record: async (key, paid, cost, trace) => {
      const turn = redactedTurn(paid, redactor);
      const { usage, modelId } = turn.reply;
      const updated = await database
        .updateTable('turns')
        .set({
          model_id: modelId,
          ...sealTurn(seal, key, turn),
          ...traceColumns(turn, trace, redactor),
          input_tokens: String(usage.inputTokens),
          cached_input_tokens: String(usage.cachedInputTokens),
          cache_write_tokens: String(usage.cacheWriteTokens ?? 0),
          output_tokens: String(usage.outputTokens),
          cost_usd: cost.usd,
          answered_at: new Date(),
        })
        .where('fix_id', '=', key.fix)
        .where('role', '=', key.role)
        .where('part', '=', key.part)
        .where('index', '=', turn.index)
        .executeTakeFirst();
      if (updated.numUpdatedRows !== 1n)
        throw new TypeError(`turn ${turn.index} of ${key.fix} was answered and never begun`);
    },

    fail: async (key, index, failed) => {
      const fault = redactedFault(failed, redactor);
      await database
        .insertInto('failed_calls')
        .columns(failedColumns)
        .expression(
          ofConversation(key)
            .where('index', '=', index)
            .select(({ val }) => [
              'fix_id',
              'role',
              'part',
              'index',
              'asked',
              val(fault.modelId).as('model_id'),
              val(fault.fault).as('fault'),
              sql<number | null>`${fault.status}::integer`.as('status'),
              val(fault.reason).as('reason'),
              sql<string | null>`${toJson(fault.passedOver)}::jsonb`.as('passed_over'),
              sql<string | null>`${fault.prompt === null ? null : toJson(fault.prompt)}::jsonb`.as('prompt'),
              val(fault.inputDigest).as('input_digest'),
              sql<string>`${fault.inputBytes}::bigint`.as('input_bytes'),
              sql<number>`${fault.latencyMs}::integer`.as('latency_ms'),
            ]),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    spending: async (fix) => {
      const row = await database
        .selectFrom('turns')
        .select([
          sql<number>`coalesce(sum(cost_usd), 0)::float8`.as('usd'),
          sql<number>`coalesce(sum(input_tokens + output_tokens), 0)::float8`.as('tokens'),
          sql<number>`coalesce(sum(input_tokens), 0)::float8`.as('inputTokens'),
          sql<number>`coalesce(sum(cached_input_tokens), 0)::float8`.as('cachedInputTokens'),
          sql<boolean>`coalesce(bool_or(cost_usd is null), false)`.as('hasUnknownPrice'),
          sql<number>`coalesce(sum(extract(epoch from answered_at - asked_at)) * 1000, 0)::float8`.as('workedMs'),
        ])
        .where('fix_id', '=', fix)
        .where('answered_at', 'is not', null)
        .executeTakeFirstOrThrow();
      return { ...row };
    },

    models: async (fix) => {
      const rows = await database
        .selectFrom('turns')
        .select('model_id')
        .distinct()
        .where('fix_id', '=', fix)
        .where('model_id', 'is not', null)
        .orderBy('model_id')
        .execute();
      return rows.map((row) => row.model_id).filter((id) => id !== null);
    },
  };
}

const failedColumns = [
  'fix_id',
  'role',
  'part',
  'index',
  'asked',
  'model_id',
  'fault',
  'status',
  'reason',
  'passed_over',
  'prompt',
  'input_digest',
  'input_bytes',
  'latency_ms',
] as const;
