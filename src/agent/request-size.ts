import type { Message } from '../domain/conversation.ts';
import { mostTokensIn } from '../domain/token-bound.ts';
import type { ModelRequest } from '../ports/model.ts';
import type { PaidTurn } from '../ports/stores.ts';

/** What a request is expected to be counted as, and what it cannot exceed, in tokens. */
export interface InputSize {
  readonly estimatedTokens: number;
  /** At the model that answered the last turn. Before the first: by what tokenizers were measured to make of a text. */
  readonly mostTokens: number;
  /** At any other: nobody has counted for it yet. */
  readonly mostTokensElsewhere: number;
}

/** Code and prose in English, before a provider has counted. */
const usualBytesPerToken = 4;
/** What providers add of their own: how to call tools, and where each message begins. */
const framingTokens = 1_000;
const framingTokensPerMessage = 20;
/** Vendors' tokenizers differ by less than this on one text. */
const otherTokenizer = 2;

/**
 * Bounds a request before it is paid for.
 *
 * No token is shorter than a byte, so a text's bytes bound its tokens whatever stands in it. What the provider counted
 * with the last turn is known, so only what is new since then counts by its bytes. Nothing is known before the first
 * turn; by its bytes it would seem four times as dear as it is, so there what was measured counts.
 *
 * @param last The last recorded turn and the request that it answered; null before the first.
 */
export function inputSize(
  request: ModelRequest,
  last: { readonly turn: PaidTurn; readonly request: ModelRequest } | null,
): InputSize {
  const bytes = bytesOf(request);
  const byBytes = bytes + framingTokens + framingTokensPerMessage * request.messages.length;
  const counted = last?.turn.reply.usage.inputTokens ?? 0;
  if (last === null) {
    const most = mostTokensOf(request) + framingTokens + framingTokensPerMessage * request.messages.length;
    return { estimatedTokens: Math.ceil(bytes / usualBytesPerToken), mostTokens: most, mostTokensElsewhere: most };
  }
  if (counted === 0)
    return {
      estimatedTokens: Math.ceil(bytes / usualBytesPerToken),
      mostTokens: byBytes,
      mostTokensElsewhere: byBytes,
    };
  const fresh = request.messages.filter((message, index) => !isSame(message, last.request.messages[index]));
  const freshBytes = fresh.reduce((sum, message) => sum + messageBytes(message), 0);
  const most = Math.min(byBytes, counted + freshBytes + framingTokensPerMessage * fresh.length);
  return {
    estimatedTokens: Math.ceil((bytes * counted) / bytesOf(last.request)),
    mostTokens: most,
    mostTokensElsewhere: Math.min(byBytes, otherTokenizer * most),
  };
}

const isSame = (one: Message, other: Message | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

const bytesOf = ({ system, tools, messages }: ModelRequest): number =>
  Buffer.byteLength(system) +
  Buffer.byteLength(JSON.stringify(tools)) +
  messages.reduce((sum, message) => sum + messageBytes(message), 0);

/** Of the same texts as `bytesOf`. */
const mostTokensOf = ({ system, tools, messages }: ModelRequest): number =>
  mostTokensIn(system) +
  mostTokensIn(JSON.stringify(tools)) +
  messages.reduce((sum, message) => sum + mostTokensIn(JSON.stringify(message)), 0);

function messageBytes(message: Message): number {
  // JSON holds the names of the fields too, which is more than what stands between the parts on the wire.
  return Buffer.byteLength(JSON.stringify(message));
}
