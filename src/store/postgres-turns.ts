import { sql } from 'kysely';
import { paidUsage } from '../domain/cost.ts';
import type { Redactor } from '../domain/redact.ts';
import type { ConversationKey, TurnStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';
import { lockMoney, settle, settleLate, spendingOf } from './money.ts';
import { redactedFault, redactedTurn } from './redacted-turn.ts';
import type { Seal } from './seal.ts';
import { traceColumns } from './trace-columns.ts';
import { openTurn, sealTurn } from './turn-texts.ts';

/**
 * @param redactor Takes secrets out of replies and results before they are stored.
 * @param seal Encrypts texts of conversations; numbers stay readable, since limits are counted from them.
 */
export function createPostgresTurns(database: Database, redactor: Redactor, seal: Seal): TurnStore {
  const ofConversation = (key: ConversationKey, from: Database = database) =>
    from.selectFrom('turns').where('fix_id', '=', key.fix).where('role', '=', key.role).where('part', '=', key.part);

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
            .doUpdateSet({ asked: sql`turns.asked + 1`, asked_at: sql`clock_timestamp()`, account: known }),
        )
        .execute();
    },

    record: async (key, paid, cost, trace) => {
      const turn = redactedTurn(paid, redactor);
      const { modelId } = turn.reply;
      const usage = paidUsage(turn.reply);
      return database.transaction().execute(async (tx) => {
        await lockMoney(tx);
        const updated = await tx
          .updateTable('turns')
          .set({
            model_id: modelId,
            ...sealTurn(seal, key, turn),
            ...traceColumns(turn, trace, redactor),
            input_tokens: String(usage.inputTokens),
            cached_input_tokens: String(usage.cachedInputTokens),
            cache_write_tokens: String(usage.cacheWriteTokens),
            output_tokens: String(usage.outputTokens),
            cost_usd: cost.usd,
            answered_at: sql`clock_timestamp()`,
          })
          .where('fix_id', '=', key.fix)
          .where('role', '=', key.role)
          .where('part', '=', key.part)
          .where('index', '=', turn.index)
          .where('answered_at', 'is', null)
          .executeTakeFirst();
        if (updated.numUpdatedRows === 1n) {
          await settle(tx, key.fix, { usage, ...cost });
          return 'kept';
        }
        const known = await ofConversation(key, tx).where('index', '=', turn.index).select('index').executeTakeFirst();
        if (known === undefined) throw new TypeError(`turn ${turn.index} of ${key.fix} was answered and never begun`);
        await settleLate(tx, { ...key, index: turn.index }, { usage, ...cost });
        return 'late';
      });
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

    spending: (fix) => spendingOf(database, fix),

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
