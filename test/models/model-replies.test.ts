import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelReplyError } from '../../src/domain/faults.ts';
import { faultOf, key, request, unaborted, wires } from './wires.ts';

const host = 'http://provider.test';

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe.each(wires)('a reply over the $name wire', (wire) => {
  const baseUrl = `${host}${wire.basePath}`;
  const model = wire.create({ id: `${wire.name}/m`, model: 'm', apiKey: key, baseUrl, maxRetryDelayMs: 0 });
  const interceptor = () => nock(host).post(wire.path);
  const fine = wire.reply({ text: 'done' });

  test('an error sent with status 200 is a fault of the provider', async () => {
    interceptor().reply(200, wire.error('upstream is overloaded'));

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toMatchObject({ name: 'ProviderError', fault: 'overloaded', isRetryable: true });
  });

  test.each([
    ['an empty text', wire.reply({ text: '' })],
    ['nothing', wire.reply({})],
    ['an empty list', { choices: [], content: [], output: [] }],
    ['no list', {}],
    ['null', null],
    ['nonsense', { choices: [{ message: 7 }], content: [{ type: 'text' }], output: [{ type: 'message' }] }],
  ])('%s is no reply', async (_name, body) => {
    interceptor().reply(200, JSON.stringify(body));

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ModelReplyError);
    expect(error).toMatchObject({ modelId: `${wire.name}/m` });
  });

  test('a page instead of JSON is no reply', async () => {
    interceptor().reply(200, '<html>sign in</html>', { 'content-type': 'text/html' });

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ModelReplyError);
  });

  const long = 'a thought about '.repeat(2_500);
  const silent = {
    choices: [{ message: { content: '', reasoning_content: long } }],
    content: [{ type: 'thinking', thinking: long, signature: '' }],
    output: [{ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: long }] }],
  };

  test.each([
    ['is no JSON', () => interceptor().reply(200, long)],
    ['has thoughts and nothing said', () => interceptor().reply(200, JSON.stringify(silent))],
    ['is nothing but long', () => interceptor().reply(200, `"${'a'.repeat(2_500_000)}"`)],
  ])('an answer in one piece that %s counts by the letters that came', async (_name, replies) => {
    replies();

    const error = await faultOf(model.reply(request({ maxOutputTokens: 100_000 }), unaborted()));

    expect(error).toMatchObject({ usage: { isEstimated: true, inputTokens: expect.any(Number) } });
    expect((error as ModelReplyError).usage?.outputTokens).toBeGreaterThan(8_000);
  });

  test('of an error in one piece and of a web page no letter counts', async () => {
    for (const body of [JSON.stringify(wire.error('overloaded '.repeat(900))), `<html>${long}</html>`]) {
      interceptor().reply(200, body);

      const error = await faultOf(model.reply(request(), unaborted()));

      expect((error as ModelReplyError).usage).toBeUndefined();
    }
  });

  test('arguments that are no JSON come through as the model wrote them', async () => {
    interceptor().reply(200, wire.reply({ calls: [{ id: 'a', name: 'edit', argumentsText: '{"path": "a.ts' }] }));

    const reply = await model.reply(request(), unaborted());

    expect(reply.toolCalls).toEqual([{ id: 'a', name: 'edit', argumentsJson: '{"path": "a.ts' }]);
  });

  test('calls without an id, or with one id for two, get ids of their own', async () => {
    const calls = ['same', 'same', undefined, '', 'call-2'].map((id) => ({
      ...(id !== undefined && { id }),
      name: 'read',
      argumentsText: '{}',
    }));
    interceptor().reply(200, wire.reply({ calls }));

    const reply = await model.reply(request(), unaborted());

    expect(reply.toolCalls.map((call) => call.id)).toEqual(['same', 'same-2', 'call-2', 'call-3', 'call-2-2']);
  });

  test('usage tells fresh input, cached input and output apart', async () => {
    interceptor().reply(200, fine);

    const reply = await model.reply(request(), unaborted());

    expect(reply.usage).toEqual({ inputTokens: 100, cachedInputTokens: 40, cacheWriteTokens: 10, outputTokens: 7 });
    expect(reply.modelId).toBe(`${wire.name}/m`);
  });

  test.each([
    ['missing', undefined],
    ['null', null],
    ['nonsense', { prompt_tokens: 'many', input_tokens: -1, output_tokens: null }],
    ['zero', { prompt_tokens: 0, completion_tokens: 0, input_tokens: 0, output_tokens: 0 }],
    ['negative', { prompt_tokens: -5, completion_tokens: 3, input_tokens: -5, output_tokens: 3 }],
    ['absurd', { prompt_tokens: 1e15, completion_tokens: 3, input_tokens: 1e15, output_tokens: 3 }],
  ])('%s usage is bounded by length, and says so', async (_name, usage) => {
    interceptor().reply(200, { ...wire.reply({ text: 'done', usage: false }), usage });
    const asked = request({ system: 'é'.repeat(500) });

    const reply = await model.reply(asked, unaborted());

    expect(reply.usage).toMatchObject({ cachedInputTokens: 0, isEstimated: true });
    expect(reply.usage.inputTokens).toBeGreaterThanOrEqual(1000);
    expect(reply.usage.outputTokens).toBeGreaterThanOrEqual(4);
    expect(reply.usage.outputTokens).toBeLessThanOrEqual(asked.maxOutputTokens);
  });

  test('a count that JSON writes as infinite is no count', async () => {
    const body = JSON.stringify(fine).replace(/:7([,}])/, ':1e999$1');
    interceptor().reply(200, body, { 'content-type': 'application/json' });

    const reply = await model.reply(request(), unaborted());

    expect(reply.usage.isEstimated).toBe(true);
    expect(Number.isFinite(reply.usage.outputTokens)).toBe(true);
  });

  test('a call without a name is a call nonetheless, that nobody can run', async () => {
    interceptor().reply(200, wire.reply({ calls: [{ id: 'a', name: '', argumentsText: '{}' }] }));

    const reply = await model.reply(request(), unaborted());

    expect(reply.toolCalls).toEqual([{ id: 'a', name: '', argumentsJson: '{}' }]);
  });

  test('halves of characters in a reply become whole ones', async () => {
    const half = 'cut \ud83d';
    const calls = [{ id: half, name: half, argumentsText: `{"a":"${half}"}` }];
    interceptor().reply(200, JSON.stringify(wire.reply({ text: half, calls })));

    const reply = await model.reply(request(), unaborted());

    expect(reply.text).toBe('cut \ufffd');
    expect(reply.toolCalls).toEqual([{ id: 'cut \ufffd', name: 'cut \ufffd', argumentsJson: '{"a":"cut \ufffd"}' }]);
  });
});
