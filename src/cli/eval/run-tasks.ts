import type { Result } from './results.ts';
import type { Task } from './task.ts';

/** One task, once. */
export interface Turn {
  readonly task: Task;
  readonly repeat: number;
  /** What it may spend at most; the fix stops before it would spend more. */
  readonly budgetUsd: number;
}

export interface Solved {
  /** Null where it was ended by the signal: that is no result. */
  readonly result: Result | null;
  /** What it spent, whatever came of it. */
  readonly usdAtMost: number;
}

export interface RunOrder {
  /** What is still to be done, in order. */
  readonly turns: readonly Turn[];
  readonly atOnce: number;
  /** Null where nothing bounds the run but its tasks. */
  readonly totalUsd: number | null;
  /** By earlier processes. */
  readonly spentUsd: number;
  readonly signal: AbortSignal;
  solve(turn: Turn): Promise<Solved>;
  onResult(result: Result): Promise<void>;
}

export interface RunEnd {
  readonly kind: 'complete' | 'stopped' | 'budget';
  /** Turns without a result. */
  readonly left: number;
}

/**
 * Goes through all turns, several at once.
 *
 * The total is a hard limit: a turn begins only when its whole budget still fits beside what was spent and what the
 * turns under way may spend. It never gets less than its own budget, which would make results differ for no reason.
 */
export async function runTasks(order: RunOrder): Promise<RunEnd> {
  const waiting = [...order.turns];
  const underWay = new Map<Turn, Promise<void>>();
  let spent = order.spentUsd;
  let left = 0;
  let fault: { readonly error: unknown } | null = null;

  const fits = ({ budgetUsd }: Turn): boolean => {
    if (order.totalUsd === null) return true;
    const reserved = [...underWay.keys()].reduce((sum, turn) => sum + turn.budgetUsd, 0);
    return spent + reserved + budgetUsd <= order.totalUsd + 1e-9;
  };
  const work = async (turn: Turn): Promise<void> => {
    try {
      const { result, usdAtMost } = await order.solve(turn);
      spent += usdAtMost;
      if (result === null) left += 1;
      else await order.onResult(result);
    } catch (error) {
      fault ??= { error };
    } finally {
      underWay.delete(turn);
    }
  };

  for (;;) {
    const isOver = order.signal.aborted || fault !== null;
    const next = waiting[0];
    if (!isOver && next !== undefined && underWay.size < order.atOnce && fits(next)) {
      waiting.shift();
      underWay.set(next, work(next));
      continue;
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay.values());
  }
  const met = fault as { readonly error: unknown } | null;
  if (met !== null) throw met.error;
  left += waiting.length;
  if (left === 0) return { kind: 'complete', left };
  return { kind: order.signal.aborted ? 'stopped' : 'budget', left };
}
