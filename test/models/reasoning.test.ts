import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message, ModelReply } from '../../src/domain/conversation.ts';
import { createModel } from '../../src/models/create-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import type { Protocol, Quirks } from '../../src/models/quirks.ts';
import { keptReasoning, type TurnPart, turnInOrder } from '../../src/models/turn-order.ts';
import { fakeProvider } from './fake-provider.ts';
import { faultOf, key, request, streamOf, unaborted } from './wires.ts';

const call = { id: 'a', name: 'read', argumentsJson: '{}' };
const asked: Message = { from: 'user', text: 'fix it' };

/** Asks, and asks again with the reply, its calls answered; the second body is what the model got back. */
async function roundTrip(
  protocol: Protocol,
  first: Response,
  options: Partial<ModelOptions> & { readonly next?: Partial<ModelOptions> } = {},
): Promise<{ reply: ModelReply; back: Readonly<Record<string, unknown>> }> {
  const { next, ...own } = options;
  const provider = fakeProvider((_asked, before) => (before === 0 ? first : Response.json({ error: 'enough' })));
  const common = { id: 'p/m', model: 'm', apiKey: key, baseUrl: 'http://provider.test/v1', maxRetryDelayMs: 0 };
  const create = (more: Partial<ModelOptions>) =>
    createModel(protocol, { ...common, fetch: provider.fetch, ...own, ...more });
  const reply = await create({}).reply(request({ messages: [asked] }), unaborted());
  const { text, toolCalls, reasoning } = JSON.parse(JSON.stringify(reply)) as ModelReply;
  const messages: Message[] = [
    asked,
    { from: 'model', text, toolCalls, ...(reasoning && { reasoning }) },
    { from: 'tools', results: toolCalls.map(({ id }) => ({ callId: id, output: 'ok', isError: false })) },
  ];
  await create(next ?? {})
    .reply(request({ messages }), unaborted())
    .catch(() => undefined);
  return { reply, back: provider.asked[1]?.body ?? {} };
}

const streamed = (events: readonly object[]): Response =>
  new Response(streamOf(events), { headers: { 'content-type': 'text/event-stream' } });

describe('over Messages', () => {
  const start = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
  const delta = (index: number, given: object) => ({ type: 'content_block_delta', index, delta: given });
  const events = (blocks: readonly object[]) => [
    { type: 'message_start', message: { content: [], usage: { input_tokens: 1, output_tokens: 1 } } },
    ...blocks,
    {
      type: 'message_delta',
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 5 } },
    },
    { type: 'message_stop' },
  ];
  const thinking = (index: number) => [
    start(index, { type: 'thinking', thinking: '', signature: '' }),
    delta(index, { type: 'thinking_delta', thinking: 'hm' }),
    delta(index, { type: 'signature_delta', signature: `signed-${index}` }),
  ];
  const contentOf = (body: Readonly<Record<string, unknown>>) =>
    (body.messages as { content: object[] }[])[1]?.content.map((block) => JSON.stringify(block));

  test('thoughts go back as they were signed, before what followed from them', async () => {
    const blocks = [
      ...thinking(0),
      start(1, { type: 'redacted_thinking', data: 'secret' }),
      start(2, { type: 'text', text: 'look' }),
      start(3, { type: 'tool_use', id: 'a', name: 'read', input: {} }),
    ];

    const { reply, back } = await roundTrip('anthropic', streamed(events(blocks)));

    expect(reply).toMatchObject({ text: 'look', usage: { outputTokens: 9, reasoningTokens: 5 } });
    expect(contentOf(back)).toEqual([
      '{"type":"thinking","thinking":"hm","signature":"signed-0"}',
      '{"type":"redacted_thinking","data":"secret"}',
      '{"type":"text","text":"look"}',
      '{"type":"tool_use","id":"call-1-0","name":"read","input":{}}',
    ]);
  });

  test('thoughts between text and calls keep their places', async () => {
    const blocks = [
      start(0, { type: 'text', text: 'first' }),
      ...thinking(1),
      start(2, { type: 'tool_use', id: 'a', name: 'read', input: {} }),
      ...thinking(3),
      start(4, { type: 'tool_use', id: 'b', name: 'read', input: {} }),
    ];

    const { back } = await roundTrip('anthropic', streamed(events(blocks)));

    expect(contentOf(back)?.map((block) => JSON.parse(block).type)).toEqual([
      'text',
      'thinking',
      'tool_use',
      'thinking',
      'tool_use',
    ]);
  });

  test.each([
    ['the same model as of another day', { id: 'p/m-20260101' }, 2],
    ['another model of the provider', { id: 'p/other' }, 1],
    ['the same name at another provider', { id: 'q/m' }, 1],
  ])('%s', async (_name, next, blocks) => {
    const { back } = await roundTrip(
      'anthropic',
      streamed(events([...thinking(0), start(1, { type: 'tool_use', id: 'a', name: 'read', input: {} })])),
      { next },
    );

    expect(contentOf(back)).toHaveLength(blocks);
  });

  test('thoughts that are refused are left out, and the request goes on', async () => {
    const provider = fakeProvider(({ body }) =>
      JSON.stringify(body).includes('thinking')
        ? Response.json(
            {
              type: 'error',
              error: {
                type: 'invalid_request_error',
                message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
              },
            },
            { status: 400 },
          )
        : Response.json({ content: [{ type: 'text', text: 'done' }], stop_reason: 'end_turn' }),
    );
    const model = createModel('anthropic', { id: 'p/m', model: 'm', apiKey: key, fetch: provider.fetch });
    const reasoning = { modelId: 'p/m', parts: [{ type: 'thinking', thinking: 'changed', signature: 's' }] };
    const messages: Message[] = [
      asked,
      { from: 'model', text: '', toolCalls: [call], reasoning },
      { from: 'tools', results: [{ callId: 'a', output: 'ok', isError: false }] },
    ];

    const reply = await model.reply(request({ messages }), unaborted());

    expect(reply.text).toBe('done');
    expect(provider.asked).toHaveLength(2);
  });

  test('thoughts that no database can keep are dropped, and the reply is not', async () => {
    const block = { type: 'thinking', thinking: 'a\0b', signature: 's' };

    const { reply } = await roundTrip('anthropic', Response.json({ content: [block, { type: 'text', text: 'a' }] }));

    expect(reply).toMatchObject({ text: 'a' });
    expect(reply).not.toHaveProperty('reasoning');
  });
});

test('over Responses, encrypted items go back before the calls that followed from them; others stay away', async () => {
  const item = (id: string) => ({
    type: 'reasoning',
    id,
    summary: [],
    encrypted_content: `secret-${id}`,
    status: null,
  });
  const fn = (call_id: string) => ({
    type: 'function_call',
    id: `fc-${call_id}`,
    call_id,
    name: 'read',
    arguments: '{}',
  });
  const output = [item('one'), fn('a'), item('two'), fn('b'), { type: 'reasoning', id: 'plain', summary: [] }];
  const usage = { input_tokens: 5, output_tokens: 9, output_tokens_details: { reasoning_tokens: 6 } };

  const { reply, back } = await roundTrip(
    'openai-responses',
    streamed([{ type: 'response.completed', response: { status: 'completed', output, usage } }]),
  );

  expect(reply).toMatchObject({ stop: 'tool-calls', usage: { outputTokens: 9, reasoningTokens: 6 } });
  expect((back.input as object[]).slice(1, 5)).toEqual([
    { type: 'reasoning', id: 'one', summary: [], encrypted_content: 'secret-one' },
    { type: 'function_call', call_id: 'call-1-0', name: 'read', arguments: '{}' },
    { type: 'reasoning', id: 'two', summary: [], encrypted_content: 'secret-two' },
    { type: 'function_call', call_id: 'call-1-1', name: 'read', arguments: '{}' },
  ]);
});

describe('the phase of a text, over Responses', () => {
  const text = (said: string, phase?: string | null) => ({
    type: 'message',
    role: 'assistant',
    phase,
    content: [{ type: 'output_text', text: said }],
  });
  const thought = { type: 'reasoning', id: 'one', summary: [], encrypted_content: 'secret' };
  const fn = { type: 'function_call', call_id: 'a', name: 'read', arguments: '{}' };
  const answers = [
    ['in one piece', (response: object) => Response.json(response)],
    ['as a stream', (response: object) => streamed([{ type: 'response.completed', response }])],
  ] as const;

  test.each(answers)('goes back with its text, which came %s', async (_form, answer) => {
    const output = [thought, text('I look. ', 'commentary'), fn, text('All done.', 'final_answer')];

    const { reply, back } = await roundTrip('openai-responses', answer({ status: 'completed', output }));

    expect(reply.text).toBe('I look. All done.');
    expect((back.input as object[]).slice(1, 5)).toEqual([
      thought,
      { role: 'assistant', content: 'I look. ', phase: 'commentary' },
      { type: 'function_call', call_id: 'call-1-0', name: 'read', arguments: '{}' },
      { role: 'assistant', content: 'All done.', phase: 'final_answer' },
    ]);
  });

  test('goes back though nothing was thought', async () => {
    const output = [text('I look.', 'commentary'), fn];

    const { back } = await roundTrip('openai-responses', Response.json({ status: 'completed', output }));

    expect((back.input as object[])[1]).toEqual({ role: 'assistant', content: 'I look.', phase: 'commentary' });
  });

  test.each([undefined, null, 7])('is not made up where it came as %s', async (phase) => {
    const output = [text('I look.', phase as null), fn];

    const { reply, back } = await roundTrip('openai-responses', Response.json({ status: 'completed', output }));

    expect(reply).not.toHaveProperty('reasoning');
    expect((back.input as object[])[1]).toEqual({ role: 'assistant', content: 'I look.' });
  });

  test('goes to no other model', async () => {
    const output = [text('I look.', 'commentary'), fn];

    const { back } = await roundTrip('openai-responses', Response.json({ status: 'completed', output }), {
      next: { id: 'p/other', model: 'other' },
    });

    expect((back.input as object[])[1]).toEqual({ role: 'assistant', content: 'I look.' });
  });

  test('is left out from then on where it is refused', async () => {
    const provider = fakeProvider(({ body }) =>
      JSON.stringify(body).includes('"phase"')
        ? Response.json({ error: { message: "Unknown parameter: 'input[1].phase'." } }, { status: 400 })
        : Response.json({ status: 'completed', output: [text('done')] }),
    );
    const common = { id: 'p/m', model: 'm', apiKey: key, baseUrl: 'http://provider.test/v1', maxRetryDelayMs: 0 };
    const model = createModel('openai-responses', { ...common, fetch: provider.fetch });
    const reasoning = { modelId: 'p/m', parts: [{ kept: 'text', length: 7, phase: 'commentary' }] };
    const messages: Message[] = [asked, { from: 'model', text: 'I look.', toolCalls: [], reasoning }, asked];

    const reply = await model.reply(request({ messages }), unaborted());
    await model.reply(request({ messages }), unaborted());

    expect(reply.text).toBe('done');
    expect(provider.asked.map(({ body }) => JSON.stringify(body).includes('"phase"'))).toEqual([true, false, false]);
  });

  test('is not left out for a refusal that says the word of something else', async () => {
    const message = 'The request failed in the validation phase. This phase of the request is not supported.';
    const provider = fakeProvider(() => Response.json({ error: { message } }, { status: 400 }));
    const common = { id: 'p/m', model: 'm', apiKey: key, baseUrl: 'http://provider.test/v1', maxRetryDelayMs: 0 };
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);

    await faultOf(
      createModel('openai-responses', { ...common, fetch: provider.fetch, warn }).reply(request(), unaborted()),
    );

    expect(provider.asked).toHaveLength(1);
    expect(warnings).toEqual([]);
  });
});

describe('over Chat Completions', () => {
  const chunks = (deltas: readonly object[]) => [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ];
  const toolCall = (extra: object = {}) => ({
    tool_calls: [{ index: 0, id: 'a', function: { name: 'read', arguments: '{}' }, ...extra }],
  });
  const turnOf = async (deltas: readonly object[], quirks: Partial<Quirks>) => {
    const { reply, back } = await roundTrip('openai-chat', streamed(chunks(deltas)), { quirks });
    return { reply, turn: (back.messages as Record<string, unknown>[])[2] ?? {} };
  };

  test('by default nothing of it goes back, in whichever field it came', async () => {
    const { reply, turn } = await turnOf([{ reasoning_content: 'hm' }, { reasoning: 'hm' }, toolCall()], {});

    expect(reply).not.toHaveProperty('reasoning');
    expect(Object.keys(turn).toSorted()).toEqual(['content', 'role', 'tool_calls']);
  });

  test.each([
    ['what it thought', [{ reasoning_content: 'hm, ' }, { reasoning_content: 'so' }, toolCall()], 'hm, so'],
    ['nothing where it thought nothing', [toolCall()], ''],
  ])('DeepSeek gets back %s', async (_name, deltas, told) => {
    const { turn } = await turnOf(deltas, { reasoningBack: 'reasoning_content' });

    expect(turn.reasoning_content).toBe(told);
  });

  test('OpenRouter gets its details back in one piece each', async () => {
    const detail = (given: object) => ({ reasoning_details: [{ index: 0, ...given }] });
    const { turn } = await turnOf(
      [
        detail({ type: 'reasoning.text', text: 'hm, ' }),
        detail({ type: 'reasoning.text', text: 'so', signature: 's' }),
        detail({ type: 'reasoning.encrypted', data: 'x' }),
        toolCall(),
      ],
      { reasoningBack: 'reasoning_details' },
    );

    expect(turn.reasoning_details).toEqual([
      { index: 0, type: 'reasoning.text', text: 'hm, so', signature: 's' },
      { index: 0, type: 'reasoning.encrypted', data: 'x' },
    ]);
  });

  test.each([
    ['its signature with the call', { extra_content: { google: { thought_signature: 'sig' } } }, 'sig'],
    ['a word for a call that has none', {}, 'skip_thought_signature_validator'],
  ])('Gemini gets back %s', async (_name, extra, signature) => {
    const { turn } = await turnOf([toolCall(extra)], { reasoningBack: 'thought_signature' });

    expect(turn.tool_calls).toMatchObject([{ extra_content: { google: { thought_signature: signature } } }]);
  });

  test.each([
    ['<think>secret plan</think>\n\nThe answer', 'The answer'],
    ['secret plan\n</think>The answer', 'The answer'],
    ['The tag <think> stands in templates, </think> too', 'The tag <think> stands in templates, </think> too'],
    ['The answer', 'The answer'],
  ])('thoughts in the text are cut out of %j', async (content, text) => {
    const { reply } = await turnOf([{ content }, toolCall()], {});

    expect(reply.text).toBe(text);
    expect(JSON.stringify(reply)).not.toContain('secret plan');
  });

  test('a thought that never ends leaves no text', async () => {
    const { reply } = await turnOf([{ content: '<think>secret plan' }, toolCall()], {});

    expect(reply.text).toBe('');
  });

  test('at xAI and Gemini the reasoning is counted in the total alone, and is output nonetheless', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 7, total_tokens: 137 };
    const provider = fakeProvider(() => Response.json({ choices: [{ message: { content: 'a' } }], usage }));
    const model = createModel('openai-chat', { id: 'p/m', model: 'm', apiKey: key, fetch: provider.fetch });

    const reply = await model.reply(request(), unaborted());

    expect(reply.usage).toEqual({ inputTokens: 100, cachedInputTokens: 0, outputTokens: 37, reasoningTokens: 30 });
  });
});

const part = fc.oneof(
  fc.record({
    kind: fc.constant('reasoning' as const),
    part: fc.record({ type: fc.constant('thinking'), n: fc.nat() }),
  }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string({ minLength: 1, maxLength: 5 }) }),
  fc.record({
    kind: fc.constant('call' as const),
    call: fc.record({ id: fc.uuid(), name: fc.string(), argumentsJson: fc.string() }),
  }),
);

test('the order of a turn comes back from what is kept of it', () => {
  const joined = (turn: readonly TurnPart[]): TurnPart[] => {
    const lastThought = turn.findLastIndex(({ kind }) => kind === 'reasoning');
    const rest = turn.slice(lastThought + 1);
    // Behind the last thought, text and calls have no order that matters.
    const text = rest.map((one) => (one.kind === 'text' ? one.text : '')).join('');
    return [
      ...turn.slice(0, lastThought + 1),
      ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
      ...rest.filter(({ kind }) => kind === 'call'),
    ];
  };
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (turn) => {
      const text = turn.map((one) => (one.kind === 'text' ? one.text : '')).join('');
      const toolCalls = turn.flatMap((one) => (one.kind === 'call' ? [one.call] : []));

      const again = turnInOrder({ from: 'model', text, toolCalls }, keptReasoning(turn));

      expect(again).toEqual(joined(turn));
    }),
  );
});

test('a turn whose text was shortened meanwhile keeps its thoughts, first', () => {
  const turn: TurnPart[] = [
    { kind: 'text', text: 'a long text' },
    { kind: 'reasoning', part: { type: 'thinking' } },
    { kind: 'call', call },
  ];

  const again = turnInOrder({ from: 'model', text: '…', toolCalls: [call] }, keptReasoning(turn));

  expect(again.map(({ kind }) => kind)).toEqual(['reasoning', 'text', 'call']);
});
