import { z } from 'zod';
import type { Usage } from '../domain/conversation.ts';
import { mostTokensIn } from '../domain/token-bound.ts';
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
 * Bounds by what was measured of tokenizers, for a provider that counts nothing: more than the truth, so that no limit is
 * passed unseen.
 *
 * @param written All that the model wrote, with its calls' names and its thoughts.
 */
export function estimatedUsage({ system, messages, tools, maxOutputTokens }: ModelRequest, written: string): Usage {
  const texts = [system, JSON.stringify(tools), ...messages.map((message) => JSON.stringify(message))];
  const said = texts.reduce((sum, text) => sum + mostTokensIn(text), 0);
  // The bound is never less than a token for four letters, so what is beyond these could not count any more.
  const counting = written.slice(0, 4 * maxOutputTokens);
  return {
    inputTokens: said + framingTokens + framingTokensPerMessage * messages.length,
    cachedInputTokens: 0,
    outputTokens: Math.min(mostTokensIn(counting), maxOutputTokens),
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
