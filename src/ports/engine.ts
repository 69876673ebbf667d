import type { BurstTicket, Delivery } from './stores.ts';

/** Where durable work is handed in. Both calls are idempotent: the same delivery try or burst runs once. */
export interface Engine {
  startDelivery(delivery: Pick<Delivery, 'id' | 'tries'>): Promise<void>;
  startBurst(burst: BurstTicket): Promise<void>;
  /** `gone` when its workflow ended (well or badly) or was never handed in. */
  burstState(burst: BurstTicket): Promise<'alive' | 'gone'>;
  /** True for faults that time mends: those that say so themselves, and a database that does not answer. */
  isPassing(error: unknown): boolean;
  /** Resolves at once, or never in a process that is stopping: what asks for it goes on in the next process. */
  holdWhileStopping(): Promise<void>;
  /** True once this process is done: what has not ended here goes on in the next one. */
  hasStopped(): boolean;
  /** True for what the engine throws to end this execution (another one has taken over); it must pass through. */
  isInterruption(error: unknown): boolean;
}

/**
 * Runs a named step once: after a crash its recorded result is returned instead. A step may therefore run twice only
 * when the process died inside it, which is why each one looks before it creates. Faults with `isRetryable` are tried
 * again with growing pauses, others end the burst.
 */
export type RunStep = <T>(name: string, work: () => Promise<T>) => Promise<T>;
