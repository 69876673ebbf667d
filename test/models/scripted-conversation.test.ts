import { afterEach, describe, expect, test } from 'vitest';
import type { Message, ModelReply } from '../../src/domain/conversation.ts';
import type { ModelScript } from '../stand-in/model-script.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { faultOf, key, request, unaborted, type Wire, wires } from './wires.ts';

const started: ScriptedModel[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((scripted) => scripted.close()));
});

type Asked = Wire & { readonly streams: 'always' | 'never' };
const asked: Asked[] = wires.flatMap((wire) => (['always', 'never'] as const).map((streams) => ({ ...wire, streams })));

async function start(wire: Asked, script: ModelScript) {
  const scripted = await startScriptedModel(script);
  started.push(scripted);
  const baseUrl = `${scripted.url}${wire.basePath}`;
  const model = wire.create({
    id: `${wire.name}/m`,
    model: 'm',
    apiKey: key,
    baseUrl,
    maxRetryDelayMs: 0,
    quirks: { streams: wire.streams },
  });
  return { scripted, model };
}

const tool = { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } };

const asMessage = ({ text, toolCalls }: ModelReply): Message => ({ from: 'model', text, toolCalls });

describe.each(asked)('over the $name wire, streamed: $streams', (wire) => {
  test('a tool loop reads back what it said and what the tools answered', async () => {
    const calls = ['a.ts', 'b.ts'].map((path) => ({ name: 'read', arguments: { path } }));
    const { scripted, model } = await start(wire, { coder: [[{ text: 'look', tools: calls }, { text: 'done' }]] });
    const question: Message = { from: 'user', text: 'fix it' };

    const first = await model.reply(request({ messages: [question], tools: [tool] }), unaborted());
    const results = first.toolCalls.map(({ id }, index) => ({ callId: id, output: `text ${index}`, isError: false }));
    const messages: Message[] = [question, asMessage(first), { from: 'tools', results }];
    const second = await model.reply(request({ messages, tools: [tool] }), unaborted());

    expect(first).toMatchObject({ text: 'look', stop: 'tool-calls', modelId: `${wire.name}/m` });
    expect(first.toolCalls.map((call) => JSON.parse(call.argumentsJson))).toEqual([{ path: 'a.ts' }, { path: 'b.ts' }]);
    expect(second).toMatchObject({ text: 'done', stop: 'end', toolCalls: [] });
    expect(second.usage.inputTokens).toBeGreaterThan(first.usage.inputTokens);
    expect(scripted.requests.map(({ wire: name, turn, modelId }) => [name, turn, modelId])).toEqual([
      [wire.name, 0, 'm'],
      [wire.name, 1, 'm'],
    ]);
    expect(scripted.requests[1]?.body.messages).toEqual([
      { role: 'system', content: 'role: coder' },
      { role: 'user', content: 'fix it' },
      {
        role: 'assistant',
        content: 'look',
        tool_calls: ['a.ts', 'b.ts'].map((path, index) => ({
          id: `call-1-${index}`,
          type: 'function',
          function: { name: 'read', arguments: JSON.stringify({ path }) },
        })),
      },
      { role: 'tool', tool_call_id: 'call-1-0', content: 'text 0' },
      { role: 'tool', tool_call_id: 'call-1-1', content: 'text 1' },
    ]);
    expect(scripted.requests[1]?.body.tools).toEqual([{ type: 'function', function: tool }]);
  });

  test('cached tokens are part of the input', async () => {
    const usage = { input: 100, cachedInput: 40, output: 7 };
    const { model } = await start(wire, { coder: [[{ text: 'done', usage }]] });

    const reply = await model.reply(request(), unaborted());

    expect(reply.usage).toEqual({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 7 });
  });

  test('a reply that the output limit cut says so', async () => {
    const tools = [{ name: 'read', arguments: {} }];
    const { model } = await start(wire, { coder: [[{ text: 'half', tools, truncated: true }]] });

    const reply = await model.reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'half', stop: 'length' });
  });

  test('an empty reply, a disconnect and a missing script are told apart', async () => {
    const { model } = await start(wire, { coder: [[{ empty: true }]], fast: [[{ disconnect: true }]] });

    const faults = await Promise.all(
      ['coder', 'fast', 'reviewer'].map((role) =>
        faultOf(model.reply(request({ system: `role: ${role}` }), unaborted())),
      ),
    );

    expect(faults).toMatchObject([
      { name: 'ModelReplyError' },
      { name: 'ProviderError', fault: 'unreachable' },
      { name: 'ProviderError', fault: 'rejected', status: 400, isRetryable: false },
    ]);
  });
});
