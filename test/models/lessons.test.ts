import { beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../src/domain/conversation.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { createRosters } from '../../src/models/rosters.ts';
import type { ModelRequest } from '../../src/ports/model.ts';
import { type FakeProvider, fakeProvider } from './fake-provider.ts';
import {
  anthropicWire,
  faultOf,
  key,
  openAiWire,
  request,
  responsesWire,
  streamedReply,
  unaborted,
  type Wire,
  wires,
} from './wires.ts';

const host = 'http://provider.test';
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
});

type Body = Readonly<Record<string, unknown>>;
interface Refused {
  readonly status?: number;
  readonly body: object;
}

/** Refuses as often as `refuses` says so, and answers what it takes, as a stream or in one piece. */
const serve = (wire: Wire, isStreamed: boolean, refuses: (body: Body) => Refused | null): FakeProvider =>
  fakeProvider(({ body }) => {
    const refused = refuses(body);
    if (refused !== null) return Response.json(refused.body, { status: refused.status ?? 400 });
    return isStreamed
      ? new Response(streamedReply(wire, { text: 'done' }), { headers: { 'content-type': 'text/event-stream' } })
      : Response.json(wire.reply({ text: 'done' }));
  });

const create = (wire: Wire, provider: FakeProvider, more: Partial<ModelOptions> = {}) =>
  wire.create({
    id: 'p/m',
    model: 'm',
    apiKey: key,
    baseUrl: `${host}${wire.basePath}`,
    maxRetryDelayMs: 0,
    fetch: provider.fetch,
    warn: (text) => void warnings.push(text),
    ...more,
  });

const tool = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
const other = { ...tool, name: 'list' };

const twoCalls: Message[] = [
  { from: 'user', text: 'fix it' },
  { from: 'model', text: '', toolCalls: ['x', 'y'].map((id) => ({ id, name: 'read', argumentsJson: '{}' })) },
  { from: 'tools', results: ['x', 'y'].map((callId) => ({ callId, output: `of ${callId}`, isError: false })) },
];

interface Case {
  readonly name: string;
  readonly wire: Wire;
  readonly said: Refused;
  readonly options?: Partial<ModelOptions>;
  readonly request?: Partial<ModelRequest>;
  /** Whether a body holds what this server refuses. */
  readonly holds: (body: Body) => boolean;
  readonly told: string;
}

const errorOf = (message: string, param: string | null = null) => ({
  error: { message, type: 'invalid_request_error', param, code: 'unsupported_parameter' },
});
const anthropicError = (message: string) => ({ type: 'error', error: { type: 'invalid_request_error', message } });
const holds = (name: string) => (body: Body) => name in body;
const hasSystem = ({ messages }: Body) => (messages as { role: string }[]).some(({ role }) => role === 'system');
const hasTwoCalls = (body: Body) => /"tool_calls":\[\{[^\]]*\},\{/.test(JSON.stringify(body.messages));
const temperature = { parameters: { temperature: 0.2 } };

const cases: readonly Case[] = [
  {
    name: 'the old name of the output limit',
    wire: openAiWire,
    said: {
      body: errorOf(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'max_tokens',
      ),
    },
    options: { quirks: { outputLimit: 'max_tokens' } },
    holds: holds('max_tokens'),
    told: 'is told its output limit as max_completion_tokens from now on',
  },
  {
    name: 'the system role, at the template of Gemma 2 behind vLLM',
    wire: openAiWire,
    said: { body: { object: 'error', message: 'System role not supported', type: 'BadRequestError', code: 400 } },
    holds: hasSystem,
    told: 'knows no system role; its text stands in the first message from now on',
  },
  {
    name: 'the system role, at the template of Gemma 2 behind llama.cpp',
    wire: openAiWire,
    said: {
      status: 500,
      body: { error: { code: 500, message: 'Jinja Exception: System role not supported', type: 'server_error' } },
    },
    holds: hasSystem,
    told: 'knows no system role; its text stands in the first message from now on',
  },
  {
    name: 'the system role, at Gemini',
    wire: openAiWire,
    said: {
      body: [{ error: { code: 400, message: 'Developer instruction is not enabled for models/gemma-3-27b-it' } }],
    },
    holds: hasSystem,
    told: 'knows no system role; its text stands in the first message from now on',
  },
  {
    name: 'the system role, at OpenAI',
    wire: openAiWire,
    said: {
      body: errorOf(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        'messages[0].role',
      ),
    },
    holds: hasSystem,
    told: 'knows no system role; its text stands in the first message from now on',
  },
  {
    name: 'several calls in one turn, at the template of Llama 3',
    wire: openAiWire,
    said: { status: 500, body: errorOf('This model only supports single tool-calls at once!') },
    request: { messages: twoCalls, tools: [tool, other] },
    holds: hasTwoCalls,
    told: 'calls one tool at a time; conversations are told that way from now on',
  },
  {
    name: 'parallel_tool_calls, at Mistral, which says it on the outermost level',
    wire: openAiWire,
    said: {
      status: 422,
      body: {
        object: 'error',
        message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'parallel_tool_calls'], msg: 'Extra inputs' }] },
        type: 'invalid_request_error',
      },
    },
    options: { quirks: { parallelCalls: false } },
    request: { tools: [tool, other] },
    holds: holds('parallel_tool_calls'),
    told: 'takes no parallel_tool_calls; it is left out from now on',
  },
  {
    name: 'stream_options, at a child of FastAPI',
    wire: openAiWire,
    said: { status: 422, body: { detail: [{ loc: ['body', 'stream_options'], msg: 'extra fields not permitted' }] } },
    holds: holds('stream_options'),
    told: 'takes no stream_options; it is left out from now on',
  },
  ...wires.map((wire) => ({
    name: `the temperature, over ${wire.name}`,
    wire,
    said: {
      body:
        wire.name === 'anthropic'
          ? anthropicError('`temperature` is deprecated for this model.')
          : errorOf("Unsupported value: 'temperature' does not support 0.2 with this model.", 'temperature'),
    },
    options: temperature,
    holds: holds('temperature'),
    told: 'takes no temperature; it is left out from now on',
  })),
  {
    name: 'a forced call, at a model of Anthropic that thinks, which OpenRouter quotes',
    wire: openAiWire,
    said: {
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: {
            provider_name: 'Anthropic',
            raw: JSON.stringify(anthropicError('Thinking may not be enabled when tool_choice forces tool use.')),
          },
        },
      },
    },
    options: { quirks: { forcesTools: true } },
    request: { tools: [tool] },
    holds: holds('tool_choice'),
    told: 'takes no tool_choice; it is left out from now on',
  },
  {
    name: 'a forced call that none of the endpoints behind OpenRouter takes',
    wire: openAiWire,
    said: {
      status: 404,
      body: {
        error: {
          message:
            "No endpoints found that support the provided 'tool_choice' value. To learn more about provider routing, " +
            'visit: https://openrouter.ai/docs/provider-routing',
          code: 404,
        },
      },
    },
    options: { quirks: { forcesTools: true } },
    request: { tools: [tool] },
    holds: holds('tool_choice'),
    told: 'takes no tool_choice; it is left out from now on',
  },
  {
    name: 'a forced call, at Anthropic',
    wire: anthropicWire,
    said: { body: anthropicError('Thinking may not be enabled when tool_choice forces tool use.') },
    request: { tools: [tool] },
    holds: holds('tool_choice'),
    told: 'takes no tool_choice; it is left out from now on',
  },
  {
    name: 'a forced call, at DeepSeek',
    wire: openAiWire,
    said: { body: errorOf('Thinking mode does not support this tool_choice') },
    options: { quirks: { forcesTools: true } },
    request: { tools: [tool] },
    holds: holds('tool_choice'),
    told: 'takes no tool_choice; it is left out from now on',
  },
  {
    name: 'a forced call, over Responses',
    wire: responsesWire,
    said: { body: errorOf("Unsupported parameter: 'tool_choice' is not supported with this model.", 'tool_choice') },
    options: { quirks: { forcesTools: true } },
    request: { tools: [tool] },
    holds: holds('tool_choice'),
    told: 'takes no tool_choice; it is left out from now on',
  },
  {
    name: 'marks for the cache, at OpenRouter',
    wire: openAiWire,
    said: { body: errorOf('messages.0.content.0.cache_control: Extra inputs are not permitted') },
    options: { quirks: { cacheMarks: true } },
    holds: ({ messages }) => JSON.stringify(messages).includes('cache_control'),
    told: 'takes no cache_control; it is left out from now on',
  },
  {
    name: 'marks for the cache, at a server that speaks Messages',
    wire: anthropicWire,
    said: { body: anthropicError('system.0.cache_control: Extra inputs are not permitted') },
    holds: (body) => JSON.stringify(body).includes('cache_control'),
    told: 'takes no cache_control; it is left out from now on',
  },
];

describe.each([
  ['in one piece', false],
  ['as a stream', true],
])('what a refusal names, where answers come %s', (_form, isStreamed) => {
  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: is asked again without, goes right from then on, and is told once',
    async (_name, { wire, said, options, request: asked, holds: isRefused, told }) => {
      const provider = serve(wire, isStreamed, (body) => (isRefused(body) ? said : null));
      const model = create(wire, provider, options);

      const first = await model.reply(request(asked), unaborted());
      const afterFirst = provider.asked.length;
      const second = await model.reply(request(asked), unaborted());

      expect([first.text, second.text]).toEqual(['done', 'done']);
      expect(afterFirst).toBe(2);
      expect(provider.asked.map(({ body }) => isRefused(body))).toEqual([true, false, false]);
      expect(warnings).toEqual([`p/m: ${told}`]);
    },
  );
});

test.each(wires)('a server over $name that refuses whatever it is asked is not asked for ever', async (wire) => {
  const all =
    'temperature, effort, thinking, reasoning, stream, stream_options, tool_choice, parallel_tool_calls, cache_control, ' +
    'max_tokens, max_completion_tokens, prompt_cache_key, store, include, phase, System role not supported';
  const provider = serve(wire, false, () => ({ body: wire.name === 'anthropic' ? anthropicError(all) : errorOf(all) }));
  const model = create(wire, provider, {
    parameters: { effort: 'max', temperature: 0.2 },
    quirks: { cacheMarks: true },
  });

  const error = await faultOf(model.reply(request({ tools: [tool] }), unaborted()));

  expect(error).toMatchObject({ fault: 'rejected', status: 400 });
  expect(provider.asked.length).toBeLessThanOrEqual(12);
});

test('a refusal that names nothing of ours changes nothing', async () => {
  const provider = serve(openAiWire, false, () => ({ body: errorOf('tools.0.function.name is too long') }));

  const error = await faultOf(create(openAiWire, provider, temperature).reply(request({ tools: [tool] }), unaborted()));

  expect(error).toMatchObject({ fault: 'rejected' });
  expect(provider.asked).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test.each([
  ['a model that is not there', 'No endpoints found for nobody/tool_choice.'],
  ['tools at all', 'No endpoints found that support tool use.'],
])('a 404 of OpenRouter about %s is not asked around', async (_name, message) => {
  const provider = serve(openAiWire, false, () => ({ status: 404, body: { error: { message, code: 404 } } }));
  const model = create(openAiWire, provider, { quirks: { forcesTools: true } });

  const error = await faultOf(model.reply(request({ tools: [tool] }), unaborted()));

  expect(error).toMatchObject({ fault: 'unknown-model', status: 404 });
  expect(provider.asked).toHaveLength(1);
});

const mostTold = (body: Body) => body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens;

test.each([
  ['a status', { message: 'max_tokens is wrong for this model', code: 4000 }],
  ['an echo of the request', { message: 'max_tokens is wrong', input: { max_tokens: 9000, tools: 2000 } }],
  ['a number of nothing', { message: 'max_tokens is not welcome; request 12345 was refused' }],
  ['a limit that leaves no room for a reply', { message: 'max_tokens: 64000 > 600, which is the maximum' }],
])('%s in what a gateway quotes is no output limit', async (_name, raw) => {
  const said = { error: { message: 'Provider returned error', code: 400, metadata: { raw: JSON.stringify(raw) } } };
  const provider = serve(openAiWire, false, ({ model }) => (model === 'm' ? { body: said } : null));

  const error = await faultOf(create(openAiWire, provider).reply(request({ maxOutputTokens: 64_000 }), unaborted()));

  expect(error).toMatchObject({ fault: 'rejected' });
  expect(new Set(provider.asked.map(({ body }) => mostTold(body)))).toEqual(new Set([64_000]));
});

test.each([
  '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than 131072',
  "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 8192, but got 64000 instead.",
  'max_tokens cannot exceed 8192',
  'max_tokens (64000) is above the limit of 8192 tokens',
  'Range of max_tokens should be [1, 8192]',
])('an output limit is read where a gateway quotes it: %s', async (message) => {
  const raw = JSON.stringify({ status: 4000, error: { message, code: 1400 } });
  const said = { error: { message: 'Provider returned error', code: 400, metadata: { raw } } };
  const provider = serve(openAiWire, false, (body) => (Number(mostTold(body)) > 8192 ? { body: said } : null));

  await create(openAiWire, provider).reply(request({ maxOutputTokens: 64_000 }), unaborted());

  expect(provider.asked.map(({ body }) => mostTold(body))).toEqual([64_000, 8192]);
});

describe.each([
  {
    wire: anthropicWire,
    part: { type: 'thinking', thinking: 'hm', signature: 'sealed-by-a-key' },
    stale: anthropicError('messages.1.content.0: Invalid `signature` in `thinking` block'),
    unknown: anthropicError('messages.1.content.0.thinking: Extra inputs are not permitted'),
  },
  {
    wire: responsesWire,
    part: { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed-by-a-key' },
    stale: errorOf('The encrypted content seal...key could not be verified.'),
    unknown: errorOf("Unknown parameter: 'input[1].encrypted_content'.", 'input[1].encrypted_content'),
  },
  {
    wire: openAiWire,
    part: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'sealed-by-a-key' }] },
    stale: errorOf('Invalid signature in reasoning_details'),
    unknown: errorOf('messages.1.reasoning_details: Extra inputs are not permitted'),
  },
])('reasoning of earlier turns over $wire.name', ({ wire, part, stale, unknown }) => {
  const asked = (reasoning: object) =>
    request({
      messages: [
        { from: 'user', text: 'fix it' },
        { from: 'model', text: 'look', toolCalls: [], reasoning: { modelId: 'p/m', parts: [reasoning] } },
        { from: 'user', text: 'go on' },
      ],
    });
  const fresh = JSON.parse(JSON.stringify(part).replace('sealed-by-a-key', 'sealed-by-this-key')) as object;
  const sealIn = (body: Body) => /sealed-by-(a|this)-key/.exec(JSON.stringify(body))?.[1] ?? 'none';
  const back = { quirks: { reasoningBack: 'reasoning_details' } } as const;

  test('that is stale in one conversation is left out there, and goes on with the others', async () => {
    const provider = serve(wire, false, (body) => (sealIn(body) === 'a' ? { body: stale } : null));
    const model = create(wire, provider, back);

    await model.reply(asked(part), unaborted());
    await model.reply(asked(fresh), unaborted());

    expect(provider.asked.map(({ body }) => sealIn(body))).toEqual(['a', 'none', 'this']);
    expect(warnings).toEqual([
      'p/m: refused the reasoning of earlier turns in a conversation, which went on without it',
    ]);
  });

  test('that the server does not know is left out from then on', async () => {
    const provider = serve(wire, false, (body) => (sealIn(body) === 'none' ? null : { body: unknown }));
    const model = create(wire, provider, back);

    await model.reply(asked(part), unaborted());
    await model.reply(asked(fresh), unaborted());

    expect(provider.asked.map(({ body }) => sealIn(body))).toEqual(['a', 'none', 'none']);
    expect(warnings).toEqual(['p/m: takes no reasoning of earlier turns; it is left out from now on']);
  });
});

test('what two calls learn at the same time is known after both', async () => {
  const asked: Body[] = [];
  const both = Promise.withResolvers<void>();
  const ask: typeof fetch = async (_url, init) => {
    const body = JSON.parse(String(init?.body)) as Body;
    asked.push(body);
    if (asked.length === 2) both.resolve();
    await both.promise;
    if ('tool_choice' in body) return Response.json(errorOf('no tool_choice', 'tool_choice'), { status: 400 });
    if (!('tools' in body) && 'temperature' in body)
      return Response.json(errorOf('no temperature', 'temperature'), { status: 400 });
    return Response.json(openAiWire.reply({ text: 'done' }));
  };
  const model = create(openAiWire, { fetch: ask, asked: [] }, { ...temperature, quirks: { forcesTools: true } });
  const withTool = request({ tools: [tool] });

  await Promise.all([model.reply(withTool, unaborted()), model.reply(request(), unaborted())]);
  await model.reply(withTool, unaborted());

  expect(asked).toHaveLength(5);
  expect(asked[4]).not.toHaveProperty('tool_choice');
  expect(asked[4]).not.toHaveProperty('temperature');
});

test('of a list of problems only the places and what is said are read, not what the repository says', async () => {
  const input = { messages: 'temperature and store, said a file of the repository' };
  const detail = [{ type: 'missing', loc: ['body', 'messages', 0, 'name'], msg: 'Field required', input }];
  const vllm = `[{'type': 'missing', 'loc': ('body', 'messages', 0), 'msg': 'Field required', 'input': {'a': 'temperature'}}]`;
  const bodies = [
    { detail },
    { object: 'error', message: { detail } },
    { object: 'error', message: vllm },
    errorOf(vllm),
  ];
  for (const body of bodies) {
    const provider = serve(openAiWire, false, () => ({ status: 422, body }));

    const error = await faultOf(create(openAiWire, provider, temperature).reply(request(), unaborted()));

    expect(provider.asked).toHaveLength(1);
    expect(error).toMatchObject({ message: expect.stringMatching(/messages.*Field required/) });
    expect(error).not.toMatchObject({ message: expect.stringContaining('temperature') });
  }
});

test('what a model taught one repository’s roster, the next one’s knows', async () => {
  const provider = fakeProvider(({ body }) =>
    'temperature' in body
      ? Response.json(errorOf('`temperature` is not supported', 'temperature'), { status: 400 })
      : Response.json(openAiWire.reply({ text: 'done' })),
  );
  const rosterOf = createRosters({
    host: { providers: { xai: { apiKey: key } } },
    requests: { fetch: provider.fetch, warn: (text) => void warnings.push(text) },
  });
  const choice = { model: 'xai/grok-4.6', temperature: 0.2 };

  await rosterOf({ coder: [choice] })
    .modelFor('coder')
    .reply(request(), unaborted());
  await rosterOf({ coder: [choice], fast: [{ model: 'xai/grok-4.3' }] })
    .modelFor('coder')
    .reply(request(), unaborted());

  expect(provider.asked.map(({ body }) => 'temperature' in body)).toEqual([true, false, false]);
  expect(warnings).toHaveLength(1);
});
