import { ProviderError } from '../domain/faults.ts';

export interface RetryWindow {
  readonly signal: AbortSignal;
  /** How long after the first try another may still begin. */
  readonly windowMs: number;
}

const firstWaitMs = 500;
const longestWaitMs = 8_000;
/** Only a provider that names shorter waits than ours ever meets this bound. */
const mostTries = 10;

/**
 * Tries again after a retryable `ProviderError`, with waits that double and jitter, or after what the provider asked for
 * and a little more.
 *
 * Where the next wait would leave the window, the error is thrown at once, so that the caller may wait longer or ask
 * somebody else. A reply that was no reply is not asked for again here: it has been paid for. An abort ends a wait at
 * once and is thrown as the signal's reason.
 */
export async function withRetries<T>(ask: () => Promise<T>, { signal, windowMs }: RetryWindow): Promise<T> {
  const startedMs = performance.now();
  for (let failures = 0; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderError) || !error.isRetryable) throw error;
      if (failures + 1 >= mostTries) throw error;
      const waitMs = error.retryAfterMs ?? backoffMs(failures, windowMs);
      const leftMs = windowMs - (performance.now() - startedMs);
      if (waitMs > leftMs) throw error;
      await sleep(error.retryAfterMs === undefined ? waitMs : Math.min(spreadMs(waitMs), leftMs), signal);
    }
  }
}

/** Half of the wait is chance, so that fixes which failed together do not come back together. */
export function backoffMs(failures: number, windowMs: number): number {
  const fullMs = Math.min(firstWaitMs * 2 ** failures, longestWaitMs, windowMs / 4);
  return fullMs * (0.5 + Math.random() / 2);
}

const longestSpreadMs = 2_000;

/** A wait that a provider named to all alike, and by chance up to a quarter longer: never shorter. */
export const spreadMs = (waitMs: number): number => waitMs + Math.min(waitMs / 4, longestSpreadMs) * Math.random();

/** @throws the signal's reason once it aborts. */
export function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(wake, durationMs);
    signal.addEventListener('abort', abort, { once: true });
  });
}
