import type { FailedCall } from '../../src/domain/turn-trace.ts';
import type { PaidTurn, TurnAccount, TurnStore } from '../../src/ports/stores.ts';

export interface FakeTurns extends TurnStore {
  /** What was known of each turn's cost before it was asked, in order. */
  readonly accounts: readonly TurnAccount[];
  /** Questions without an answer, in order. */
  readonly faults: readonly (FailedCall & { readonly index: number })[];
}

/** Turns in memory, of one fix. */
export function fakeTurns(): FakeTurns {
  const rows: { readonly conversation: string; readonly turn: PaidTurn; readonly usd: number | null }[] = [];
  const accounts: TurnAccount[] = [];
  const faults: (FailedCall & { index: number })[] = [];
  const nameOf = ({ role, part }: { role: string; part: string }): string => `${role}:${part}`;
  return {
    accounts,
    faults,
    load: async (key) => rows.filter(({ conversation }) => conversation === nameOf(key)).map(({ turn }) => turn),
    begin: async (_key, _index, account) => {
      if (account !== undefined) accounts.push(account);
    },
    record: async (key, turn, { usd }) => {
      rows.push({ conversation: nameOf(key), turn, usd });
      return 'kept';
    },
    fail: async (_key, index, fault) => {
      faults.push({ index, ...fault });
    },
    spending: async () => {
      const usages = rows.map(({ turn }) => turn.reply.usage);
      const inputTokens = usages.reduce((sum, usage) => sum + usage.inputTokens, 0);
      return {
        usd: rows.reduce((sum, row) => sum + (row.usd ?? 0), 0),
        tokens: inputTokens + usages.reduce((sum, usage) => sum + usage.outputTokens, 0),
        inputTokens,
        cachedInputTokens: usages.reduce((sum, usage) => sum + usage.cachedInputTokens, 0),
        hasUnknownPrice: rows.some(({ usd }) => usd === null),
        workedMs: 0,
      };
    },
    models: async () => [...new Set(rows.map(({ turn }) => turn.reply.modelId))].sort(),
  };
}
