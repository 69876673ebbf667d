import { bulkhead } from 'cockatiel';

/** Bounds the calls in flight at one model; the others wait in line, each for so long at most. */
export interface CallQueue {
  /**
   * @throws whatever `late` makes when its turn does not come in time; the call is then never made.
   * @throws the signal's reason when it aborts while waiting.
   */
  run<T>(call: () => Promise<T>, signal: AbortSignal, late: () => Error): Promise<T>;
  readonly inFlight: number;
  readonly queued: number;
}

/** Far above the fixes of one process. */
const longestQueue = 100_000;

export function createCallQueue(callsAtOnce: number, longestWaitMs: number): CallQueue {
  const slots = bulkhead(callsAtOnce, longestQueue);
  let queued = 0;
  return {
    get inFlight() {
      return callsAtOnce - slots.executionSlots;
    },
    get queued() {
      return queued;
    },
    run: (call, signal, late) =>
      new Promise((resolve, reject) => {
        // The bulkhead looks at this when the turn comes: whoever has left is passed by.
        const line = new AbortController();
        queued += 1;
        const step = () => {
          queued -= 1;
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
        };
        const leave = () => {
          step();
          line.abort();
          reject(signal.aborted ? signal.reason : late());
        };
        const timer = setTimeout(leave, longestWaitMs);
        signal.addEventListener('abort', leave, { once: true });
        slots
          .execute(() => {
            step();
            return call();
          }, line.signal)
          .then(resolve, reject);
      }),
  };
}
