import type { TurnLedger } from '../../src/agent/converse.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';

export interface FakeTurnLedger extends TurnLedger {
  /** As a store would give them back: through JSON. */
  readonly rows: readonly PaidTurn[];
  readonly asked: readonly { readonly index: number; readonly estimatedInputTokens: number }[];
}

/** A ledger in memory; `permit` decides before each turn, by default always yes. */
export function fakeTurnLedger(
  permit: (index: number) => Awaited<ReturnType<TurnLedger['beforeTurn']>> = () => ({ go: true }),
): FakeTurnLedger {
  const rows: PaidTurn[] = [];
  const asked: { index: number; estimatedInputTokens: number }[] = [];
  return {
    rows,
    asked,
    load: () => Promise.resolve([...rows]),
    beforeTurn(index, estimatedInputTokens) {
      asked.push({ index, estimatedInputTokens });
      return Promise.resolve(permit(index));
    },
    record(turn) {
      if (turn.index !== rows.length) throw new TypeError(`turn ${turn.index} was recorded as number ${rows.length}`);
      rows.push(JSON.parse(JSON.stringify(turn)));
      return Promise.resolve();
    },
  };
}
