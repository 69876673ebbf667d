/** Waits as in a real start, only shorter, so that a drill takes minutes: about a tenth, and calls a hundredth. */
export const drillPace = {
  outagePauseMs: 400,
  requests: { timeoutMs: 4_000, maxRetryDelayMs: 5_000, patienceMs: 1_000 },
  breakers: {
    opensAfter: 5,
    callsAtOnce: 8,
    longestQueueMs: 20_000,
    pauseMs: (times: number) => Math.min(2_000, 250 * 2 ** (times - 1)),
    adminPauseMs: 700,
  },
} as const;
