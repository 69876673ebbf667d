import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message } from '../../src/domain/conversation.ts';
import { costUsd } from '../../src/domain/cost.ts';
import { createModel } from '../../src/models/create-model.ts';
import { priceOf } from '../../src/models/prices.ts';
import { createRoster } from '../../src/models/roster.ts';
import { fakeProvider } from './fake-provider.ts';
import { anthropicWire, key, openAiWire, request, unaborted } from './wires.ts';

type Body = Readonly<Record<string, unknown>>;

/** Anthropic’s own names hold no slash. */
const wireOf = ({ model }: Body) => (String(model).includes('/') ? openAiWire : anthropicWire);

/** Asks a model as a roster builds it, and tells what was sent. */
async function asked(id: string, messages: readonly Message[], system = 'role: coder'): Promise<Body> {
  const provider = fakeProvider(({ body }) => Response.json(wireOf(body).reply({ text: 'done' })));
  const roster = createRoster({
    host: { providers: { openrouter: { apiKey: key }, anthropic: { apiKey: key } } },
    chains: { coder: [{ model: id }] },
    requests: { fetch: provider.fetch },
  });
  await roster.modelFor('coder').reply(request({ system, messages }), unaborted());
  return provider.asked[0]?.body ?? {};
}

interface Block {
  readonly text?: string;
  readonly content?: string;
  readonly cache_control?: object;
}

/** The marked texts, the system prompt's first, in either dialect. */
function markedIn({ system = [], messages }: Body): string[] {
  const said = [...(system as Block[]), ...(messages as { content: unknown }[]).map(({ content }) => content)].flat();
  return (said as (Block | string | null)[])
    .filter((block): block is Block => typeof block === 'object' && block?.cache_control !== undefined)
    .map(({ text, content }) => text ?? content ?? '');
}

const turn = (index: number, results = 1): Message[] => {
  const ids = Array.from({ length: results }, (_, n) => `c${n}`);
  return [
    { from: 'model', text: 'look', toolCalls: ids.map((id) => ({ id, name: 'read', argumentsJson: '{}' })) },
    { from: 'tools', results: ids.map((callId, n) => ({ callId, output: `result ${index}.${n}`, isError: false })) },
  ];
};
const begin: Message[] = [
  { from: 'user', text: 'the repository' },
  { from: 'user', text: 'the ticket' },
];

test('through OpenRouter the texts of Anthropic’s models are in parts, and the growing prefix is marked', async () => {
  const body = await asked('openrouter/anthropic/claude-sonnet-5', [...begin, ...turn(0, 2), ...turn(1)]);

  const marked = { cache_control: { type: 'ephemeral' } };
  expect(body.messages).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'role: coder', ...marked }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'the repository', ...marked },
        { type: 'text', text: 'the ticket' },
      ],
    },
    expect.objectContaining({ role: 'assistant', content: 'look' }),
    { role: 'tool', tool_call_id: 'call-2-0', content: [{ type: 'text', text: 'result 0.0' }] },
    { role: 'tool', tool_call_id: 'call-2-1', content: [{ type: 'text', text: 'result 0.1', ...marked }] },
    expect.objectContaining({ role: 'assistant', content: 'look' }),
    { role: 'tool', tool_call_id: 'call-4-0', content: [{ type: 'text', text: 'result 1.0', ...marked }] },
  ]);
});

test('the same parts of any conversation are marked as at Anthropic itself, four at most', async () => {
  const ours = fc.oneof(
    fc.record({ from: fc.constant('user' as const), text: fc.stringMatching(/^[a-z]{1,8}$|^ $/) }).map((one) => [one]),
    fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 3 })).map(([index, results]) => turn(index, results)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(ours, { maxLength: 6 }), fc.constantFrom('', 'role: coder'), async (said, system) => {
      const messages: Message[] = [{ from: 'user', text: 'the repository' }, ...said.flat()];

      const through = await asked('openrouter/anthropic/claude-sonnet-5', messages, system);
      const at = await asked('anthropic/claude-sonnet-5', messages, system);

      expect(markedIn(through)).toEqual(markedIn(at));
      expect(markedIn(through).length).toBeLessThanOrEqual(4);
      expect(markedIn(through).length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

test('a prefix that was sent is sent again with the next turn, but for its marks', async () => {
  const bare = (body: Body) => JSON.stringify(body.messages).replaceAll(',"cache_control":{"type":"ephemeral"}', '');
  const id = 'openrouter/anthropic/claude-sonnet-5';

  const before = bare(await asked(id, [...begin, ...turn(0, 2)]));
  const after = bare(await asked(id, [...begin, ...turn(0, 2), ...turn(1)]));

  expect(after.startsWith(before.slice(0, -1))).toBe(true);
});

test.each(['openrouter/openai/gpt-6-sol', 'openrouter/qwen/qwen3-coder'])('texts of %s are not marked', async (id) => {
  const { messages } = await asked(id, begin);

  expect(JSON.stringify(messages)).not.toContain('cache_control');
  expect(messages).toEqual([
    { role: 'system', content: 'role: coder' },
    { role: 'user', content: 'the repository\n\nthe ticket' },
  ]);
});

test('an output without a visible character is told as such, for Anthropic refuses a blank text', async () => {
  const [call, results] = turn(0);
  const blank: Message = { from: 'tools', results: [{ callId: 'c0', output: ' ', isError: false }] };
  expect(results?.from).toBe('tools');

  const { messages } = await asked('openrouter/anthropic/claude-sonnet-5', [...begin, ...(call ? [call] : []), blank]);

  expect(JSON.stringify(messages)).toContain('"text":"(no output)"');
});

test.each([
  ['in one piece', false],
  ['as a stream', true],
])('what was read from the cache and written into it is paid at its own price, told %s', async (_form, isStreamed) => {
  const usage = {
    prompt_tokens: 10_000,
    completion_tokens: 100,
    total_tokens: 10_100,
    prompt_tokens_details: { cached_tokens: 8_000, cache_write_tokens: 1_500 },
    cost: 0.01,
  };
  const stream = [{ choices: [{ delta: { content: 'done' }, finish_reason: 'stop' }] }, { choices: [], usage }];
  const text = isStreamed
    ? `${stream.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
    : JSON.stringify({ ...openAiWire.reply({ text: 'done' }), usage });
  const model = createModel('openai-chat', {
    id: 'openrouter/anthropic/claude-sonnet-5',
    model: 'anthropic/claude-sonnet-5',
    apiKey: key,
    baseUrl: 'http://provider.test/v1',
    fetch: () => Promise.resolve(new Response(text)),
  });

  const reply = await model.reply(request(), unaborted());

  expect(reply.usage).toEqual({
    inputTokens: 10_000,
    cachedInputTokens: 8_000,
    cacheWriteTokens: 1_500,
    outputTokens: 100,
  });
  const price = priceOf('openrouter/anthropic/claude-sonnet-5');
  if (price === null) throw new Error('the registry knows no price of it');
  const { inputUsdPerMillion: fresh, cachedInputUsdPerMillion: read, cacheWriteUsdPerMillion: written = 0 } = price;
  expect(read).toBeLessThan(fresh);
  expect(written).toBeGreaterThan(fresh);
  const usd = (500 * fresh + 8_000 * read + 1_500 * written + 100 * price.outputUsdPerMillion) / 1_000_000;
  expect(costUsd(reply.usage, price)).toBeCloseTo(usd, 10);
});
