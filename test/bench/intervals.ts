/** A stretch of time, in milliseconds of `performance.now()`. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** How much of a window these cover. What overlaps counts once. */
export function coveredMs(window: Interval, intervals: readonly Interval[]): number {
  const clipped = intervals
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, window.startMs), endMs: Math.min(endMs, window.endMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs)
    .sort((a, b) => a.startMs - b.startMs);
  let total = 0;
  let reachedMs = window.startMs;
  for (const { startMs, endMs } of clipped) {
    total += Math.max(0, endMs - Math.max(startMs, reachedMs));
    reachedMs = Math.max(reachedMs, endMs);
  }
  return total;
}

export const lengthOf = ({ startMs, endMs }: Interval): number => endMs - startMs;
