import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ModelReplyError, ProviderError, type ProviderFault } from '../../src/domain/faults.ts';
import type { ModelHealth } from '../../src/domain/model-health.ts';
import { defaultBreakerOptions } from '../../src/models/breakers.ts';
import { createModelGuard, type GuardOptions } from '../../src/models/model-guard.ts';
import { unaborted } from './wires.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const fault = (what: ProviderFault, retryAfterMs?: number) =>
  new ProviderError(`p/m: ${what}`, {
    modelId: 'p/m',
    fault: what,
    isRetryable: what === 'overloaded' || what === 'rate-limited',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

function guarded(options: Partial<GuardOptions> = {}) {
  const changes: ModelHealth[] = [];
  const guard = createModelGuard('p/m', {
    ...defaultBreakerOptions,
    pauseMs: (times) => 10_000 * times,
    changed: (health) => changes.push(health),
    ...options,
  });
  let asked = 0;
  const ask = (answer: (begins: () => void) => Promise<unknown>, signal = unaborted()) =>
    guard
      .run((begins) => {
        asked += 1;
        return answer(begins);
      }, signal)
      .then(
        () => 'answered',
        (error: unknown) => error,
      );
  const fail = (error: unknown, signal?: AbortSignal) => ask(() => Promise.reject(error), signal);
  const answer = () => ask(() => Promise.resolve('hi'));
  return { guard, changes, ask, fail, answer, asked: () => asked };
}

async function failTimes(times: number, fail: (error: unknown) => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await fail(fault('overloaded'));
}

describe('the breaker of a model', () => {
  test('opens after five failures in a row, and then asks nobody', async () => {
    const { guard, fail, answer, asked } = guarded();
    await failTimes(5, fail);

    const refused = await answer();

    expect(asked()).toBe(5);
    expect(refused).toMatchObject({ fault: 'overloaded', isRetryable: true, retryAfterMs: 10_000 });
    expect(guard.health()).toMatchObject({ state: 'open', failures: 5, reason: 'p/m: overloaded' });
  });

  test('a reply between two failures keeps it closed', async () => {
    const { guard, fail, answer } = guarded();
    await failTimes(4, fail);
    await answer();
    await failTimes(4, fail);

    expect(guard.health()).toMatchObject({ state: 'closed', failures: 4 });
  });

  test('stays open for as long as a rate limit asks', async () => {
    const { guard, fail } = guarded();

    await fail(fault('rate-limited', 42_000));

    expect(guard.health().state).toBe('open');
    expect(guard.pauseMs()).toBe(42_000);
    await vi.advanceTimersByTimeAsync(42_000);
    expect(guard.pauseMs()).toBe(0);
  });

  test.each(['unauthorized', 'no-credit', 'unknown-model', 'untrusted'] as const)(
    'opens at once when a model is %s',
    async (what) => {
      const { guard, fail } = guarded();

      await fail(fault(what));

      expect(guard.health()).toMatchObject({ state: 'open', fault: what });
      expect(guard.pauseMs()).toBe(defaultBreakerOptions.adminPauseMs);
    },
  );

  test.each(['too-long', 'filtered', 'rejected'] as const)(
    'a request that is %s says nothing against it',
    async (what) => {
      const { guard, fail } = guarded({ opensAfter: 1 });

      await fail(fault(what));

      expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, fault: null });
    },
  );

  test('replies that are none open it, too', async () => {
    const { guard, fail } = guarded({ opensAfter: 2 });

    await fail(new ModelReplyError('nothing', 'p/m'));
    await fail(new ModelReplyError('nothing', 'p/m'));

    expect(guard.health()).toMatchObject({ state: 'open', fault: 'no-reply' });
  });

  test('after the pause one call alone is the probe, and its answer closes it', async () => {
    const { guard, changes, ask, fail, answer, asked } = guarded({ opensAfter: 1 });
    await fail(fault('overloaded'));
    await vi.advanceTimersByTimeAsync(10_000);
    let reply: (text: string) => void = () => undefined;

    const probe = ask(() => new Promise((resolve) => (reply = resolve)));
    const others = await Promise.all([answer(), answer()]);
    reply('hi');

    expect(others).toEqual([expect.any(ProviderError), expect.any(ProviderError)]);
    expect(await probe).toBe('answered');
    expect(asked()).toBe(2);
    expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, openedAtMs: null });
    expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('a probe that fails opens it for longer', async () => {
    const { guard, fail } = guarded({ opensAfter: 1 });
    await fail(fault('overloaded'));
    await vi.advanceTimersByTimeAsync(10_000);

    await fail(fault('overloaded'));

    expect(guard.pauseMs()).toBe(20_000);
  });

  test('a probe that somebody stopped says nothing: the next call is the probe', async () => {
    const { guard, ask, fail, answer } = guarded({ opensAfter: 1 });
    await fail(fault('overloaded'));
    await vi.advanceTimersByTimeAsync(10_000);
    const stop = new AbortController();

    const stopped = ask(() => {
      stop.abort('stopped');
      return Promise.reject(new Error('aborted'));
    }, stop.signal);

    expect(await stopped).toBe('stopped');
    expect(guard.health().state).toBe('open');
    expect(guard.pauseMs()).toBe(0);
    expect(await answer()).toBe('answered');
    expect(guard.health().state).toBe('closed');
  });

  test('a probe whose answer begins closes it, and how it ends counts as the end of any call', async () => {
    const { guard, ask, fail, answer } = guarded({ opensAfter: 1 });
    await fail(fault('overloaded'));
    await vi.advanceTimersByTimeAsync(10_000);
    let breakOff: (error: Error) => void = () => undefined;

    const probe = ask((begins) => {
      begins();
      return new Promise((_resolve, reject) => (breakOff = reject));
    });
    await vi.advanceTimersByTimeAsync(0);

    expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, fault: null });
    expect(await answer()).toBe('answered');
    breakOff(fault('overloaded'));
    expect(await probe).toMatchObject({ fault: 'overloaded' });
    expect(guard.health()).toMatchObject({ state: 'open', failures: 1 });
    expect(guard.pauseMs()).toBe(10_000);
  });

  test('a probe answered by a refusal leaves nothing of the failures before', async () => {
    const { guard, fail } = guarded({ opensAfter: 2 });
    await fail(fault('overloaded'));
    await fail(fault('overloaded'));
    await vi.advanceTimersByTimeAsync(10_000);

    await fail(fault('too-long'));
    expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, fault: null });
    await fail(fault('overloaded'));

    expect(guard.health()).toMatchObject({ state: 'closed', failures: 1 });
  });

  test.each(['fails', 'is stopped', 'is answered'] as const)(
    'a call of before it opened that %s says nothing during the probe',
    async (how) => {
      const { guard, ask, fail } = guarded({ opensAfter: 1 });
      const stop = new AbortController();
      const early = Promise.withResolvers<unknown>();
      const late = ask(() => early.promise, stop.signal);
      await fail(fault('overloaded'));
      await vi.advanceTimersByTimeAsync(10_000);
      const answer = Promise.withResolvers<unknown>();
      const probe = ask(() => answer.promise);
      await vi.advanceTimersByTimeAsync(0);

      if (how === 'is stopped') stop.abort('stopped');
      if (how === 'is answered') early.resolve('hi');
      else early.reject(fault('overloaded'));
      expect(await late).toEqual(
        { fails: expect.any(ProviderError), 'is stopped': 'stopped', 'is answered': 'answered' }[how],
      );

      expect(guard.health()).toMatchObject({ state: 'half-open', failures: 1, fault: 'overloaded' });
      answer.resolve('hi');
      expect(await probe).toBe('answered');
      expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, fault: null });
    },
  );

  test('a clock that jumps neither opens nor closes it', async () => {
    const { guard, fail, answer } = guarded({ opensAfter: 1 });
    await fail(fault('overloaded'));

    vi.setSystemTime(Date.now() + 365 * 86_400_000);
    expect(await answer()).toBeInstanceOf(ProviderError);
    vi.setSystemTime(Date.now() - 730 * 86_400_000);
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await answer()).toBe('answered');
    expect(guard.health().state).toBe('closed');
  });
});

describe('the line before a model', () => {
  const hang = () => new Promise<never>(() => undefined);

  test('lets so many calls in at once, and the next in when one ends', async () => {
    const { guard, ask, answer } = guarded({ callsAtOnce: 2 });
    let end: (text: string) => void = () => undefined;
    void ask(hang);
    const first = ask(() => new Promise((resolve) => (end = resolve)));
    const waiting = answer();
    await vi.advanceTimersByTimeAsync(0);

    expect(guard.health()).toMatchObject({ inFlight: 2, queued: 1 });
    end('hi');

    expect(await Promise.all([first, waiting])).toEqual(['answered', 'answered']);
    expect(guard.health()).toMatchObject({ inFlight: 1, queued: 0 });
  });

  test('whoever waits too long is told, and is never asked for afterwards', async () => {
    const { guard, ask, answer, asked } = guarded({ callsAtOnce: 1, longestQueueMs: 1_000 });
    let end: (text: string) => void = () => undefined;
    const first = ask(() => new Promise((resolve) => (end = resolve)));
    const late = answer();
    await vi.advanceTimersByTimeAsync(1_000);
    end('hi');
    await first;
    await vi.advanceTimersByTimeAsync(0);

    expect(await late).toMatchObject({ fault: 'overloaded', message: 'p/m has too many calls in flight' });
    expect(asked()).toBe(1);
    expect(guard.health()).toMatchObject({ state: 'closed', failures: 0, inFlight: 0, queued: 0 });
  });

  test('a stop leaves the line at once', async () => {
    const { ask, guard } = guarded({ callsAtOnce: 1 });
    void ask(hang);
    const stop = new AbortController();
    const waiting = ask(hang, stop.signal);
    stop.abort('stopped');

    expect(await waiting).toBe('stopped');
    expect(guard.health().queued).toBe(0);
  });

  test('a breaker that opens meanwhile turns those away who waited', async () => {
    const { ask, answer, asked } = guarded({ callsAtOnce: 1, opensAfter: 1 });
    const failing = ask(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw fault('overloaded');
    });
    const waiting = answer();
    await vi.advanceTimersByTimeAsync(10);

    await failing;

    expect(await waiting).toBeInstanceOf(ProviderError);
    expect(asked()).toBe(1);
  });
});
