import type { TurnAsk, TurnLedger, TurnPermit } from '../../src/agent/conversation.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';

export interface FakeTurnLedger extends TurnLedger {
  /** As a store would give them back: through JSON. */
  readonly rows: readonly PaidTurn[];
  readonly asked: readonly (TurnAsk & { readonly index: number })[];
}

/** A ledger in memory; `permit` decides before each turn, by default always yes. */
export function fakeTurnLedger(
  permit: (index: number, ask: TurnAsk) => TurnPermit = () => ({ go: true }),
): FakeTurnLedger {
  const rows: PaidTurn[] = [];
  const asked: (TurnAsk & { index: number })[] = [];
  return {
    rows,
    asked,
    load: () => Promise.resolve([...rows]),
    beforeTurn(index, ask) {
      asked.push({ index, ...ask });
      return Promise.resolve(permit(index, ask));
    },
    unanswered: () => Promise.resolve(),
    record(turn) {
      if (turn.index !== rows.length) throw new TypeError(`turn ${turn.index} was recorded as number ${rows.length}`);
      rows.push(JSON.parse(JSON.stringify(turn)));
      return Promise.resolve();
    },
  };
}
