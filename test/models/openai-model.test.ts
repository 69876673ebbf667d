import nock from 'nock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOpenAiModel } from '../../src/models/openai-model.ts';
import { faultOf, key, openAiWire, request, unaborted } from './wires.ts';

const host = 'http://provider.test';
const tool = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
const sent: Record<string, unknown>[] = [];

beforeEach(() => {
  sent.length = 0;
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const createModel = (maxRetryDelayMs = 60_000) =>
  createOpenAiModel({ id: 'openai/m', model: 'm', apiKey: key, baseUrl: `${host}/v1`, maxRetryDelayMs });

const openAiStream = (events: readonly object[]): string =>
  [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((text) => `data: ${text}\n\n`).join('');

/** Answers one request, and keeps what it said. */
function answerOnce(status: number, body: object | string): void {
  nock(host)
    .post('/v1/chat/completions', (asked: Record<string, unknown>) => {
      sent.push(asked);
      return true;
    })
    .reply(status, body);
}

const refusalOf = (param: string) => ({ error: { message: 'no', type: 'invalid_request_error', param, code: null } });
const fine = openAiWire.reply({ text: 'done' });

test('the conversation is told in the words of Chat Completions', async () => {
  answerOnce(200, fine);

  await createModel().reply(
    request({
      system: 'role: coder',
      tools: [tool],
      messages: [
        { from: 'user', text: 'fix it' },
        {
          from: 'model',
          text: '',
          toolCalls: [
            { id: 'x', name: 'read', argumentsJson: '{"path":"a.ts"}' },
            { id: 'y', name: 'read', argumentsJson: '{"path' },
          ],
        },
        {
          from: 'tools',
          results: [
            { callId: 'x', output: 'text', isError: false },
            { callId: 'y', output: 'arguments are no JSON', isError: true },
          ],
        },
        { from: 'model', text: 'seen', toolCalls: [] },
        { from: 'user', text: 'go on' },
      ],
    }),
    unaborted(),
  );

  expect(sent).toEqual([
    {
      model: 'm',
      max_completion_tokens: 1000,
      messages: [
        { role: 'system', content: 'role: coder' },
        { role: 'user', content: 'fix it' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call-1-0', type: 'function', function: { name: 'read', arguments: '{"path":"a.ts"}' } },
            {
              id: 'call-1-1',
              type: 'function',
              function: { name: 'read', arguments: '{"malformed_arguments":"{\\"path"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'call-1-0', content: 'text' },
        { role: 'tool', tool_call_id: 'call-1-1', content: 'error: arguments are no JSON' },
        { role: 'assistant', content: 'seen' },
        { role: 'user', content: 'go on' },
      ],
      tools: [{ type: 'function', function: tool }],
      stream: true,
      stream_options: { include_usage: true },
    },
  ]);
});

test('what a provider would refuse is mended: invented tool names, halves of characters', async () => {
  answerOnce(200, fine);
  const half = 'cut here \ud83d';

  await createModel().reply(
    request({
      system: half,
      messages: [
        { from: 'user', text: half },
        { from: 'model', text: half, toolCalls: [{ id: 'x', name: 'functions.read', argumentsJson: '{}' }] },
        { from: 'tools', results: [{ callId: 'x', output: half, isError: false }] },
      ],
    }),
    unaborted(),
  );

  const told = JSON.stringify(sent[0]);
  expect(told.match(/cut here \ufffd/g)).toHaveLength(4);
  expect(told).toContain('"name":"functions_read"');
});

test('a server that knows only the old name of the output limit gets it, from then on', async () => {
  const model = createModel();
  answerOnce(400, refusalOf('max_completion_tokens'));
  answerOnce(200, fine);
  answerOnce(200, fine);

  await model.reply(request(), unaborted());
  await model.reply(request(), unaborted());

  expect(sent.map((body) => [body.max_completion_tokens, body.max_tokens])).toEqual([
    [1000, undefined],
    [undefined, 1000],
    [undefined, 1000],
  ]);
});

test('a model that calls tools only without reasoning gets it switched off where there are tools', async () => {
  const model = createModel();
  answerOnce(400, refusalOf('reasoning_effort'));
  answerOnce(200, fine);
  answerOnce(200, fine);

  await model.reply(request({ tools: [tool] }), unaborted());
  await model.reply(request(), unaborted());

  expect(sent.map((body) => body.reasoning_effort)).toEqual([undefined, 'none', undefined]);
});

test.each(['max_completion_tokens', 'reasoning_effort', 'messages'])(
  'a server that refuses %s in every form is not asked for ever',
  async (param) => {
    for (let count = 0; count < 5; count++) answerOnce(400, refusalOf(param));

    const error = await faultOf(createModel().reply(request({ tools: [tool] }), unaborted()));

    expect(error).toMatchObject({ fault: 'rejected', status: 400 });
    expect(sent).toHaveLength(param === 'messages' ? 1 : 2);
  },
);

test('an empty account is not waited for', async () => {
  answerOnce(429, { error: { message: 'no money', type: 'insufficient_quota', code: 'insufficient_quota' } });

  const error = await faultOf(createModel().reply(request(), unaborted()));

  expect(error).toMatchObject({ fault: 'no-credit', isRetryable: false });
});

test("Gemini's limit per minute is waited for: its error comes as the only one of a list", async () => {
  const message =
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, ' +
    'head to: https://ai.google.dev/gemini-api/docs/rate-limits. Please retry in 0.01s.';
  answerOnce(429, [{ error: { code: 429, message, status: 'RESOURCE_EXHAUSTED' } }]);
  answerOnce(200, fine);

  const reply = await createModel().reply(request(), unaborted());

  expect(reply.text).toBe('done');
});

test('the status that a gateway puts into an error body counts', async () => {
  answerOnce(200, { error: { message: 'no key', code: 401 } });

  const error = await faultOf(createModel().reply(request(), unaborted()));

  expect(error).toMatchObject({ fault: 'unauthorized', status: 401, isRetryable: false });
});

const half = { content: 'half a sen' };

test.each([
  ['a body', { choices: [{ finish_reason: 'error', error: { code: 429, message: 'no more' }, message: half }] }],
  [
    'a stream',
    openAiStream([
      { choices: [{ index: 0, delta: half }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 429, message: 'no more' } }] },
    ]),
  ],
])('an error in the choice of %s is no answer', async (_form, body) => {
  answerOnce(200, body);

  const error = await faultOf(createModel(0).reply(request(), unaborted()));

  expect(error).toMatchObject({ fault: 'rate-limited', isRetryable: true });
  expect(String(error)).toContain('no more');
});

const quoted = {
  error: {
    code: 400,
    message: 'Provider returned error',
    metadata: { provider_name: 'Anthropic', raw: '{"error":{"message":"prompt is too long: 210000 tokens > 200000"}}' },
  },
};

test.each<[string, number, object | string]>([
  ['without success', 400, quoted],
  ['of success', 200, quoted],
  ['in a stream', 200, openAiStream([{ choices: [{ index: 0, delta: half }] }, quoted])],
])(
  'what a gateway quotes of the provider behind it is what went wrong, in an answer %s',
  async (_form, status, body) => {
    answerOnce(status, body);

    const error = await faultOf(createModel(0).reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'too-long', message: expect.stringContaining('prompt is too long: 210000') });
    expect(sent).toHaveLength(1);
  },
);

test.each<[object, number, string, string]>([
  [
    { object: 'error', message: 'the conversation is wrong', type: 'invalid' },
    422,
    'rejected',
    'the conversation is wrong',
  ],
  [{ detail: 'Not authenticated' }, 403, 'unauthorized', 'Not authenticated'],
  [{ detail: [{ loc: ['body', 'messages'], msg: 'field required' }] }, 422, 'rejected', 'field required'],
  [{ error: null, message: 'no credit left' }, 402, 'no-credit', 'no credit left'],
  [{ error: 'plain words' }, 400, 'rejected', 'plain words'],
])('the error %j is read, whatever its form', async (body, status, fault, said) => {
  answerOnce(status, body);

  const error = await faultOf(createModel(0).reply(request(), unaborted()));

  expect(error).toMatchObject({ fault, message: expect.stringContaining(said) });
});

test('a choice that ended in an error is no answer, though nobody says which', async () => {
  answerOnce(200, { choices: [{ finish_reason: 'error', message: half }] });

  const error = await faultOf(createModel(0).reply(request(), unaborted()));

  expect(error).toMatchObject({ fault: 'overloaded', isRetryable: true });
});

test.each([
  [{ finish_reason: 'stop', message: { content: 'a' } }, 'a', 'end'],
  [{ finish_reason: null, message: { content: 'a' } }, 'a', 'end'],
  [{ finish_reason: 'length', message: { content: 'a' } }, 'a', 'length'],
  [{ finish_reason: 'content_filter', message: { content: null } }, '', 'refusal'],
  [{ finish_reason: 'stop', message: { content: null, refusal: 'I cannot' } }, 'I cannot', 'refusal'],
  [
    {
      message: {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    },
    'ab',
    'end',
  ],
])('the choice %j reads as %j, stop: %s', async (choice, text, stop) => {
  answerOnce(200, { choices: [choice] });

  const reply = await createModel().reply(request(), unaborted());

  expect(reply).toMatchObject({ text, stop, toolCalls: [] });
});

test('cached input is never more than the input', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 40 } };
  answerOnce(200, { ...openAiWire.reply({ text: 'done' }), usage });

  const reply = await createModel().reply(request(), unaborted());

  expect(reply.usage).toEqual({ inputTokens: 10, cachedInputTokens: 10, outputTokens: 1 });
});

test('arguments that a server sends as an object are text again', async () => {
  const calls = [{ function: { name: 'read', arguments: { path: 'a.ts' } } }, { function: { name: 'list' } }];
  answerOnce(200, { choices: [{ finish_reason: 'stop', message: { tool_calls: calls } }] });

  const reply = await createModel().reply(request(), unaborted());

  expect(reply).toMatchObject({ stop: 'tool-calls', text: '' });
  expect(reply.toolCalls.map((call) => call.argumentsJson)).toEqual(['{"path":"a.ts"}', '']);
});

test('a result that answers no call is not sent, and another model may be asked', async () => {
  const messages = [{ from: 'tools' as const, results: [{ callId: 'x', output: '', isError: false }] }];

  const error = await faultOf(createModel().reply(request({ messages }), unaborted()));

  expect(error).toMatchObject({ fault: 'rejected', message: expect.stringContaining('was not asked: TypeError') });
  expect(sent).toEqual([]);
});

test('texts that follow each other are one message, and only OpenAI itself is told what to cache them by', async () => {
  const bodies: Record<string, unknown>[] = [];
  const answer = (host: string) =>
    nock(host)
      .post('/v1/chat/completions', (body: Record<string, unknown>) => {
        bodies.push(body);
        return true;
      })
      .reply(200, openAiWire.reply({ text: 'done' }));
  const ask = (ticket: string, baseUrl?: string) => {
    answer(baseUrl === undefined ? 'https://api.openai.com' : new URL(baseUrl).origin);
    const options = { id: 'openai/m', model: 'm', apiKey: key, ...(baseUrl === undefined ? {} : { baseUrl }) };
    const messages = [
      { from: 'user', text: 'the repository' },
      { from: 'user', text: ticket },
    ] as const;
    return createOpenAiModel(options).reply(request({ messages }), unaborted());
  };

  await ask('one ticket', 'http://compatible.test/v1');
  await ask('one ticket');
  await ask('another');

  const [compatible, one, another] = bodies;
  expect(compatible?.messages).toEqual([
    { role: 'system', content: 'role: coder' },
    { role: 'user', content: 'the repository\n\none ticket' },
  ]);
  expect(compatible).not.toHaveProperty('prompt_cache_key');
  expect(one?.prompt_cache_key).toMatch(/^[0-9a-f]{32}$/);
  expect(another?.prompt_cache_key).toBe(one?.prompt_cache_key);
});
