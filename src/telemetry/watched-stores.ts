import type { BurstStore, TurnStore } from '../ports/stores.ts';
import type { Watcher } from '../ports/watcher.ts';

/** The stores through which everything that is worth telling goes, with somebody who tells. */

export const watchedTurns = (turns: TurnStore, watcher: Watcher): TurnStore => ({
  ...turns,
  record: async (conversation, turn, cost, trace) => {
    const end = await turns.record(conversation, turn, cost, trace);
    if (trace !== undefined) watcher.answered({ conversation, turn, usd: cost.usd, trace });
    return end;
  },
  fail: async (conversation, index, fault) => {
    watcher.failed(conversation, fault);
    await turns.fail(conversation, index, fault);
  },
});

export const watchedBursts = <Store extends BurstStore>(bursts: Store, watcher: Watcher): Store => ({
  ...bursts,
  end: async (burst, event) => {
    await bursts.end(burst, event);
    if (event !== null) watcher.happened(event);
  },
});

/** Several as one: the first is the outermost. */
export const watchers = (all: readonly Watcher[]): Watcher => ({
  burst: (burst, work) => nested(all, work, (one, inner) => one.burst(burst, inner)),
  step: (name, work) => nested(all, work, (one, inner) => one.step(name, inner)),
  answered: (call) => {
    for (const one of all) one.answered(call);
  },
  failed: (conversation, fault) => {
    for (const one of all) one.failed(conversation, fault);
  },
  happened: (event) => {
    for (const one of all) one.happened(event);
  },
});

function nested<T>(
  all: readonly Watcher[],
  work: () => Promise<T>,
  around: (one: Watcher, inner: () => Promise<T>) => Promise<T>,
): Promise<T> {
  const whole = all.reduceRight<() => Promise<T>>((inner, one) => () => around(one, inner), work);
  return whole();
}
