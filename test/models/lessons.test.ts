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
