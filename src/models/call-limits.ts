/** How long a call may take. */
export interface CallLimits {
  /** Aborts once a limit has passed. */
  readonly signal: AbortSignal;
  /** Something came: the silence begins anew. */
  heard(): void;
  /** The reply is whole; what may still follow (usage, the end) is waited for this long only. */
  settle(graceMs: number): void;
  isOver(): boolean;
  /** Ends the watch, whatever became of the call. */
  clear(): void;
}

/**
 * Two limits for one call: for all of it, and for a time in which nothing comes. The first keeps a provider that sends a
 * word a second from holding a fix for an hour; the second finds out a dead connection long before that.
 */
export function createCallLimits({ timeoutMs, silenceMs }: { timeoutMs: number; silenceMs: number }): CallLimits {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const whole = setTimeout(abort, timeoutMs);
  let silence = setTimeout(abort, silenceMs);
  let isSettled = false;
  return {
    signal: controller.signal,
    heard() {
      if (!isSettled) silence.refresh();
    },
    settle(graceMs) {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(silence);
      silence = setTimeout(abort, graceMs);
    },
    isOver: () => controller.signal.aborted,
    clear() {
      clearTimeout(whole);
      clearTimeout(silence);
    },
  };
}
