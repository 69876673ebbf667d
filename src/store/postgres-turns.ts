import { sql } from 'kysely';
import { paidUsage } from '../domain/cost.ts';
import type { Redactor } from '../domain/redact.ts';
import type { ConversationKey, PaidTurn, TurnStore } from '../ports/stores.ts';
import { type Database, toJson } from './database.ts';
import { settle, spendingOf } from './money.ts';
import { redactedTurn } from './redacted-turn.ts';

/** @param redactor Takes secrets out of replies and results before they are stored. */
export function createPostgresTurns(database: Database, redactor: Redactor): TurnStore {
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
      return rows.map((row) => ({
        index: row.index,
        reply: row.reply as PaidTurn['reply'],
        results: row.results as PaidTurn['results'],
        overlayChanges: row.overlay_changes as PaidTurn['overlayChanges'],
      }));
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

    record: async (key, paid, cost) => {
      const turn = redactedTurn(paid, redactor);
      const { modelId } = turn.reply;
      const usage = paidUsage(turn.reply);
      await database.transaction().execute(async (tx) => {
        await settle(tx, key.fix, { usage, ...cost });
        const updated = await tx
          .updateTable('turns')
          .set({
            model_id: modelId,
            reply: toJson(turn.reply),
            results: toJson(turn.results),
            overlay_changes: toJson(turn.overlayChanges),
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
          .executeTakeFirst();
        if (updated.numUpdatedRows !== 1n)
          throw new TypeError(`turn ${turn.index} of ${key.fix} was answered and never begun`);
      });
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
