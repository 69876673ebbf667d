import type Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import type { Message, ModelReply } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import { toProviderError } from './provider-faults.ts';
import { parseReplyBody, refuseEmpty } from './reply-checks.ts';
import { argumentsObject, withUniqueIds } from './tool-calls.ts';
import { toWireMessages } from './wire-messages.ts';

type Block = Anthropic.TextBlockParam | Anthropic.ToolUseBlockParam | Anthropic.ToolResultBlockParam;
interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

const cached = { cache_control: { type: 'ephemeral' as const } };

/**
 * Four places are marked for Anthropic's cache, which is the most it takes: the ends of the system prompt (tools stand
 * before it), of what conversations on this repository share, of the last turn, and of the one that was the last in the
 * request before. Without that one a turn of many calls would hide it: Anthropic looks for a known prefix in the 20
 * blocks before a mark only (https://docs.claude.com/en/docs/build-with-claude/prompt-caching).
 */
export function toAnthropicBody(model: string, request: ModelRequest): Anthropic.MessageCreateParamsNonStreaming {
  const tools = request.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: { ...parameters, type: 'object' as const },
  }));
  const turns = mergeTurns(toWireMessages(request.messages).map(toTurn));
  return {
    model,
    max_tokens: request.maxOutputTokens,
    ...(isBlank(request.system) ? {} : { system: [{ type: 'text', text: request.system.toWellFormed(), ...cached }] }),
    messages: turns.map(({ role, content }, index) => {
      const isEnd = index === turns.length - 1 || index === turns.length - 3;
      return {
        role,
        content: withCached(content, [...(index === 0 ? [0] : []), ...(isEnd ? [content.length - 1] : [])]),
      };
    }),
    ...(tools.length > 0 && { tools }),
  };
}

function toTurn(message: Message): Turn {
  switch (message.from) {
    case 'user':
      return { role: 'user', content: textBlocks(message.text) };
    case 'model': {
      const calls = message.toolCalls.map(({ id, name, argumentsJson }) => ({
        type: 'tool_use' as const,
        id,
        name,
        input: argumentsObject(argumentsJson),
      }));
      return { role: 'assistant', content: [...textBlocks(message.text), ...calls] };
    }
    case 'tools':
      return {
        role: 'user',
        content: message.results.map(({ callId, output, isError }) => ({
          type: 'tool_result',
          tool_use_id: callId,
          content: isBlank(output) ? '(no output)' : output,
          ...(isError && { is_error: true }),
        })),
      };
  }
}

/** Anthropic refuses text blocks without a visible character. */
const isBlank = (text: string): boolean => text.trim() === '';
const textBlocks = (text: string): Block[] => (isBlank(text) ? [] : [{ type: 'text', text }]);

/** Roles must alternate and no turn may be empty; results stay before the text of the same side, as required. */
function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (turn.content.length === 0) continue;
    if (last?.role === turn.role) merged[merged.length - 1] = { ...last, content: [...last.content, ...turn.content] };
    else merged.push(turn);
  }
  return merged;
}

const withCached = (content: readonly Block[], places: readonly number[]): Block[] =>
  content.map((block, index) => (places.includes(index) ? { ...block, ...cached } : block));

const tokenCount = z.number().nonnegative().catch(0);
const usageSchema = z.object({
  input_tokens: tokenCount,
  cache_creation_input_tokens: tokenCount,
  cache_read_input_tokens: tokenCount,
  output_tokens: tokenCount,
});
const noTokens = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 };

const textBlockSchema = z.object({ type: z.literal('text'), text: z.string() });
const toolUseSchema = z.object({
  type: z.literal('tool_use'),
  id: z.string().nullish(),
  name: z.string().min(1),
  /** An object by Anthropic's word; compatible servers also send the model's raw text. */
  input: z.unknown(),
});
/** Thinking and whatever else there may be some day. */
const otherBlockSchema = z.object({ type: z.string().refine((type) => type !== 'text' && type !== 'tool_use') });

const bodySchema = z.object({
  content: z.array(z.union([textBlockSchema, toolUseSchema, otherBlockSchema])),
  stop_reason: z.string().nullish(),
  /** Missing usage counts as zero: an invented figure would look like a bill. */
  usage: usageSchema.catch(noTokens),
});

const errorBodySchema = z.object({
  type: z.literal('error'),
  error: z.object({ type: z.string().catch('error'), message: z.string().catch('no message') }),
});

/**
 * @throws {ProviderError} when the body, though sent with 200, holds an error.
 * @throws {ModelReplyError} when it holds no reply.
 */
export function fromAnthropicBody(body: unknown, asked: { modelId: string; apiKey: string }): ModelReply {
  const { modelId } = asked;
  const failed = errorBodySchema.safeParse(body);
  if (failed.success) {
    const { type: code, message } = failed.data.error;
    throw toProviderError({ kind: 'answered', status: statusOfErrorType.get(code), code, message }, asked);
  }
  const { content, stop_reason: reason, usage } = parseReplyBody(bodySchema, body, modelId);
  const text = content.map((block) => ('text' in block ? block.text : '')).join('');
  const toolCalls = withUniqueIds(
    content.flatMap((block) =>
      'name' in block ? [{ id: block.id, name: block.name, argumentsJson: argumentsJsonOf(block.input) }] : [],
    ),
  );
  const stop = stopOf(reason, toolCalls.length > 0);
  return refuseEmpty({ modelId, text, toolCalls, stop, usage: usageOf(usage) }, reason);
}

/** https://docs.claude.com/en/api/errors */
const statusOfErrorType: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

const argumentsJsonOf = (input: unknown): string => (typeof input === 'string' ? input : JSON.stringify(input ?? {}));

function stopOf(reason: string | null | undefined, hasCalls: boolean): ModelReply['stop'] {
  if (reason === 'refusal') return 'refusal';
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  return hasCalls ? 'tool-calls' : 'end';
}

/** Anthropic's `input_tokens` leaves out what went into the cache or came from it. */
function usageOf(usage: z.infer<typeof usageSchema>): ModelReply['usage'] {
  const { cache_read_input_tokens: cachedInputTokens, cache_creation_input_tokens: cacheWriteTokens } = usage;
  return {
    inputTokens: usage.input_tokens + cacheWriteTokens + cachedInputTokens,
    cachedInputTokens,
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
    outputTokens: usage.output_tokens,
  };
}
