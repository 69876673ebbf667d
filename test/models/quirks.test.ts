import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/domain/conversation.ts';
import { createModel } from '../../src/models/create-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { quirksFor } from '../../src/models/model-quirks.ts';
import { apiOf } from '../../src/models/openai-api.ts';
import { type ProviderName, providerOf } from '../../src/models/providers.ts';
import type { Protocol, Quirks } from '../../src/models/quirks.ts';
import { type Asked, fakeProvider } from './fake-provider.ts';
import { faultOf, key, openAiWire, request, responsesWire, streamedReply, unaborted } from './wires.ts';

const tool = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
const fine = () => Response.json(openAiWire.reply({ text: 'done' }));

async function askedWith(
  quirks: Partial<Quirks>,
  changes: Parameters<typeof request>[0] = {},
  more: Partial<ModelOptions> = {},
): Promise<Asked> {
  const provider = fakeProvider(fine);
  const options = { id: 'p/m', model: 'm', apiKey: key, baseUrl: 'http://provider.test/v1', quirks };
  await createModel('openai-chat', { ...options, fetch: provider.fetch, ...more }).reply(request(changes), unaborted());
  const [asked] = provider.asked;
  if (asked === undefined) throw new Error('nothing was asked');
  return asked;
}

const twoCalls: Message[] = [
  { from: 'user', text: 'fix it' },
  {
    from: 'model',
    text: 'look',
    toolCalls: ['x', 'y'].map((id) => ({ id, name: 'read', argumentsJson: '{}' })),
  },
  { from: 'tools', results: ['x', 'y'].map((callId) => ({ callId, output: `of ${callId}`, isError: false })) },
];

test('without a system role, its text stands at the head of the first message', async () => {
  const { body } = await askedWith({ system: 'first-message' });

  expect(body.messages).toEqual([{ role: 'user', content: 'role: coder\n\nfix it' }]);
});

test('a model that calls one tool at a time is told so, and shown turns of one call', async () => {
  const { body } = await askedWith({ parallelCalls: false }, { tools: [tool], messages: twoCalls });

  expect(body.parallel_tool_calls).toBe(false);
  expect((body.messages as { role: string; content: unknown }[]).map(({ role, content }) => [role, content])).toEqual([
    ['system', 'role: coder'],
    ['user', 'fix it'],
    ['assistant', 'look'],
    ['tool', 'of x'],
    ['assistant', null],
    ['tool', 'of y'],
  ]);
});

test('ids are of nine letters and digits where the server wants that, each its own', async () => {
  const { body } = await askedWith({ callIds: 'nine-letters' }, { messages: [...twoCalls, ...twoCalls.slice(1)] });

  const ids = [...JSON.stringify(body).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id ?? ''))).toBe(true);
});

test.each<[string, Partial<Quirks>, object]>([
  ['usage that comes unasked is not asked for', { usage: 'unasked' }, { stream: true, options: undefined }],
  ['usage is asked for', {}, { stream: true, options: { include_usage: true } }],
  ['nothing is streamed', { streams: 'never' }, { stream: undefined, options: undefined }],
  ['tools are not streamed', { streams: 'without-tools' }, { stream: undefined, options: undefined }],
])('%s', async (_name, quirks, told) => {
  const { body } = await askedWith(quirks, { tools: [tool] });

  expect({ stream: body.stream, options: body.stream_options }).toEqual(told);
});

test('what is streamed without tools only, is streamed without tools', async () => {
  const { body } = await askedWith({ streams: 'without-tools' });

  expect(body.stream).toBe(true);
});

test('the output limit has the name that the server knows', async () => {
  const { body } = await askedWith({ outputLimit: 'max_tokens' });

  expect(body).toMatchObject({ max_tokens: 1000 });
  expect(body).not.toHaveProperty('max_completion_tokens');
});

describe('the key', () => {
  test.each<[Protocol, Partial<Quirks>, string, Record<string, string | null>]>([
    ['openai-chat', {}, key, { authorization: `Bearer ${key}`, 'api-key': null }],
    ['openai-chat', { keyHeader: 'api-key' }, key, { authorization: null, 'api-key': key }],
    ['openai-responses', { keyHeader: 'api-key' }, key, { authorization: null, 'api-key': key }],
    ['openai-chat', {}, '', { authorization: null, 'api-key': null }],
  ])('goes over %s with %j into its header alone', async (protocol, quirks, apiKey, headers) => {
    const provider = fakeProvider(() => Response.json({ error: 'enough' }));
    const options = { id: 'p/m', model: 'm', apiKey, baseUrl: 'http://provider.test/v1', maxRetryDelayMs: 0, quirks };
    await faultOf(createModel(protocol, { ...options, fetch: provider.fetch }).reply(request(), unaborted()));

    const [asked] = provider.asked;
    expect(Object.fromEntries(Object.keys(headers).map((name) => [name, asked?.headers.get(name)]))).toEqual(headers);
    expect(JSON.stringify(asked?.body) + asked?.url).not.toContain(key);
    expect([...(asked?.headers.values() ?? [])].filter((value) => value.includes('none'))).toEqual([]);
  });
});

describe('where there is but one tool', () => {
  const choiceOf = async (protocol: Protocol, tools: readonly (typeof tool)[], more: Partial<ModelOptions> = {}) => {
    const provider = fakeProvider(() => Response.json({ error: 'enough' }));
    const options = { id: 'p/m', model: 'm', apiKey: key, baseUrl: 'http://provider.test/v1', maxRetryDelayMs: 0 };
    await faultOf(
      createModel(protocol, { ...options, fetch: provider.fetch, ...more }).reply(request({ tools }), unaborted()),
    );
    return provider.asked[0]?.body.tool_choice;
  };
  const forced = { quirks: { forcesTools: true } };

  test.each<[Protocol, unknown]>([
    ['openai-chat', 'required'],
    ['openai-responses', 'required'],
    ['anthropic', { type: 'any' }],
  ])('a call of it is forced over %s, and of none among several', async (protocol, choice) => {
    expect(await choiceOf(protocol, [tool], forced)).toEqual(choice);
    expect(await choiceOf(protocol, [tool, { ...tool, name: 'list' }], forced)).toBeUndefined();
    expect(await choiceOf(protocol, [], forced)).toBeUndefined();
  });

  test('nothing is forced where the server is not known to take that, nor where Anthropic’s model thinks', async () => {
    expect(await choiceOf('openai-chat', [tool], { quirks: { forcesTools: false } })).toBeUndefined();
    expect(await choiceOf('anthropic', [tool], { parameters: { effort: 'high' } })).toBeUndefined();
  });
});

describe('what only some models of a provider need', () => {
  test.each<[ProviderName, string, Partial<Quirks>]>([
    ['openrouter', 'anthropic/claude-opus-5.5', { cacheMarks: true }],
    ['openrouter', 'openai/gpt-6-sol', { cacheMarks: false }],
    ['vllm', 'google/gemma-2-27b-it', { system: 'first-message' }],
    ['vllm', 'google/gemma-3-27b-it', { system: 'system' }],
    ['vllm', 'meta-llama/Meta-Llama-3-8B-Instruct', { parallelCalls: false }],
    ['vllm', 'meta-llama/Llama-3.1-405B-Instruct-FP8', { parallelCalls: false }],
    ['vllm', 'NousResearch/Hermes-3-Llama-3.1-8B', { parallelCalls: true }],
    ['vllm', 'deepseek-ai/DeepSeek-R1-Distill-Llama-3.3-70B-Instruct', { parallelCalls: true }],
    ['vllm', 'meta-llama/Llama-3.3-70B-Instruct', { parallelCalls: false }],
    ['vllm', 'meta-llama/Llama-4-Maverick', { parallelCalls: true }],
    ['ollama', 'gemma-2-27b-it', { system: 'system' }],
    ['gemini', 'gemma-3-27b-it', { system: 'first-message' }],
    ['gemini', 'gemini-3.8-flash', { system: 'system' }],
  ])('%s/%s: %j', (provider, model, quirks) => {
    const row = providerOf(provider);

    expect(quirksFor(row, model)).toEqual({ ...row.quirks, ...quirks });
  });
});

test.each([
  ['stream_options', 'Unrecognized request argument supplied: stream_options'],
  ['parallel_tool_calls', "property 'parallel_tool_calls' is unsupported"],
  ['prompt_cache_key', 'extra fields not permitted: prompt_cache_key'],
])('%s is left out from then on where it is refused', async (parameter, message) => {
  const provider = fakeProvider(({ body }) =>
    parameter in body ? Response.json({ error: { message } }, { status: 422 }) : fine(),
  );
  const model = createModel('openai-chat', {
    id: 'p/m',
    model: 'm',
    apiKey: key,
    baseUrl: 'http://provider.test/v1',
    quirks: { parallelCalls: false, cacheKey: true },
    fetch: provider.fetch,
  });

  await model.reply(request({ tools: [tool] }), unaborted());
  await model.reply(request({ tools: [tool] }), unaborted());

  expect(provider.asked.map(({ body }) => parameter in body)).toEqual([true, false, false]);
  expect(provider.asked.every(({ body }) => body.stream === true)).toBe(true);
});

describe("OpenAI's two ways to be asked", () => {
  test.each([
    ['gpt-4o-mini', 'chat'],
    ['gpt-4.1', 'chat'],
    ['gpt-3.5-turbo', 'chat'],
    ['chatgpt-4o-latest', 'chat'],
    ['gpt-5-chat-latest', 'chat'],
    ['ft:gpt-4o-mini:org::id', 'chat'],
    ['o1-mini', 'chat'],
    ['o4-mini', 'responses'],
    ['gpt-5.4', 'responses'],
    ['gpt-6-sol', 'responses'],
    ['gpt-9-brand-new', 'responses'],
    ['codex-mini-latest', 'responses'],
  ])('%s is asked over %s', (model, api) => {
    expect(apiOf(model)).toBe(api);
  });

  const at = (url: string) => (url.endsWith('/responses') ? 'responses' : 'chat');
  const answers = { chat: openAiWire, responses: responsesWire };

  test.each([
    ['gpt-4o', 400, 'This model is only supported in v1/responses and not in v1/chat/completions.', 'responses'],
    ['gpt-6-sol', 404, 'Not Found', 'chat'],
    ['gpt-6-sol', 400, "The requested model 'm' cannot be used with the Responses API; use Chat Completions.", 'chat'],
  ] as const)('%s, refused with %i "%s", is asked over %s from then on', async (model, status, message, api) => {
    const provider = fakeProvider(({ url }) =>
      at(url) === api
        ? new Response(streamedReply(answers[api], { text: 'done' }), {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json({ error: { message } }, { status }),
    );
    const either = createModel('openai', { id: 'p/m', model, apiKey: key, fetch: provider.fetch });

    const reply = await either.reply(request(), unaborted());
    await either.reply(request(), unaborted());

    const other = api === 'chat' ? 'responses' : 'chat';
    expect(reply.text).toBe('done');
    expect(provider.asked.map(({ url }) => at(url))).toEqual([other, api, api]);
  });

  test('a model that OpenAI does not know is not looked for at the other', async () => {
    const message = 'The model `gpt-6-sun` does not exist or you do not have access to it.';
    const provider = fakeProvider(() =>
      Response.json({ error: { message, code: 'model_not_found' } }, { status: 404 }),
    );
    const either = createModel('openai', { id: 'p/m', model: 'gpt-6-sun', apiKey: key, fetch: provider.fetch });

    const error = await faultOf(either.reply(request(), unaborted()));

    expect(error).toMatchObject({ status: 404 });
    expect(provider.asked).toHaveLength(1);
  });
});
