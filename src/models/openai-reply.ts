import { z } from 'zod';
import type { ModelReply, Usage } from '../domain/conversation.ts';
import { ModelReplyError } from '../domain/faults.ts';
import { errorText } from './error-bodies.ts';
import type { RawReply } from './exchange.ts';
import { keptParts } from './openai-reasoning.ts';
import { reasoningOf } from './own-reasoning.ts';
import { type Asked, toProviderError } from './provider-faults.ts';
import type { Quirks } from './quirks.ts';
import { parseReplyBody, refuseEmpty } from './reply-checks.ts';
import { withoutThoughts } from './think-tags.ts';
import { countSchema, partSchema, usageOfCounts } from './token-counts.ts';
import { withUniqueIds } from './tool-calls.ts';

const usageSchema = z.object({
  prompt_tokens: countSchema,
  completion_tokens: countSchema,
  total_tokens: partSchema,
  prompt_tokens_details: z.object({ cached_tokens: partSchema, cache_write_tokens: partSchema }).nullish().catch(null),
  completion_tokens_details: z.object({ reasoning_tokens: partSchema }).nullish().catch(null),
  /** DeepSeek's word for cached tokens. */
  prompt_cache_hit_tokens: partSchema,
});

const textSchema = z.union([
  z.string(),
  z.array(z.object({ text: z.string().catch('') })).transform((parts) => parts.map((part) => part.text).join('')),
]);

/** Some servers send arguments as the object that they are. */
export const argumentsSchema = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((given) => JSON.stringify(given)),
]);

/** Where Gemini signs a call: https://ai.google.dev/gemini-api/docs/thought-signatures */
export const extraContentSchema = z
  .object({ google: z.object({ thought_signature: z.string() }) })
  .nullish()
  .catch(null);

const choiceSchema = z.object({
  finish_reason: z.string().nullish(),
  message: z.object({
    content: textSchema.nullish(),
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish().catch(null),
    reasoning: z.string().nullish().catch(null),
    reasoning_details: z.array(z.unknown()).nullish().catch(null),
    tool_calls: z
      .array(
        z.object({
          id: z.string().nullish(),
          function: z.object({ name: z.string().nullish(), arguments: argumentsSchema.nullish() }),
          extra_content: extraContentSchema,
        }),
      )
      .nullish(),
  }),
});

const bodySchema = z.object({ choices: z.array(choiceSchema).nullish() });

const errorSchema = z.union([
  z.string().transform((message) => ({ message, code: null })),
  z
    .looseObject({ message: z.string().catch('no message'), code: z.union([z.string(), z.number()]).nullish() })
    .transform((error) => ({ message: errorText(error), code: error.code })),
]);
const errorBodySchema = z.object({ error: errorSchema });
/** OpenRouter's, when the provider behind it breaks off: https://openrouter.ai/docs/api-reference/errors */
const brokenChoiceSchema = z.union([
  errorBodySchema,
  z
    .object({ finish_reason: z.literal('error') })
    .transform(() => ({ error: { message: 'the answer ended in an error', code: null } })),
]);
const failedBodySchema = z.union([
  errorBodySchema,
  z
    .object({ choices: z.tuple([brokenChoiceSchema], z.unknown()) })
    .transform(({ choices: [{ error }] }) => ({ error })),
]);

/**
 * @throws {ProviderError} when the body, though sent with 200, holds an error.
 * @throws {ModelReplyError} when it holds no reply.
 */
export function fromChatBody(
  body: unknown,
  asked: Asked,
  quirks: Pick<Quirks, 'thinksInText' | 'reasoningBack'>,
): RawReply {
  const { modelId } = asked;
  const failed = failedBodySchema.safeParse(body);
  if (failed.success) throw toProviderError(faultOfBody(failed.data.error), asked);
  const { choices } = parseReplyBody(bodySchema, body, modelId);
  const [choice] = choices ?? [];
  if (choice === undefined) throw new ModelReplyError(`${modelId} answered without choices`, modelId);
  const { content, refusal, tool_calls: calls, ...said } = choice.message;
  const toolCalls = withUniqueIds(
    (calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name ?? '',
      argumentsJson: call.function.arguments ?? '',
    })),
  );
  const stop = stopOf(choice.finish_reason, Boolean(refusal), toolCalls.length > 0);
  const spoken = (content || refusal || '').toWellFormed();
  const text = quirks.thinksInText ? withoutThoughts(spoken).text : spoken;
  const kept = keptParts(quirks.reasoningBack, {
    content: said.reasoning_content ?? said.reasoning,
    details: said.reasoning_details,
    signatures: (calls ?? []).map((call) => call.extra_content?.google.thought_signature),
  });
  const reasoning = reasoningOf(modelId, kept);
  return refuseEmpty(
    { modelId, text, toolCalls, stop, usage: chatUsage(body), ...(reasoning && { reasoning }) },
    choice.finish_reason,
  );
}

/** Gateways put the status of the model behind them into `code`, as a number. */
export function faultOfBody({ message, code }: { message: string; code?: string | number | null | undefined }) {
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
  return { kind: 'answered' as const, status, code: typeof code === 'string' ? code : null, message };
}

function stopOf(reason: string | null | undefined, isRefused: boolean, hasCalls: boolean): ModelReply['stop'] {
  if (isRefused || reason === 'content_filter') return 'refusal';
  if (reason === 'length') return 'length';
  return hasCalls ? 'tool-calls' : 'end';
}

/** At xAI and Gemini the completion is counted without the reasoning, which only the total holds. */
export function chatUsage(body: unknown): Usage | null {
  const parsed = z.object({ usage: usageSchema }).safeParse(body);
  if (!parsed.success) return null;
  const { usage } = parsed.data;
  const unseen = Math.max(0, (usage.total_tokens ?? 0) - usage.prompt_tokens - usage.completion_tokens);
  return usageOfCounts({
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens || usage.prompt_cache_hit_tokens,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_write_tokens,
    outputTokens: usage.completion_tokens + unseen,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens || unseen,
  });
}
