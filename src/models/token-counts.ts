import { z } from 'zod';
import type { ModelReply, Usage } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';

/** No model reads or writes as much at once: such a count is a slip of the server, and would empty every budget. */
const mostTokens = 20_000_000;

/** What a provider must count for us to believe its usage. */
export const countSchema = z
  .number()
  .nonnegative()
  .max(mostTokens)
  .transform((count) => Math.ceil(count));

/** A part of another count, whose absence or nonsense takes nothing from that one. */
export const partSchema = countSchema.nullish().catch(0);

interface Counted {
  /** With what was read from the cache and written to it. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number | null | undefined;
  readonly cacheWriteTokens: number | null | undefined;
  /** With the reasoning. */
  readonly outputTokens: number;
  readonly reasoningTokens: number | null | undefined;
}

/** Parts are never more than their whole. Null where nothing was counted at all, as some servers fill in zeros. */
export function usageOfCounts(counted: Counted): Usage | null {
  const { inputTokens, outputTokens } = counted;
  if (inputTokens === 0 && outputTokens === 0) return null;
  const cachedInputTokens = Math.min(counted.cachedInputTokens ?? 0, inputTokens);
  const cacheWriteTokens = Math.min(counted.cacheWriteTokens ?? 0, inputTokens - cachedInputTokens);
  const reasoningTokens = Math.min(counted.reasoningTokens ?? 0, outputTokens);
  return {
    inputTokens,
    cachedInputTokens,
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
    outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
  };
}

/** What providers add of their own to a request and to each of its messages. */
const framingTokens = 1_000;
const framingTokensPerMessage = 20;

/**
 * Bounds by length, for a provider that counts nothing: no token is shorter than a byte, so what is told may be several
 * times the truth, and no limit is passed unseen.
 */
export function estimatedUsage(
  { system, messages, tools, maxOutputTokens }: ModelRequest,
  written: Pick<ModelReply, 'text' | 'toolCalls' | 'reasoning'> | { readonly characters: number },
): Usage {
  const said = messages.reduce((sum, message) => sum + bytesOf(message), 0);
  const inputTokens =
    Buffer.byteLength(system) + bytesOf(tools) + said + framingTokens + framingTokensPerMessage * messages.length;
  const outputBytes =
    'characters' in written
      ? 3 * written.characters
      : bytesOf([written.text, written.toolCalls, written.reasoning?.parts ?? []]);
  return {
    inputTokens,
    cachedInputTokens: 0,
    outputTokens: Math.min(outputBytes, maxOutputTokens),
    isEstimated: true,
  };
}

const usualBytesPerToken = 4;

/** Of a call that was sent and never heard of: what it was likely to read. Nobody counted, and nothing was written. */
export function unheardUsage({ system, messages, tools }: ModelRequest): Usage {
  const bytes =
    Buffer.byteLength(system) + bytesOf(tools) + messages.reduce((sum, message) => sum + bytesOf(message), 0);
  return {
    inputTokens: Math.ceil(bytes / usualBytesPerToken),
    cachedInputTokens: 0,
    outputTokens: 0,
    isEstimated: true,
  };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Tokens of several calls together. */
export function summedUsage(one: Usage, other: Usage): Usage {
  const cacheWriteTokens = (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0);
  const reasoningTokens = (one.reasoningTokens ?? 0) + (other.reasoningTokens ?? 0);
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
    outputTokens: one.outputTokens + other.outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    ...((one.isEstimated || other.isEstimated) && { isEstimated: true }),
  };
}
