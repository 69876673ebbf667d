import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import { z } from 'zod';
import type { Message, ModelReply } from '../domain/conversation.ts';
import { ModelReplyError } from '../domain/faults.ts';
import type { ModelRequest } from '../ports/model.ts';
import { toProviderError } from './provider-faults.ts';
import { parseReplyBody, refuseEmpty } from './reply-checks.ts';
import { argumentsObject, withUniqueIds } from './tool-calls.ts';
import { toWireMessages } from './wire-messages.ts';

/** Where servers of this protocol differ; found out by asking. */
export interface OpenAiDialect {
  /** OpenAI's reasoning models refuse `max_tokens`; older compatible servers know nothing else. */
  readonly outputLimit: 'max_completion_tokens' | 'max_tokens';
  /** OpenAI's models since GPT-5.4 call functions over this API only with reasoning switched off. */
  readonly isReasoningOff: boolean;
}

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** @param cacheKey Sends requests that begin alike to the same cache; null where the server may not know of it. */
export function toOpenAiBody(
  model: string,
  request: ModelRequest,
  dialect: OpenAiDialect,
  cacheKey: string | null = null,
): Body {
  const tools = request.tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters: { ...parameters } },
  }));
  return {
    model,
    messages: [
      ...(request.system === '' ? [] : [{ role: 'system' as const, content: request.system.toWellFormed() }]),
      ...toWireMessages(joinedTexts(request.messages)).flatMap(toOpenAiMessages),
    ],
    ...(cacheKey !== null && { prompt_cache_key: cacheKey }),
    [dialect.outputLimit]: request.maxOutputTokens,
    ...(tools.length > 0 && { tools }),
    ...(tools.length > 0 && dialect.isReasoningOff && { reasoning_effort: 'none' as const }),
  };
}

/** Templates of compatible servers insist on turns that alternate. */
function joinedTexts(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.from === 'user' && message.from === 'user')
      joined[joined.length - 1] = { from: 'user', text: `${last.text}\n\n${message.text}` };
    else joined.push(message);
  }
  return joined;
}

/**
 * Names what a conversation begins with and others begin with too. OpenAI sends requests of one key to the same
 * machines, as long as they are not more than some 15 a minute.
 */
export function cacheKeyOf({ system, messages: [first] }: ModelRequest): string {
  const begin = first?.from === 'user' ? first.text : '';
  return createHash('sha256')
    .update(JSON.stringify([system, begin]))
    .digest('hex')
    .slice(0, 32);
}

function toOpenAiMessages(message: Message): OpenAI.ChatCompletionMessageParam[] {
  switch (message.from) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'model': {
      if (message.toolCalls.length === 0) return [{ role: 'assistant', content: message.text }];
      const toolCalls = message.toolCalls.map((call) => ({
        id: call.id,
        type: 'function' as const,
        // OpenAI takes back whatever its model wrote; servers that parse it fail on malformed JSON.
        function: { name: call.name, arguments: JSON.stringify(argumentsObject(call.argumentsJson)) },
      }));
      return [{ role: 'assistant', content: message.text || null, tool_calls: toolCalls }];
    }
    case 'tools':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: result.callId,
        // The protocol has no field for a failed call.
        content: result.isError ? `error: ${result.output}` : result.output,
      }));
  }
}

const tokenCount = z.number().nonnegative().catch(0);

const usageSchema = z.object({
  prompt_tokens: tokenCount,
  completion_tokens: tokenCount,
  prompt_tokens_details: z
    .object({ cached_tokens: tokenCount, cache_write_tokens: tokenCount })
    .catch({ cached_tokens: 0, cache_write_tokens: 0 }),
});

const textSchema = z.union([
  z.string(),
  z.array(z.object({ text: z.string().catch('') })).transform((parts) => parts.map((part) => part.text).join('')),
]);

const argumentsSchema = z.union([z.string(), z.record(z.string(), z.unknown()).transform((o) => JSON.stringify(o))]);

const choiceSchema = z.object({
  finish_reason: z.string().nullish(),
  message: z.object({
    content: textSchema.nullish(),
    refusal: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({
          id: z.string().nullish(),
          function: z.object({ name: z.string().min(1), arguments: argumentsSchema.nullish() }),
        }),
      )
      .nullish(),
  }),
});

const bodySchema = z.object({
  choices: z.array(choiceSchema).nullish(),
  /** Missing usage counts as zero: an invented figure would look like a bill. */
  usage: usageSchema.catch({
    prompt_tokens: 0,
    completion_tokens: 0,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  }),
});

const errorBodySchema = z.object({
  error: z.union([
    z.string().transform((message) => ({ message, code: null })),
    z.object({ message: z.string().catch('no message'), code: z.union([z.string(), z.number()]).nullish() }),
  ]),
});

/**
 * @throws {ProviderError} when the body, though sent with 200, holds an error.
 * @throws {ModelReplyError} when it holds no reply.
 */
export function fromOpenAiBody(body: unknown, asked: { modelId: string; apiKey: string }): ModelReply {
  const { modelId } = asked;
  const failed = errorBodySchema.safeParse(body);
  if (failed.success) throw toProviderError(faultOfBody(failed.data.error), asked);
  const { choices, usage } = parseReplyBody(bodySchema, body, modelId);
  const [choice] = choices ?? [];
  if (choice === undefined) throw new ModelReplyError(`${modelId} answered without choices`, modelId);
  const { content, refusal, tool_calls: calls } = choice.message;
  const toolCalls = withUniqueIds(
    (calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      argumentsJson: call.function.arguments ?? '',
    })),
  );
  const stop = stopOf(choice.finish_reason, Boolean(refusal), toolCalls.length > 0);
  const text = content || refusal || '';
  return refuseEmpty({ modelId, text, toolCalls, stop, usage: usageOf(usage) }, choice.finish_reason);
}

/** Gateways put the status of the model behind them into `code`, as a number. */
function faultOfBody({ message, code }: { message: string; code?: string | number | null | undefined }) {
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
  return { kind: 'answered' as const, status, code: typeof code === 'string' ? code : null, message };
}

function stopOf(reason: string | null | undefined, isRefused: boolean, hasCalls: boolean): ModelReply['stop'] {
  if (isRefused || reason === 'content_filter') return 'refusal';
  if (reason === 'length') return 'length';
  return hasCalls ? 'tool-calls' : 'end';
}

function usageOf(usage: z.infer<typeof usageSchema>): ModelReply['usage'] {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
  const { cached_tokens: read, cache_write_tokens: written } = usage.prompt_tokens_details;
  const cachedInputTokens = Math.min(read, inputTokens);
  const cacheWriteTokens = Math.min(written, inputTokens - cachedInputTokens);
  return { inputTokens, cachedInputTokens, ...(cacheWriteTokens > 0 && { cacheWriteTokens }), outputTokens };
}
