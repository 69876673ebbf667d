import { describe, expect, test } from 'vitest';
import type { ModelReply, Usage } from '../../src/domain/conversation.ts';
import { noUsage } from '../../src/domain/cost.ts';
import { ModelReplyError, ProviderError, type ProviderFault } from '../../src/domain/faults.ts';
import { createBreakers } from '../../src/models/breakers.ts';
import { createFailoverModel } from '../../src/models/failover-model.ts';
import { unheardUsage } from '../../src/models/token-counts.ts';
import type { Model } from '../../src/ports/model.ts';
import { faultOf, request, unaborted } from './wires.ts';

const used: Usage = { inputTokens: 900, cachedInputTokens: 0, outputTokens: 100 };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const fault = (modelId: string, what: ProviderFault, usage?: Usage, isRetryable = false) =>
  Object.assign(new ProviderError(`${modelId}: ${what}`, { modelId, fault: what, isRetryable }), {
    ...(usage && { usage }),
  });

/** Models that fail one after the other, then one that answers unless it fails too. */
function chainOf(...ends: readonly (Error | null)[]) {
  const asked: string[] = [];
  const [first, ...others] = ends.map((end, index) => {
    const id = `p/${index}`;
    const model: Model = {
      id,
      reply: async (): Promise<ModelReply> => {
        asked.push(id);
        if (end !== null) throw end;
        return { modelId: id, text: 'hi', toolCalls: [], stop: 'end', usage: noUsage };
      },
    };
    return { model, contextTokens: null };
  });
  if (first === undefined) return expect.fail('a chain has a first model');
  return { asked, model: createFailoverModel([first, ...others], { breakers: createBreakers(silent), windowMs: 0 }) };
}

describe('what failed tries of a chain used', () => {
  test('is told with the reply: what was counted, and what was read where nothing was heard', async () => {
    const { model } = chainOf(
      fault('p/0', 'filtered', used),
      fault('p/1', 'timed-out'),
      fault('p/2', 'timed-out'),
      null,
    );

    const { lostUsage } = await model.reply(request(), unaborted());

    // However many were never heard of, they count once.
    const read = unheardUsage(request()).inputTokens;
    expect(lostUsage).toEqual({ ...used, inputTokens: 900 + read, isEstimated: true });
  });

  test('is kept where a later try is refused: the call may be charged all the same', async () => {
    const faults = [fault('p/0', 'timed-out', undefined, true), fault('p/0', 'unauthorized')];
    const once: Model = { id: 'p/0', reply: async () => Promise.reject(faults.shift()) };
    const model = createFailoverModel([{ model: once, contextTokens: null }], { breakers: createBreakers(silent) });

    expect(await faultOf(model.reply(request(), unaborted()))).toMatchObject({
      fault: 'unauthorized',
      mayBeCharged: true,
    });
  });

  test('is what was read, where a model hung: not all that it might have written', async () => {
    const { model } = chainOf(fault('p/0', 'timed-out'), null);

    expect((await model.reply(request(), unaborted())).lostUsage).toEqual(unheardUsage(request()));
  });

  test('is what came of a model that was too slow, each time', async () => {
    const bound: Usage = { inputTokens: 9_000, cachedInputTokens: 0, outputTokens: 60, isEstimated: true };
    const { model } = chainOf(fault('p/0', 'timed-out', bound), fault('p/1', 'timed-out', bound), null);

    const { lostUsage } = await model.reply(request(), unaborted());

    expect(lostUsage).toEqual({ ...bound, inputTokens: 18_000, outputTokens: 120 });
  });

  test('is nothing where all refuse', async () => {
    const end = await faultOf(
      chainOf(fault('p/0', 'rejected'), fault('p/1', 'unauthorized')).model.reply(request(), unaborted()),
    );

    expect(end).toMatchObject({ mayBeCharged: false, usage: undefined });
  });

  test('is paid for before another is asked; where that is too much, nobody is', async () => {
    const told: (Usage | null)[] = [];
    const mayAskAgain = async (lost: Usage | null) => {
      told.push(lost);
      return told.length < 2;
    };
    const { model, asked } = chainOf(fault('p/0', 'unauthorized'), fault('p/1', 'filtered', used), null);

    const end = await faultOf(model.reply(request({ mayAskAgain }), unaborted()));

    expect(asked).toEqual(['p/0', 'p/1']);
    expect(told).toEqual([null, used]);
    expect(end).toMatchObject({ usage: used, passedOver: [{ modelId: 'p/0' }, { modelId: 'p/1' }] });
  });

  test('counts for an answer that was none, too', async () => {
    const end = await faultOf(chainOf(new ModelReplyError('no JSON', 'p/0')).model.reply(request(), unaborted()));

    expect(end).toMatchObject({ fault: 'no-reply', mayBeCharged: true });
  });
});
