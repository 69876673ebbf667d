import { beforeEach, describe, expect, test } from 'vitest';
import type { Effort, ModelParameters } from '../../src/domain/conversation.ts';
import { createAnthropicModel } from '../../src/models/anthropic-model.ts';
import type { createModel } from '../../src/models/create-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { createOpenAiModel } from '../../src/models/openai-model.ts';
import type { Quirks } from '../../src/models/quirks.ts';
import { createResponsesModel } from '../../src/models/responses-model.ts';
import {
  anthropicWire,
  faultOf,
  key,
  openAiWire,
  request,
  responsesWire,
  unaborted,
  type Wire,
  wires,
} from './wires.ts';

const host = 'http://provider.test';
const sent: Record<string, unknown>[] = [];
const warnings: string[] = [];

beforeEach(() => {
  sent.length = 0;
  warnings.length = 0;
});

type Refuses = (body: Record<string, unknown>) => { param?: string; message: string } | null;
let provider: (body: Record<string, unknown>) => Response;

/** Answers as often as it is asked: with a refusal where a body holds what `refuses` says, fine otherwise. */
function answer(wire: Wire, refuses: Refuses = () => null): void {
  provider = (body) => {
    const refusal = refuses(body);
    if (refusal === null) return Response.json(wire.reply({ text: 'done' }));
    const { message, param } = refusal;
    const said =
      wire.name === 'anthropic'
        ? { type: 'error', error: { type: 'invalid_request_error', message } }
        : { error: { message, type: 'invalid_request_error', param: param ?? null, code: null } };
    return Response.json(said, { status: 400 });
  };
}

const fetchFake: typeof fetch = (_url, init) => {
  const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
  sent.push(body);
  return Promise.resolve(provider(body));
};

const optionsOf = (parameters: ModelParameters, more: Partial<ModelOptions> = {}) => ({
  id: 'p/m',
  model: 'm',
  apiKey: key,
  baseUrl: `${host}/v1`,
  maxRetryDelayMs: 0,
  fetch: fetchFake,
  parameters,
  warn: (text: string) => void warnings.push(text),
  ...more,
});

const ask = async (model: ReturnType<typeof createModel>) => model.reply(request(), unaborted());

describe.each(wires)('over the $name wire', (wire) => {
  const create = (parameters: ModelParameters) =>
    wire.create({ ...optionsOf(parameters), baseUrl: `${host}${wire.basePath}` });

  test('the temperature is told, and left out with one warning where it is refused', async () => {
    answer(wire, (body) =>
      'temperature' in body ? { param: 'temperature', message: '`temperature` is deprecated for this model.' } : null,
    );
    const model = create({ temperature: 0.2 });

    await ask(model);
    await ask(model);

    expect(sent.map((body) => body.temperature)).toEqual([0.2, undefined, undefined]);
    expect(warnings).toEqual(['p/m: takes no temperature; it is left out from now on']);
  });

  test('the output is bounded by the parameter where it is less than the conversation allows', async () => {
    answer(wire);

    await ask(create({ maxOutputTokens: 500 }));
    await ask(create({ maxOutputTokens: 5_000 }));

    const told = sent.map((body) => body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens);
    expect(told).toEqual([500, 1000]);
  });

  test.each([
    ['max_tokens: 4000 > 2000, which is the maximum allowed number of output tokens for m-0613'],
    ['max_tokens is too large: 4000. This model supports at most 2000 completion tokens, whereas you provided 4000.'],
    ['Invalid max_output_tokens value, the valid range of max_tokens is [1, 2000]'],
  ])('a model that cannot write as much says how much, and is asked for that from then on: %s', async (message) => {
    const asked = (body: Record<string, unknown>) =>
      Number(body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens);
    answer(wire, (body) => (asked(body) > 2000 ? { message } : null));
    const model = create({});

    await model.reply(request({ maxOutputTokens: 4000 }), unaborted());
    await model.reply(request({ maxOutputTokens: 4000 }), unaborted());

    expect(sent.map(asked)).toEqual([4000, 2000, 2000]);
  });

  test.each([
    [
      "'max_tokens' is too large: 4000. This model's maximum context length is 8000 tokens and your request has 6000 input tokens (4000 > 8000 - 6000).",
    ],
    ['input length and `max_tokens` exceed context limit: 6000 + 4000 > 8000, decrease input length or `max_tokens`'],
  ])(
    'a conversation that leaves less room gets a shorter reply, and the next one is asked as before: %s',
    async (message) => {
      const asked = (body: Record<string, unknown>) =>
        Number(body.max_tokens ?? body.max_completion_tokens ?? body.max_output_tokens);
      answer(wire, (body) => (asked(body) === 4000 ? { message } : null));
      const model = create({});

      await model.reply(request({ maxOutputTokens: 4000 }), unaborted());
      await model.reply(request({ maxOutputTokens: 3000 }), unaborted());

      expect(sent.map(asked)).toEqual([4000, 2000, 3000]);
    },
  );

  test('a conversation that leaves hardly any room is too long', async () => {
    answer(wire, () => ({
      message: "This model's maximum context length is 8000 tokens and your request has 7900 input tokens; max_tokens",
    }));

    const error = await faultOf(create({}).reply(request({ maxOutputTokens: 4000 }), unaborted()));

    expect(error).toMatchObject({ fault: 'too-long' });
    expect(sent).toHaveLength(1);
  });

  test('an effort that is refused in every form is left out with one warning', async () => {
    answer(wire, (body) => {
      const isTold = ['thinking', 'output_config', 'reasoning', 'reasoning_effort'].some((name) => name in body);
      return isTold
        ? { param: 'reasoning_effort', message: 'thinking, effort and reasoning are unknown to this model' }
        : null;
    });
    const model = create({ effort: 'max' });

    await ask(model);
    const before = sent.length;
    await ask(model);

    expect(before).toBeGreaterThan(1);
    expect(sent).toHaveLength(before + 1);
    expect(warnings).toEqual(['p/m: takes no effort; it is left out from now on']);
  });

  test('a refusal of something else is the fault that it was', async () => {
    answer(wire, () => ({ message: 'the conversation is wrong' }));

    const error = await faultOf(ask(create({ temperature: 0.2, effort: 'low' })));

    expect(error).toMatchObject({ status: 400 });
    expect(sent).toHaveLength(1);
  });
});

describe('the effort of an Anthropic model', () => {
  test.each<[string, Effort, object]>([
    ['claude-opus-5-5', 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-sonnet-4-6', 'low', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['claude-brand-new', 'max', { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }],
    ['claude-haiku-4-5-20251001', 'high', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['claude-3-7-sonnet-latest', 'low', { thinking: { type: 'enabled', budget_tokens: 2_048 } }],
    ['claude-haiku-4-5', 'none', { thinking: { type: 'disabled' } }],
    ['claude-opus-5-5', 'none', { thinking: { type: 'disabled' } }],
  ])('%s thinks %s by %j', async (name, effort, told) => {
    answer(anthropicWire);
    const model = createAnthropicModel(optionsOf({ effort }, { model: name, baseUrl: host }));

    await model.reply(request({ maxOutputTokens: 40_000 }), unaborted());

    expect(sent[0]).toMatchObject(told);
  });

  test('a budget leaves room for the answer, and is not told where there is none', async () => {
    answer(anthropicWire);
    const options = optionsOf({ effort: 'high' }, { model: 'claude-haiku-4-5', baseUrl: host });

    await createAnthropicModel(options).reply(request({ maxOutputTokens: 4_000 }), unaborted());

    expect(sent[0]?.thinking).toEqual({ type: 'enabled', budget_tokens: 2_976 });
  });

  test('beside an effort no temperature is told, which is said once', async () => {
    answer(anthropicWire);
    const model = createAnthropicModel(optionsOf({ effort: 'high', temperature: 0.1 }, { baseUrl: host }));

    await ask(model);

    expect(sent[0]).not.toHaveProperty('temperature');
    expect(warnings).toEqual(['p/m: a model that thinks takes no temperature; it is left out']);
  });

  test('by a budget a model that goes on with the calls of another does not think', async () => {
    answer(anthropicWire);
    const options = optionsOf(
      { effort: 'high' },
      { id: 'anthropic/claude-haiku-4-5', model: 'claude-haiku-4-5', baseUrl: host },
    );
    const turn = (modelId: string) => [
      {
        from: 'model' as const,
        text: '',
        toolCalls: [{ id: 'a', name: 'read', argumentsJson: '{}' }],
        reasoning: { modelId, parts: [{ type: 'thinking', thinking: 'hm', signature: 's' }] },
      },
      { from: 'tools' as const, results: [{ callId: 'a', output: 'text', isError: false }] },
    ];
    const model = createAnthropicModel(options);

    for (const modelId of ['openai/gpt-6-sol', 'anthropic/claude-haiku-4-5']) {
      await model.reply(
        request({ maxOutputTokens: 40_000, messages: [{ from: 'user', text: 'go' }, ...turn(modelId)] }),
        unaborted(),
      );
    }

    expect(sent.map((body) => 'thinking' in body)).toEqual([false, true]);
  });
});

describe('the effort over Chat Completions', () => {
  test.each<[Partial<Quirks>, Effort, object]>([
    [{}, 'high', { reasoning_effort: 'high' }],
    [{}, 'none', { reasoning_effort: 'none' }],
    [{}, 'max', { reasoning_effort: 'high' }],
    [{ effortWords: {} }, 'max', { reasoning_effort: 'max' }],
    [{ effort: 'reasoning' }, 'low', { reasoning: { effort: 'low' } }],
    [{ effort: 'thinking' }, 'high', { thinking: { type: 'enabled' }, reasoning_effort: 'high' }],
    [{ effort: 'thinking' }, 'none', { thinking: { type: 'disabled' } }],
    [{ effort: 'template' }, 'medium', { chat_template_kwargs: { enable_thinking: true } }],
    [{ effort: 'template' }, 'none', { chat_template_kwargs: { enable_thinking: false } }],
  ])('with the quirks %j, %s is told as %j', async (quirks, effort, told) => {
    answer(openAiWire);

    await ask(createOpenAiModel(optionsOf({ effort }, { quirks })));

    expect(sent[0]).toMatchObject(told);
  });

  test.each<[string, Partial<Quirks>]>([
    ['untold', { effort: 'untold' }],
    ['without a word for it', { effortWords: { low: null } }],
  ])('nothing is told where it is %s', async (_name, quirks) => {
    answer(openAiWire);

    await ask(createOpenAiModel(optionsOf({ effort: 'low' }, { quirks })));

    expect(Object.keys(sent[0] ?? {}).toSorted()).toEqual([
      'max_completion_tokens',
      'messages',
      'model',
      'stream',
      'stream_options',
    ]);
  });

  test('a word that is refused gives way to the next', async () => {
    answer(openAiWire, ({ reasoning_effort: word }) =>
      word === 'max' || word === 'xhigh'
        ? { param: 'reasoning_effort', message: `Unsupported value: '${word}'` }
        : null,
    );

    await ask(createOpenAiModel(optionsOf({ effort: 'max' }, { quirks: { effortWords: {} } })));

    expect(sent.map((body) => body.reasoning_effort)).toEqual(['max', 'xhigh', 'high']);
    expect(warnings).toEqual([]);
  });
});

test('over Responses nothing is kept at OpenAI, reasoning comes encrypted, and the effort has its place', async () => {
  answer(responsesWire);
  const tool = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };
  const model = createResponsesModel(optionsOf({ effort: 'high' }, { quirks: { cacheKey: true, effortWords: {} } }));

  await model.reply(
    request({
      tools: [tool],
      messages: [
        { from: 'user', text: 'fix it' },
        { from: 'model', text: 'look', toolCalls: [{ id: 'x', name: 'read', argumentsJson: '{"torn' }] },
        { from: 'tools', results: [{ callId: 'x', output: 'no JSON', isError: true }] },
      ],
    }),
    unaborted(),
  );

  expect(sent).toEqual([
    {
      model: 'm',
      instructions: 'role: coder',
      input: [
        { role: 'user', content: 'fix it' },
        { role: 'assistant', content: 'look' },
        { type: 'function_call', call_id: 'call-1-0', name: 'read', arguments: '{"torn' },
        { type: 'function_call_output', call_id: 'call-1-0', output: 'error: no JSON' },
      ],
      prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
      max_output_tokens: 1000,
      store: false,
      include: ['reasoning.encrypted_content'],
      tools: [{ type: 'function', ...tool, strict: false }],
      reasoning: { effort: 'high' },
      stream: true,
    },
  ]);
});

test('a model that does not reason is not asked for encrypted reasoning again', async () => {
  answer(responsesWire, (body) =>
    'include' in body ? { param: 'include', message: 'Encrypted content is not supported with this model.' } : null,
  );
  const model = createResponsesModel(optionsOf({}));

  await ask(model);
  await ask(model);

  expect(sent.map((body) => 'include' in body)).toEqual([true, false, false]);
});
