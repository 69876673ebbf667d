/** Others wait no longer: a webhook's acknowledgement, a stop. */
const sliceMs = 4;
/** The clock is asked once for so many steps. */
const stepsPerLook = 16;

/** Long work done in short stretches, between which whoever else waits for the process gets a turn. */
export interface Slices {
  /** Does `act` for 0 … count - 1 in order. False where the signal aborted first: what was not done is left undone. */
  each(count: number, act: (at: number) => void): Promise<boolean>;
  /** Between two steps of one's own: gives others a turn where it is time. */
  rest(): Promise<void>;
}

/** One for a piece of work, handed through its parts, so that many short ones add up to a turn for others too. */
export function createSlices(signal?: AbortSignal): Slices {
  let sinceMs = performance.now();

  async function rest(): Promise<void> {
    if (performance.now() - sinceMs < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    sinceMs = performance.now();
  }

  return {
    rest,
    async each(count, act) {
      for (let at = 0; at < count; at++) {
        if (at % stepsPerLook === 0 && performance.now() - sinceMs >= sliceMs) {
          await rest();
          if (signal?.aborted) return false;
        }
        act(at);
      }
      return true;
    },
  };
}
