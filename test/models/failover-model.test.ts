import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ModelReply } from '../../src/domain/conversation.ts';
import { noUsage } from '../../src/domain/cost.ts';
import { ModelReplyError, ProviderError, type ProviderFault } from '../../src/domain/faults.ts';
import { type BreakerOptions, createBreakers } from '../../src/models/breakers.ts';
import { type ChainLink, createFailoverModel, type FailoverOptions } from '../../src/models/failover-model.ts';
import type { Model } from '../../src/ports/model.ts';
import type { Log } from '../../src/ports/ports.ts';
import { faultOf, request, unaborted } from './wires.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const replyOf = (modelId: string): ModelReply => ({ modelId, text: 'hi', toolCalls: [], stop: 'end', usage: noUsage });

const short: readonly ProviderFault[] = ['rate-limited', 'overloaded', 'unreachable', 'timed-out'];
const fault = (modelId: string, what: ProviderFault, retryAfterMs?: number) =>
  new ProviderError(`${modelId}: ${what}`, {
    modelId,
    fault: what,
    isRetryable: short.includes(what),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

/** Fails with each of these in turn, then answers for good; `'always'` in front fails with the one after it for ever. */
function link(id: string, faults: readonly Error[] = [], contextTokens: number | null = null, isForEver = false) {
  const askedAtMs: number[] = [];
  const model: Model = {
    id,
    reply: async () => {
      askedAtMs.push(performance.now());
      const failed = isForEver ? faults[0] : faults[askedAtMs.length - 1];
      if (failed !== undefined) throw failed;
      return replyOf(id);
    },
  };
  return { model, contextTokens, askedAtMs };
}

const failing = (id: string, what: ProviderFault, contextTokens: number | null = null) =>
  link(id, [fault(id, what)], contextTokens, true);

interface Line {
  readonly level: string;
  readonly code: unknown;
}

function opened(options: BreakerOptions = {}) {
  const lines: Line[] = [];
  const at = (level: string) => (details: object) =>
    void lines.push({ level, code: 'code' in details ? details.code : undefined });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error') };
  const breakers = createBreakers(log, options);
  const chain = (links: readonly [ChainLink, ...ChainLink[]], how: Partial<FailoverOptions> = {}) =>
    createFailoverModel(links, { breakers, ...how });
  return { breakers, lines, chain };
}

/** Runs all waits at once. */
async function settled<T>(promise: Promise<T>): Promise<T | unknown> {
  const end = promise.catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return end;
}

describe('a chain of models', () => {
  test.each<ProviderFault>(['unauthorized', 'no-credit', 'unknown-model', 'untrusted', 'too-long', 'filtered'])(
    'moves on at once where one is %s, and the reply says who was passed over and why',
    async (what) => {
      const first = failing('p/a', what);
      const { chain } = opened();

      const reply = await chain([first, link('p/b')]).reply(request(), unaborted());

      expect(reply).toMatchObject({ modelId: 'p/b', passedOver: [{ modelId: 'p/a', reason: `p/a: ${what}` }] });
      expect(first.askedAtMs).toHaveLength(1);
    },
  );

  test('a reply that is none is not asked for again, and moves on', async () => {
    const first = link('p/a', [new ModelReplyError('nothing', 'p/a')]);
    const { chain } = opened();

    const reply = await chain([first, link('p/b')]).reply(request(), unaborted());

    expect(reply.modelId).toBe('p/b');
    expect(first.askedAtMs).toHaveLength(1);
  });

  test('a fault that passes is asked again at the same model first', async () => {
    const { chain } = opened();
    const second = link('p/b');

    const reply = await settled(
      chain([link('p/a', [fault('p/a', 'overloaded')]), second]).reply(request(), unaborted()),
    );

    expect(reply).toMatchObject({ modelId: 'p/a' });
    expect(reply).not.toHaveProperty('passedOver');
    expect(second.askedAtMs).toEqual([]);
  });

  test('a model that stays away is asked for eight seconds, then the next answers', async () => {
    const first = failing('p/a', 'overloaded');
    const second = link('p/b');
    const { chain } = opened({ opensAfter: Number.POSITIVE_INFINITY });
    const startedMs = performance.now();

    const reply = await settled(chain([first, second]).reply(request(), unaborted()));

    expect(reply).toMatchObject({ modelId: 'p/b' });
    expect(first.askedAtMs.length).toBeGreaterThan(2);
    expect((second.askedAtMs[0] ?? 0) - startedMs).toBeLessThanOrEqual(8_000);
  });

  test('a wait that is longer than that is left to the next', async () => {
    const first = link('p/a', [fault('p/a', 'rate-limited', 30_000)]);
    const second = link('p/b');
    const { chain } = opened();
    const startedMs = performance.now();

    await chain([first, second]).reply(request(), unaborted());

    expect(second.askedAtMs).toEqual([startedMs]);
  });

  test.each([
    ['each at a moment of its own', 30_000, 60_000, 32_000],
    ['before the window ends', 59_000, 60_000, 60_000],
  ])('chains that were told the same wait ask again, %s', async (_name, waitMs, windowMs, latestMs) => {
    const startedMs = performance.now();
    const links = Array.from(
      { length: 40 },
      () =>
        [
          link('p/a', [fault('p/a', 'rate-limited', waitMs)]),
          link('p/b', [fault('p/b', 'rate-limited', waitMs)]),
        ] as const,
    );

    const replies = await settled(
      Promise.all(links.map((pair) => opened().chain(pair, { windowMs }).reply(request(), unaborted()))),
    );

    expect(replies).toHaveLength(links.length);
    const again = links.map(([first]) => (first.askedAtMs[1] ?? 0) - startedMs);
    expect(Math.min(...again)).toBeGreaterThanOrEqual(waitMs);
    expect(Math.max(...again)).toBeLessThanOrEqual(latestMs + 1);
    expect(new Set(again.map(Math.round)).size).toBeGreaterThan(10);
  });

  test('when all are away, all are asked again until the minute is over', async () => {
    const [first, second] = [failing('p/a', 'overloaded'), failing('p/b', 'unreachable')];
    const { chain } = opened({ opensAfter: Number.POSITIVE_INFINITY });
    const startedMs = performance.now();

    const error = await settled(chain([first, second]).reply(request(), unaborted()));

    expect(error).toMatchObject({
      isRetryable: true,
      message: 'p/a: overloaded; p/b: unreachable',
      passedOver: [
        { modelId: 'p/a', reason: 'p/a: overloaded' },
        { modelId: 'p/b', reason: 'p/b: unreachable' },
      ],
    });
    const last = Math.max(...first.askedAtMs, ...second.askedAtMs) - startedMs;
    expect(last).toBeGreaterThan(20_000);
    expect(last).toBeLessThanOrEqual(60_000);
  });

  test('a chain that nobody can mend but the admin says so', async () => {
    const { chain } = opened();

    const error = await settled(
      chain([failing('p/a', 'too-long'), failing('p/b', 'no-credit')]).reply(request(), unaborted()),
    );

    expect(error).toMatchObject({ fault: 'no-credit', remedy: 'tell-admin', modelId: 'p/b' });
  });

  test('what time mends is waited for even where another needs the admin', async () => {
    const { chain } = opened();

    const error = await settled(
      chain([failing('p/a', 'unauthorized'), link('p/b', [fault('p/b', 'rate-limited', 600_000)])]).reply(
        request(),
        unaborted(),
      ),
    );

    expect(error).toMatchObject({ fault: 'rate-limited', isRetryable: true, retryAfterMs: 600_000 });
  });

  test('a request that two models refuse as wrong is not shown to a third, and the log has it as an error', async () => {
    const third = link('p/c');
    const { chain, lines } = opened();
    const model = chain([failing('p/a', 'rejected'), failing('p/b', 'rejected'), third]);

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'rejected', remedy: 'give-up', isRetryable: false });
    expect(third.askedAtMs).toEqual([]);
    expect(lines).toEqual([
      { level: 'error', code: 'model-rejected' },
      { level: 'error', code: 'model-rejected' },
    ]);
  });

  test('a bug is not failed over', async () => {
    const bug = new TypeError('oops');
    const { chain } = opened();

    const error = await faultOf(chain([link('p/a', [bug]), link('p/b')]).reply(request(), unaborted()));

    expect(error).toBe(bug);
  });

  test('after an abort nobody else is asked', async () => {
    const controller = new AbortController();
    const second = link('p/b');
    const first: Model = {
      id: 'p/a',
      reply: () => {
        controller.abort('stopped');
        return Promise.reject(fault('p/a', 'unauthorized'));
      },
    };
    const { chain } = opened();

    const error = await faultOf(
      chain([{ model: first, contextTokens: null }, second]).reply(request(), controller.signal),
    );

    expect(error).toBe('stopped');
    expect(second.askedAtMs).toEqual([]);
  });
});

describe('a chain whose breakers are shared', () => {
  test('passes over a model that others found away, without asking it', async () => {
    const { chain } = opened({ opensAfter: 2 });
    const away = failing('p/a', 'overloaded');
    await settled(chain([away, link('p/b')]).reply(request(), unaborted()));
    const asked = away.askedAtMs.length;

    const reply = await chain([away, link('p/b')]).reply(request(), unaborted());

    expect(reply).toMatchObject({ modelId: 'p/b', passedOver: [{ modelId: 'p/a', reason: 'p/a: overloaded' }] });
    expect(away.askedAtMs).toHaveLength(asked);
  });

  test('waits for a model that asked for a moment', async () => {
    const { chain } = opened();
    const busy = link('p/a', [fault('p/a', 'rate-limited', 2_000)]);
    const second = link('p/b');

    const replies = await settled(
      Promise.all([
        chain([busy, second]).reply(request(), unaborted()),
        chain([busy, second]).reply(request(), unaborted()),
      ]),
    );

    expect(replies).toMatchObject([{ modelId: 'p/a' }, { modelId: 'p/a' }]);
    expect(second.askedAtMs).toEqual([]);
  });

  test('others ask again as soon as the answer to a probe begins', async () => {
    const probe = Promise.withResolvers<ModelReply>();
    const limited = link('p/a', [fault('p/a', 'rate-limited', 5_000)]);
    const model: Model = {
      id: 'p/a',
      reply: (asked, signal, watch) => {
        if (limited.askedAtMs.length !== 1) return limited.model.reply(asked, signal, watch);
        limited.askedAtMs.push(performance.now());
        watch?.begun?.();
        return probe.promise;
      },
    };
    const { chain } = opened();
    const one = chain([{ model, contextTokens: null }]);
    const startedMs = performance.now();

    const first = one.reply(request(), unaborted());
    await vi.advanceTimersByTimeAsync(0);
    const other = one.reply(request(), unaborted());
    // Which of the two is the probe, is chance.
    const [reply] = await Promise.all([Promise.race([first, other]), vi.advanceTimersByTimeAsync(8_000)]);

    expect(reply.modelId).toBe('p/a');
    expect(limited.askedAtMs).toHaveLength(3);
    expect((limited.askedAtMs[2] ?? 0) - startedMs).toBeLessThan(7_000);
    probe.resolve(replyOf('p/a'));
    expect((await Promise.all([first, other])).map(({ modelId }) => modelId)).toEqual(['p/a', 'p/a']);
  });

  test('waits for the only model there is until it may be probed', async () => {
    const { chain } = opened({ opensAfter: 1, pauseMs: () => 20_000 });
    const only = link('p/a', [fault('p/a', 'overloaded')]);

    const reply = await settled(chain([only]).reply(request(), unaborted()));

    expect(reply).toMatchObject({ modelId: 'p/a' });
    expect((only.askedAtMs[1] ?? 0) - (only.askedAtMs[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
  });

  test('tells the admin once, not once a call, and again after the model was well', async () => {
    const { chain, lines } = opened({ adminPauseMs: 1_000 });
    const faults = [fault('p/a', 'unauthorized'), fault('p/a', 'unauthorized')];
    const model = chain([link('p/a', faults), link('p/b')]);
    for (let call = 0; call < 6; call++) {
      await model.reply(request(), unaborted());
      await vi.advanceTimersByTimeAsync(600);
    }

    expect(lines).toEqual([
      { level: 'error', code: 'model-unauthorized' },
      { level: 'info', code: 'model-answers' },
    ]);
  });
});

describe('a conversation', () => {
  test('stays with the model that answered last', async () => {
    const { chain } = opened();
    const first = link('p/a');

    const reply = await chain([first, link('p/b')]).reply(request({ lastAnsweredBy: 'p/b' }), unaborted());

    expect(reply.modelId).toBe('p/b');
    expect(first.askedAtMs).toEqual([]);
  });

  test('goes on with another when that one is away', async () => {
    const { chain } = opened();

    const reply = await chain([link('p/a'), failing('p/b', 'no-credit')]).reply(
      request({ lastAnsweredBy: 'p/b' }),
      unaborted(),
    );

    expect(reply).toMatchObject({ modelId: 'p/a', passedOver: [{ modelId: 'p/b' }] });
  });

  test('that a model cannot hold passes it over without asking', async () => {
    const { chain } = opened();
    const small = link('p/a', [], 1_000);

    const reply = await chain([small, link('p/b', [], 100_000)]).reply(
      request({ system: 'x'.repeat(20_000) }),
      unaborted(),
    );

    expect(reply).toMatchObject({ modelId: 'p/b', passedOver: [{ modelId: 'p/a' }] });
    expect(small.askedAtMs).toEqual([]);
  });

  test('that none can hold is shown to them all the same: nobody counts as they do', async () => {
    const { chain } = opened();

    const reply = await chain([link('p/a', [], 1_000)]).reply(request({ system: 'x'.repeat(20_000) }), unaborted());

    expect(reply.modelId).toBe('p/a');
  });

  test('that was too long for one model is shown only to larger ones', async () => {
    const { chain } = opened();
    const same = link('p/b', [], 100_000);

    const reply = await chain([failing('p/a', 'too-long', 100_000), same, link('p/c', [], 200_000)]).reply(
      request(),
      unaborted(),
    );

    expect(reply.modelId).toBe('p/c');
    expect(same.askedAtMs).toEqual([]);
  });
});
