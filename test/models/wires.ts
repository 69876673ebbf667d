import type { ModelReply } from '../../src/domain/conversation.ts';
import { createAnthropicModel } from '../../src/models/anthropic-model.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { createOpenAiModel } from '../../src/models/openai-model.ts';
import type { Model, ModelRequest } from '../../src/ports/model.ts';

/** Both providers' dialects, for the contract that both adapters keep. */
export interface Wire {
  readonly name: 'openai' | 'anthropic';
  create(options: ModelOptions): Model;
  /** Below a server's address. */
  readonly basePath: string;
  readonly path: string;
  reply(content: { text?: string; calls?: readonly LooseCall[]; usage?: boolean }): object;
  error(message: string): object;
}

export interface LooseCall {
  readonly id?: string;
  readonly name: string;
  /** Raw, as the model wrote it. */
  readonly argumentsText: string;
}

export const openAiWire: Wire = {
  name: 'openai',
  create: createOpenAiModel,
  basePath: '/v1',
  path: '/v1/chat/completions',
  reply: ({ text, calls, usage = true }) => ({
    choices: [
      {
        index: 0,
        finish_reason: calls ? 'tool_calls' : 'stop',
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
    ...(usage && {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
      },
    }),
  }),
  error: (message) => ({ error: { message, type: 'scripted', code: 'scripted', param: null } }),
};

export const anthropicWire: Wire = {
  name: 'anthropic',
  create: createAnthropicModel,
  basePath: '',
  path: '/v1/messages',
  reply: ({ text, calls, usage = true }) => ({
    type: 'message',
    role: 'assistant',
    content: [
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...(calls ?? []).map(({ id, name, argumentsText }) => ({ type: 'tool_use', id, name, input: argumentsText })),
    ],
    stop_reason: calls ? 'tool_use' : 'end_turn',
    ...(usage && {
      usage: {
        input_tokens: 50,
        cache_creation_input_tokens: 10,
        cache_read_input_tokens: 40,
        output_tokens: 7,
      },
    }),
  }),
  error: (message) => ({ type: 'error', error: { type: 'overloaded_error', message } }),
};

export const wires = [openAiWire, anthropicWire];

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
