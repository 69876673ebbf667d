import { createHash } from 'node:crypto';
import type { PassedOver } from './conversation.ts';

/** What stays of a turn when its texts are gone: numbers, names and digests. */
export interface TurnTrace {
  /** The template that the conversation was written from; null where nobody said. */
  readonly prompt: PromptOrigin | null;
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Of the whole request, in our own words: the same for every provider. */
  readonly inputDigest: string;
  readonly inputBytes: number;
  /** Of text and tool calls of the reply. */
  readonly outputDigest: string;
  /** From the question to the end of the reply; retries and models that were passed over included. */
  readonly latencyMs: number;
  /** Null where the provider does not stream. */
  readonly firstTokenMs: number | null;
  /** One for each tool call of the reply, in their order. */
  readonly calls: readonly CallTrace[];
}

export interface PromptOrigin {
  readonly name: string;
  readonly version: number;
  /** Whose words it has: `ours` or `repository`; left out by older versions. */
  readonly source?: string;
  /** Names the words exactly. */
  readonly digest?: string;
}

export interface CallTrace {
  /** Of a tool that the model was shown; `unknown` where it called one that there is not. */
  readonly name: string;
  readonly argumentsBytes: number;
  readonly argumentsDigest: string;
  readonly outputBytes: number;
  readonly outputDigest: string;
  readonly isError: boolean;
  readonly tookMs: number;
}

/** A question that got no answer that could be used. */
export interface FailedCall {
  /** The last model of the chain that was asked. */
  readonly modelId: string;
  /** A class of faults, never a text of the provider's: `rate-limited`, `no-reply`, `stopped`. */
  readonly fault: string;
  readonly status: number | null;
  readonly reason: string;
  /** Every model of the chain that did not answer, as far as it was asked. */
  readonly passedOver: readonly PassedOver[];
  readonly prompt: PromptOrigin | null;
  readonly inputDigest: string;
  readonly inputBytes: number;
  readonly latencyMs: number;
}

/** The digest of a value as JSON with sorted keys, so that the same words have the same digest whoever wrote them down. */
export function digestOf(value: unknown): { readonly digest: string; readonly bytes: number } {
  const text = JSON.stringify(value, sortedKeys) ?? 'null';
  return { digest: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) };
}

export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
