import type { ModelReply } from '../../src/domain/conversation.ts';
import { createAnthropicModel } from '../../src/models/anthropic-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { createOpenAiModel } from '../../src/models/openai-model.ts';
import { createResponsesModel } from '../../src/models/responses-model.ts';
import type { Model, ModelRequest } from '../../src/ports/model.ts';

/** The providers' dialects, for the contract that all adapters keep. */
export interface Wire {
  readonly name: 'openai' | 'responses' | 'anthropic';
  create(options: ModelOptions): Model;
  /** Below a server's address. */
  readonly basePath: string;
  readonly path: string;
  /** The body of a reply in one piece. */
  reply(content: Content): object;
  /** The same reply as the events of a stream, in small pieces; the last ones tell that it is whole. */
  events(content: Content): readonly object[];
  error(message: string): object;
  /** An error in the middle of a stream. */
  errorEvent(message: string): object;
}

export interface Content {
  readonly text?: string;
  readonly calls?: readonly LooseCall[];
  readonly usage?: boolean;
  readonly isCut?: boolean;
}

export interface LooseCall {
  readonly id?: string;
  readonly name: string;
  /** Raw, as the model wrote it. */
  readonly argumentsText: string;
}

const piecesOf = (text: string): string[] => text.match(/[\s\S]{1,3}/g) ?? [];

const chatUsage = {
  prompt_tokens: 100,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
};

export const openAiWire: Wire = {
  name: 'openai',
  create: createOpenAiModel,
  basePath: '/v1',
  path: '/v1/chat/completions',
  reply: ({ text, calls, usage = true, isCut }) => ({
    choices: [
      {
        index: 0,
        finish_reason: isCut ? 'length' : calls ? 'tool_calls' : 'stop',
        message: {
          role: 'assistant',
          content: text ?? null,
          tool_calls: calls?.map(({ id, name, argumentsText }) => ({
            id,
            type: 'function',
            function: { name, arguments: argumentsText },
          })),
        },
      },
    ],
    ...(usage && { usage: chatUsage }),
  }),
  events: ({ text = '', calls = [], usage = true, isCut }) => {
    const chunk = (delta: object, finish_reason: string | null = null) => ({
      choices: [{ index: 0, delta, finish_reason }],
    });
    return [
      chunk({ role: 'assistant', content: '' }),
      ...piecesOf(text).map((content) => chunk({ content })),
      ...calls.flatMap(({ id, name, argumentsText }, index) => [
        chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
        ...piecesOf(argumentsText).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      chunk({}, isCut ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop'),
      ...(usage ? [{ choices: [], usage: chatUsage }] : []),
    ];
  },
  error: (message) => ({ error: { message, type: 'scripted', code: 'scripted', param: null } }),
  errorEvent: (message) => ({ error: { message, code: 500 } }),
};

const messageUsage = {
  input_tokens: 50,
  cache_creation_input_tokens: 10,
  cache_read_input_tokens: 40,
  output_tokens: 7,
};

export const anthropicWire: Wire = {
  name: 'anthropic',
  create: createAnthropicModel,
  basePath: '',
  path: '/v1/messages',
  reply: ({ text, calls, usage = true, isCut }) => ({
    type: 'message',
    role: 'assistant',
    content: [
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...(calls ?? []).map(({ id, name, argumentsText }) => ({ type: 'tool_use', id, name, input: argumentsText })),
    ],
    stop_reason: isCut ? 'max_tokens' : calls ? 'tool_use' : 'end_turn',
    ...(usage && { usage: messageUsage }),
  }),
  events: ({ text, calls = [], usage = true, isCut }) => {
    const { output_tokens: _last, ...begun } = messageUsage;
    const block = (index: number, content_block: object, deltas: readonly object[]) => [
      { type: 'content_block_start', index, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ];
    const first = text === undefined ? 0 : 1;
    return [
      { type: 'message_start', message: { content: [], ...(usage && { usage: { ...begun, output_tokens: 1 } }) } },
      { type: 'ping' },
      ...(text === undefined
        ? []
        : block(
            0,
            { type: 'text', text: '' },
            piecesOf(text).map((piece) => ({ type: 'text_delta', text: piece })),
          )),
      ...calls.flatMap(({ id, name, argumentsText }, index) =>
        block(
          first + index,
          { type: 'tool_use', id, name, input: {} },
          piecesOf(argumentsText).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
        ),
      ),
      {
        type: 'message_delta',
        delta: { stop_reason: isCut ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn' },
        ...(usage && { usage: { output_tokens: 7 } }),
      },
      { type: 'message_stop' },
    ];
  },
  error: (message) => ({ type: 'error', error: { type: 'overloaded_error', message } }),
  errorEvent: (message) => ({ type: 'error', error: { type: 'overloaded_error', message } }),
};

const responseUsage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
  output_tokens: 7,
};

export const responsesWire: Wire = {
  name: 'responses',
  create: createResponsesModel,
  basePath: '/v1',
  path: '/v1/responses',
  reply: ({ text, calls, usage = true, isCut }) => ({
    object: 'response',
    status: isCut ? 'incomplete' : 'completed',
    ...(isCut && { incomplete_details: { reason: 'max_output_tokens' } }),
    error: null,
    output: [
      ...(text === undefined ? [] : [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }]),
      ...(calls ?? []).map(({ id, name, argumentsText }) => ({
        type: 'function_call',
        call_id: id,
        name,
        arguments: argumentsText,
      })),
    ],
    ...(usage && { usage: responseUsage }),
  }),
  events: (content) => {
    const response = responsesWire.reply(content) as { status: string; output: readonly object[] };
    const { text = '', calls = [] } = content;
    return [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [], usage: null } },
      ...piecesOf(text).map((delta) => ({ type: 'response.output_text.delta', output_index: 0, delta })),
      ...calls.flatMap(({ argumentsText }, index) =>
        piecesOf(argumentsText).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          output_index: index,
          delta,
        })),
      ),
      ...response.output.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
      { type: `response.${response.status}`, response },
    ];
  },
  error: (message) => ({ error: { message, type: 'scripted', code: 'scripted', param: null } }),
  errorEvent: (message) => ({ type: 'error', code: 'server_error', message, param: null }),
};

export const wires = [openAiWire, responsesWire, anthropicWire];

/** The text of a stream that holds these events, and what ends it. */
export const streamOf = (events: readonly object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

/** A whole reply as a stream. */
export const streamedReply = (wire: Wire, content: Content): string =>
  `${streamOf(wire.events(content))}${wire.name === 'openai' ? 'data: [DONE]\n\n' : ''}`;

export const key = 'sk-secret-0123456789';

export const request = (changes: Partial<ModelRequest> = {}): ModelRequest => ({
  system: 'role: coder',
  messages: [{ from: 'user', text: 'fix it' }],
  tools: [],
  maxOutputTokens: 1000,
  ...changes,
});

export const unaborted = (): AbortSignal => new AbortController().signal;

/** What an ask ended in, be it a fault. */
export const faultOf = (asked: Promise<ModelReply>): Promise<unknown> =>
  asked.then(
    (reply) => {
      throw new Error(`answered ${JSON.stringify(reply)} where a fault was expected`);
    },
    (fault: unknown) => fault,
  );
