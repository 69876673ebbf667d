import { afterEach, describe, expect, test } from 'vitest';
import type { Message, ModelReply } from '../../src/domain/conversation.ts';
import { ModelReplyError, ProviderError } from '../../src/domain/faults.ts';
import { createModel } from '../../src/models/create-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { openAiQuirks } from '../../src/models/quirks.ts';
import { faultOf, key, request, unaborted } from '../models/wires.ts';
import { startScriptedModel } from '../stand-in/scripted-model.ts';
import { type FaultKind, faultKinds } from './drill-faults.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { type Lane, lanes, laneVariables } from './lanes.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const path = 'src/a-file-with-a-long-name-so-that-its-stream-has-several-pieces/of-arguments.ts';
const script = { coder: [[{ tools: [{ name: 'read', arguments: { path } }] }, { text: 'done' }]] };

/** Those that only the client's own patience ends. */
const hung: readonly FaultKind[] = ['no answer at all', 'silence after the first event', 'one token a second'];

async function openLane(lane: Lane, fates: readonly (FaultKind | null)[], seed = 1) {
  const scripted = await startScriptedModel(script);
  opened.push(scripted);
  const left = [...fates];
  const proxy = await openFaultProxy({ seed, fateOf: () => left.shift() ?? null, target: scripted.url });
  opened.push(proxy);
  const isHung = hung.some((kind) => fates.includes(kind));
  return { proxy, model: modelOf(lane, proxy, isHung ? { timeoutMs: 300 } : {}) };
}

function modelOf({ provider, model: id, door }: Lane, proxy: FaultProxy, options: Partial<ModelOptions> = {}) {
  const protocol = { openai: 'openai-chat', azure: 'openai', anthropic: 'anthropic' } as const;
  return createModel(protocol[provider], {
    id,
    model: id.split('/')[1] ?? '',
    apiKey: key,
    baseUrl: `http://127.0.0.1:${proxy.port}${door}${provider === 'anthropic' ? '' : '/v1'}`,
    maxRetryDelayMs: 0,
    ...(provider === 'azure' && { quirks: openAiQuirks }),
    ...options,
  });
}

const kinds = Object.keys(faultKinds) as FaultKind[];
const ofClass = (wanted: string) => kinds.filter((kind) => faultKinds[kind] === wanted);
const isFault = (error: unknown) => error instanceof ProviderError || error instanceof ModelReplyError;

describe.each(lanes)('$provider as the drill plays it', (lane) => {
  test('streams a reply that is read as the script says it, and counted as the provider counts', async () => {
    const { proxy, model } = await openLane(lane, []);

    const reply = await model.reply(request(), unaborted());

    expect(reply).toMatchObject({ stop: 'tool-calls', toolCalls: [{ id: 'd1', name: 'read' }] });
    expect(JSON.parse(reply.toolCalls[0]?.argumentsJson ?? '')).toEqual({ path });
    const { inputTokens: input, outputTokens: output } = reply.usage;
    expect(proxy.asks).toMatchObject([{ serial: 1, isStreamed: true, tokens: { input, output } }]);
  });

  test.each(ofClass('refused'))('refuses: %s', async (fate) => {
    const { proxy, model } = await openLane(lane, [fate]);

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toSatisfy(isFault);
    expect(proxy.slips).toEqual([]);
    expect(proxy.asks).toMatchObject([{ fate, tokens: null, billed: null }]);
  });

  test.each(ofClass('lost'))('brings no reply: %s. What is charged is told by the fault, or more', async (fate) => {
    // Where a stream breaks is a matter of chance.
    for (const seed of hung.includes(fate) ? [1] : [1, 2, 3, 4]) {
      const { proxy, model } = await openLane(lane, [fate], seed);

      const error = await faultOf(model.reply(request(), unaborted()));

      expect(error).toSatisfy(isFault);
      await expect.poll(() => proxy.asks, { timeout: 5_000 }).toMatchObject([{ fate, tokens: null }]);
      const billed = proxy.asks[0]?.billed ?? { input: 0, output: 0 };
      expect(proxy.slips).toEqual([]);
      const { usage } = error as ProviderError;
      if (fate === 'no answer at all') {
        // Nothing was heard, so nothing is known: whoever asked counts such calls once, by what they sent.
        expect(usage).toBeUndefined();
        expect(error).toMatchObject({ mayBeCharged: true });
        continue;
      }
      expect(usage?.inputTokens ?? 0, `seed ${seed}: input`).toBeGreaterThanOrEqual(billed.input);
      expect(usage?.outputTokens ?? 0, `seed ${seed}: output`).toBeGreaterThanOrEqual(billed.output);
    }
  });

  test.each(ofClass('odd'))('brings a reply all the same: %s', async (fate) => {
    const { proxy, model } = await openLane(lane, [fate]);

    const { usage, toolCalls } = await model.reply(request(), unaborted());

    expect(toolCalls[0]).toMatchObject({ id: 'd1', name: 'read' });
    const [ask] = proxy.asks;
    expect(ask?.tokens).not.toBeNull();
    if (fate === 'usage missing') {
      expect(usage.inputTokens).toBeGreaterThanOrEqual(ask?.tokens?.input ?? Number.NaN);
      expect(usage.outputTokens).toBeGreaterThanOrEqual(ask?.tokens?.output ?? Number.NaN);
    } else expect(usage).toMatchObject({ inputTokens: ask?.tokens?.input, outputTokens: ask?.tokens?.output });
    if (fate === 'two calls with one id') expect(toolCalls.map(({ id }) => id)).toEqual(['d1', 'd1-2']);
  });
});

const asMessage = ({ text, toolCalls, reasoning }: ModelReply): Message => ({
  from: 'model',
  text,
  toolCalls,
  ...(reasoning && { reasoning }),
});

test.each([null, 'one piece in place of a stream'] as const)(
  'who forgets what a model thought is seen by its provider, whichever way it was told: %s',
  async (fate) => {
    const lane = lanes.find(({ provider }) => provider === 'azure') ?? expect.fail('there is such a lane');
    const { proxy, model } = await openLane(lane, [fate]);
    const first = await model.reply(request(), unaborted());
    const { reasoning: _thoughts, ...forgetful } = first;
    const asked = (reply: ModelReply) =>
      request({
        messages: [
          { from: 'user', text: 'fix it' },
          asMessage(reply),
          { from: 'tools', results: [{ callId: 'd1', output: 'text', isError: false }] },
        ],
      });

    await model.reply(asked(first), unaborted());
    await model.reply(asked(forgetful), unaborted());

    expect(proxy.asks.map(({ thoughtTurns }) => thoughtTurns)).toEqual([[], [0], []]);
  },
);

test('the names that the App is told lead to every lane', () => {
  const addresses = Object.values(laneVariables(7)).filter((value) => value.startsWith('http'));

  expect(addresses).toHaveLength(lanes.length);
});
