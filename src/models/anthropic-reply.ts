import { z } from 'zod';
import type { ModelReply, Usage } from '../domain/conversation.ts';
import type { RawReply } from './exchange.ts';
import { reasoningOf } from './own-reasoning.ts';
import { toProviderError } from './provider-faults.ts';
import { parseReplyBody, refuseEmpty } from './reply-checks.ts';
import { countSchema, partSchema, usageOfCounts } from './token-counts.ts';
import { withUniqueIds } from './tool-calls.ts';
import { keptReasoning, type TurnPart } from './turn-order.ts';

const usageSchema = z.object({
  input_tokens: countSchema,
  cache_creation_input_tokens: partSchema,
  cache_read_input_tokens: partSchema,
  output_tokens: countSchema,
  output_tokens_details: z.object({ thinking_tokens: partSchema }).nullish().catch(null),
});

const textBlockSchema = z.object({ type: z.literal('text'), text: z.string() });
const toolUseSchema = z.object({
  type: z.literal('tool_use'),
  id: z.string().nullish(),
  name: z.string().nullish(),
  /** An object by Anthropic's word; compatible servers also send the model's raw text. */
  input: z.unknown().optional(),
});
/** Handed back as it came: the signature holds for the whole block. */
const thinkingSchema = z.looseObject({ type: z.enum(['thinking', 'redacted_thinking']) });
/** Whatever there may be some day. */
const otherBlockSchema = z.object({ type: z.string().refine((type) => type !== 'text' && type !== 'tool_use') });

const bodySchema = z.object({
  content: z.array(z.union([textBlockSchema, toolUseSchema, thinkingSchema, otherBlockSchema])),
  stop_reason: z.string().nullish(),
});

const errorBodySchema = z.object({
  type: z.literal('error'),
  error: z.object({ type: z.string().catch('error'), message: z.string().catch('no message') }),
});

/**
 * @throws {ProviderError} when the body, though sent with 200, holds an error.
 * @throws {ModelReplyError} when it holds no reply.
 */
export function fromAnthropicBody(body: unknown, asked: { modelId: string; apiKey: string }): RawReply {
  const { modelId } = asked;
  const failed = errorBodySchema.safeParse(body);
  if (failed.success) {
    const { type: code, message } = failed.data.error;
    throw toProviderError({ kind: 'answered', status: statusOfErrorType.get(code), code, message }, asked);
  }
  const { content, stop_reason: reason } = parseReplyBody(bodySchema, body, modelId);
  const calls = content.flatMap((block) =>
    block.type === 'tool_use' && 'input' in block
      ? [{ id: block.id, name: block.name ?? '', argumentsJson: argumentsJsonOf(block.input) }]
      : [],
  );
  const toolCalls = withUniqueIds(calls);
  const turn = turnOf(content, toolCalls);
  const text = turn.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const reasoning = reasoningOf(modelId, keptReasoning(turn));
  const stop = stopOf(reason, toolCalls.length > 0);
  return refuseEmpty(
    { modelId, text, toolCalls, stop, usage: anthropicUsage(body), ...(reasoning && { reasoning }) },
    reason,
  );
}

function turnOf(content: z.infer<typeof bodySchema>['content'], toolCalls: ModelReply['toolCalls']): TurnPart[] {
  let called = 0;
  return content.flatMap((block): TurnPart[] => {
    if (block.type === 'text' && 'text' in block) return [{ kind: 'text', text: String(block.text).toWellFormed() }];
    if (block.type === 'thinking' || block.type === 'redacted_thinking') return [{ kind: 'reasoning', part: block }];
    const call = block.type === 'tool_use' ? toolCalls[called++] : undefined;
    return call === undefined ? [] : [{ kind: 'call', call }];
  });
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
export function anthropicUsage(body: unknown): Usage | null {
  const parsed = z.object({ usage: usageSchema }).safeParse(body);
  if (!parsed.success) return null;
  const { usage } = parsed.data;
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
  return usageOfCounts({
    inputTokens: usage.input_tokens + (written ?? 0) + (read ?? 0),
    cachedInputTokens: read,
    cacheWriteTokens: written,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.thinking_tokens,
  });
}
