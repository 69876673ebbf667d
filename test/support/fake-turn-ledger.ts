import type { TurnAsk, TurnLedger, TurnPermit } from '../../src/agent/conversation.ts';
import type { FailedCall, TurnTrace } from '../../src/domain/turn-trace.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';

export interface FakeTurnLedger extends TurnLedger {
  /** As a store would give them back: through JSON. */
  readonly rows: readonly PaidTurn[];
  /** Of each turn, in their order. */
  readonly traces: readonly TurnTrace[];
  /** Questions without an answer, in order. */
  readonly faults: readonly (FailedCall & { readonly index: number })[];
  readonly asked: readonly (TurnAsk & { readonly index: number })[];
}

/** A ledger in memory; `permit` decides before each turn, by default always yes. */
export function fakeTurnLedger(
  permit: (index: number, ask: TurnAsk) => TurnPermit = () => ({ go: true }),
): FakeTurnLedger {
  const rows: PaidTurn[] = [];
  const traces: TurnTrace[] = [];
  const faults: (FailedCall & { index: number })[] = [];
  const asked: (TurnAsk & { index: number })[] = [];
  return {
    rows,
    asked,
    traces,
    faults,
    load: () => Promise.resolve([...rows]),
    beforeTurn(index, ask) {
      asked.push({ index, ...ask });
      return Promise.resolve(permit(index, ask));
    },
    unanswered: () => Promise.resolve(),
    fail(index, fault) {
      faults.push({ index, ...fault });
      return Promise.resolve();
    },
    record(turn, trace) {
      if (turn.index !== rows.length) throw new TypeError(`turn ${turn.index} was recorded as number ${rows.length}`);
      rows.push(JSON.parse(JSON.stringify(turn)));
      traces.push(trace);
      return Promise.resolve('kept');
    },
  };
}
