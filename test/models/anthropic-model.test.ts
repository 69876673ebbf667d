import nock from 'nock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Message } from '../../src/domain/conversation.ts';
import { createAnthropicModel } from '../../src/models/anthropic-model.ts';
import { anthropicWire, faultOf, key, request, unaborted } from './wires.ts';

const host = 'http://provider.test';
const sent: Record<string, unknown>[] = [];

beforeEach(() => {
  sent.length = 0;
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

const model = createAnthropicModel({ id: 'anthropic/m', model: 'm', apiKey: key, baseUrl: host, maxRetryDelayMs: 0 });

/** Answers one request, and keeps what it said. */
function answerOnce(body: object): void {
  nock(host)
    .post('/v1/messages', (asked: Record<string, unknown>) => {
      sent.push(asked);
      return true;
    })
    .reply(200, body);
}

const fine = anthropicWire.reply({ text: 'done' });
const ephemeral = { cache_control: { type: 'ephemeral' } };

test('the conversation is told in the words of Messages, with the growing prefix marked for the cache', async () => {
  answerOnce(fine);

  await model.reply(
    request({
      system: 'role: coder',
      tools: [{ name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } }],
      messages: [
        { from: 'user', text: 'fix it' },
        {
          from: 'model',
          text: 'look',
          toolCalls: [
            { id: 'functions.read:0', name: 'read', argumentsJson: '{"path":"a.ts"}' },
            { id: 'y', name: 'read', argumentsJson: '[1]' },
          ],
        },
        {
          from: 'tools',
          results: [
            { callId: 'functions.read:0', output: '', isError: false },
            { callId: 'y', output: 'no object', isError: true },
          ],
        },
      ],
    }),
    unaborted(),
  );

  expect(sent).toEqual([
    {
      model: 'm',
      max_tokens: 1000,
      system: [{ type: 'text', text: 'role: coder', ...ephemeral }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'fix it', ...ephemeral }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'look' },
            { type: 'tool_use', id: 'call-1-0', name: 'read', input: { path: 'a.ts' } },
            { type: 'tool_use', id: 'call-1-1', name: 'read', input: { malformed_arguments: '[1]' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call-1-0', content: '(no output)' },
            { type: 'tool_result', tool_use_id: 'call-1-1', content: 'no object', is_error: true, ...ephemeral },
          ],
        },
      ],
      tools: [{ name: 'read', description: 'Reads a file.', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
      stream: true,
    },
  ]);
});

test('roles alternate and no text is blank, whatever the conversation holds', async () => {
  answerOnce(fine);
  const call = { id: 'x', name: 'read', argumentsJson: '' };
  const messages: Message[] = [
    { from: 'user', text: 'one' },
    { from: 'user', text: ' \n' },
    { from: 'model', text: '', toolCalls: [] },
    { from: 'user', text: 'two' },
    { from: 'model', text: ' ', toolCalls: [call] },
    { from: 'tools', results: [{ callId: 'x', output: 'text', isError: false }] },
    { from: 'user', text: 'three' },
  ];

  await model.reply(request({ system: ' ', messages }), unaborted());

  expect(sent[0]).not.toHaveProperty('system');
  expect(sent[0]?.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'one', ...ephemeral },
        { type: 'text', text: 'two', ...ephemeral },
      ],
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call-4-0', name: 'read', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call-4-0', content: 'text' },
        { type: 'text', text: 'three', ...ephemeral },
      ],
    },
  ]);
});

test('at most four places are marked for the cache: what is shared, and the last two ends, whatever the length', async () => {
  const turn = (index: number): Message[] => [
    { from: 'model', text: '', toolCalls: [{ id: 'a', name: 'read', argumentsJson: '{}' }] },
    { from: 'tools', results: [{ callId: 'a', output: `result ${index}`, isError: false }] },
  ];
  const begin: Message[] = [
    { from: 'user', text: 'the repository' },
    { from: 'user', text: 'the ticket' },
  ];
  const marked: string[][] = [];
  for (const turns of [0, 1, 2, 12]) {
    answerOnce(fine);
    const messages = [...begin, ...Array.from({ length: turns }, (_, index) => turn(index)).flat()];

    await model.reply(request({ messages }), unaborted());

    type Sent = { content: { cache_control?: object; text?: string; content?: string }[] }[];
    const blocks = ((sent.at(-1)?.messages ?? []) as Sent).flatMap(({ content }) => content);
    marked.push(blocks.filter((block) => block.cache_control).map(({ text, content }) => text ?? content ?? ''));
  }

  expect(marked).toEqual([
    ['the repository', 'the ticket'],
    ['the repository', 'the ticket', 'result 0'],
    ['the repository', 'result 0', 'result 1'],
    ['the repository', 'result 10', 'result 11'],
  ]);
});

test('ids that repeat from turn to turn are told apart', async () => {
  answerOnce(fine);
  const turn: Message[] = [
    { from: 'model', text: '', toolCalls: [{ id: 'call-0', name: 'read', argumentsJson: '{}' }] },
    { from: 'tools', results: [{ callId: 'call-0', output: 'text', isError: false }] },
  ];

  await model.reply(request({ messages: [{ from: 'user', text: 'go' }, ...turn, ...turn] }), unaborted());

  const told = JSON.stringify(sent[0]);
  expect([...told.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id)).toEqual(['call-1-0', 'call-3-0']);
  expect([...told.matchAll(/"tool_use_id":"([^"]+)"/g)].map(([, id]) => id)).toEqual(['call-1-0', 'call-3-0']);
});

test.each([
  ['end_turn', 'end'],
  ['stop_sequence', 'end'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'refusal'],
  [null, 'end'],
])('the stop reason %s reads as %s', async (reason, stop) => {
  answerOnce({ content: [{ type: 'text', text: 'a' }], stop_reason: reason });

  const reply = await model.reply(request(), unaborted());

  expect(reply).toMatchObject({ text: 'a', stop });
});

test('a refusal without a word is a reply', async () => {
  answerOnce({ content: [], stop_reason: 'refusal' });

  const reply = await model.reply(request(), unaborted());

  expect(reply).toMatchObject({ text: '', toolCalls: [], stop: 'refusal' });
});

test('thinking is passed over, and is no reply by itself', async () => {
  const thinking = { type: 'thinking', thinking: 'hm', signature: 's' };
  answerOnce({ content: [thinking, { type: 'text', text: 'a' }, thinking, { type: 'text', text: 'b' }] });
  answerOnce({ content: [thinking], stop_reason: 'max_tokens' });

  const reply = await model.reply(request(), unaborted());
  const error = await faultOf(model.reply(request(), unaborted()));

  expect(reply.text).toBe('ab');
  expect(error).toMatchObject({ name: 'ModelReplyError' });
});

test.each([
  ['authentication_error', 'unauthorized', false],
  ['overloaded_error', 'overloaded', true],
  ['rate_limit_error', 'rate-limited', true],
  ['something_new', 'overloaded', true],
  ['constructor', 'overloaded', true],
])('the error %s sent with status 200 is %s', async (type, fault, isRetryable) => {
  answerOnce({ type: 'error', error: { type, message: 'no' } });

  const error = await faultOf(model.reply(request(), unaborted()));

  expect(error).toMatchObject({ fault, isRetryable });
});
