import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ModelReplyError, ProviderError } from '../../src/domain/faults.ts';
import { withRetries } from '../../src/models/retry.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fault = (how: { isRetryable?: boolean; retryAfterMs?: number } = {}) =>
  new ProviderError('busy', { modelId: 'p/m', fault: 'overloaded', isRetryable: true, ...how });

/** Fails with each fault in turn, then answers; keeps the times at which it was asked. */
function asked(faults: readonly Error[]) {
  const startedMs = performance.now();
  const atMs: number[] = [];
  const ask = async () => {
    atMs.push(performance.now() - startedMs);
    const failed = faults[atMs.length - 1];
    if (failed) throw failed;
    return 'answer';
  };
  return { ask, atMs };
}

const window = (windowMs = 60_000, signal = new AbortController().signal) => ({ windowMs, signal });

const settled = (promise: Promise<unknown>) => promise.then(String, (error: unknown) => error);

test('waits double, with jitter of up to a half, and stop growing', async () => {
  const { ask, atMs } = asked(Array.from({ length: 7 }, () => fault()));

  const answer = settled(withRetries(ask, window()));
  await vi.runAllTimersAsync();

  expect(await answer).toBe('answer');
  const waits = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0));
  for (const [index, fullMs] of [500, 1000, 2000, 4000, 8000, 8000, 8000].entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(fullMs / 2 - 1);
    expect(waits[index]).toBeLessThanOrEqual(fullMs + 1);
  }
});

test('no try begins outside the window, and the last fault is thrown', async () => {
  const faults = Array.from({ length: 100 }, () => fault());
  const { ask, atMs } = asked(faults);

  const answer = settled(withRetries(ask, window(10_000)));
  await vi.runAllTimersAsync();

  expect(await answer).toBe(faults[atMs.length - 1]);
  expect(atMs.length).toBeGreaterThan(3);
  expect(atMs.at(-1)).toBeLessThanOrEqual(10_000);
});

test('the provider decides how long to wait', async () => {
  const { ask, atMs } = asked([fault({ retryAfterMs: 20_000 }), fault({ retryAfterMs: 0 })]);

  const answer = settled(withRetries(ask, window()));
  await vi.runAllTimersAsync();

  expect(await answer).toBe('answer');
  const [first = 0, second = 0] = atMs.slice(1);
  expect(first).toBeGreaterThanOrEqual(20_000);
  expect(first).toBeLessThan(22_001);
  expect(second).toBe(first);
});

test('whoever was told the same wait does not come back at the same moment, nor too early, nor too late', async () => {
  const all = Array.from({ length: 40 }, () => asked([fault({ retryAfterMs: 4_000 })]));

  const answers = all.map(({ ask }) => settled(withRetries(ask, window(4_500))));
  await vi.runAllTimersAsync();

  expect(await Promise.all(answers)).toEqual(all.map(() => 'answer'));
  const again = all.map(({ atMs }) => atMs[1] ?? 0);
  expect(Math.min(...again)).toBeGreaterThanOrEqual(4_000);
  expect(Math.max(...again)).toBeLessThanOrEqual(4_501);
  expect(new Set(again.map(Math.round)).size).toBeGreaterThan(10);
});

test('a provider that wants no wait is not asked without end', async () => {
  const { ask, atMs } = asked(Array.from({ length: 100 }, () => fault({ retryAfterMs: 0 })));

  const answer = settled(withRetries(ask, window()));
  await vi.runAllTimersAsync();

  expect(await answer).toBeInstanceOf(ProviderError);
  expect(atMs).toHaveLength(10);
});

test('a wait that would leave the window is not begun', async () => {
  const tooLong = fault({ retryAfterMs: 61_000 });
  const { ask, atMs } = asked([tooLong]);

  const answer = await settled(withRetries(ask, window()));

  expect(answer).toBe(tooLong);
  expect(atMs).toHaveLength(1);
});

test.each([
  ['a fault that will not pass', fault({ isRetryable: false })],
  ['a reply that is none', new ModelReplyError('nothing', 'p/m')],
  ['a bug', new TypeError('oops')],
])('%s is not tried again', async (_name, failed) => {
  const { ask, atMs } = asked([failed]);

  const answer = await settled(withRetries(ask, window()));

  expect(answer).toBe(failed);
  expect(atMs).toHaveLength(1);
});

test('an abort ends the wait at once and leaves no timer behind', async () => {
  const controller = new AbortController();
  const { ask, atMs } = asked([fault()]);

  const answer = settled(withRetries(ask, window(60_000, controller.signal)));
  await vi.advanceTimersByTimeAsync(10);
  controller.abort('stopped');

  expect(await answer).toBe('stopped');
  expect(atMs).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});
