import type { Usage } from '../domain/conversation.ts';
import { type ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { ModelRequest } from '../ports/model.ts';
import type { Assembly } from './read-answer.ts';
import { estimatedUsage } from './token-counts.ts';

/** An answer of which no reply came, as far as it is known. */
export interface LostAnswer {
  readonly error: ProviderError | ModelReplyError;
  /** By the provider; null where it said nothing. */
  readonly counted: Usage | null;
  /** Whether it came to its end: then what was counted is all of it. */
  readonly isWhole: boolean;
  readonly assembly: Pick<Assembly, 'characters' | 'written'>;
  /** What came of an answer that is no stream. */
  readonly inOnePiece: string;
  readonly request: ModelRequest;
}

/**
 * What an answer used that came to nothing; null where nothing was heard of it.
 *
 * A stream tells at its begin what was read, and only at its end what was written: of one that broke off, what came counts
 * by its bound. So does an answer in one piece of which nothing was counted, with its frame.
 */
export function lostUsage({ error, counted, isWhole, assembly, inOnePiece, request }: LostAnswer): Usage | null {
  const isSaid = isWritten(inOnePiece);
  const hasCome = assembly.characters > 0 || isSaid;
  if (counted !== null && (isWhole || !hasCome)) return counted;
  const bound = estimatedUsage(request, isSaid ? inOnePiece : assembly.written);
  if (counted !== null) {
    const { outputTokens } = bound;
    return outputTokens > counted.outputTokens ? { ...counted, outputTokens, isEstimated: true } : counted;
  }
  if (hasCome) return bound;
  // Before its first word a model has read the question; one that hangs may not even have done that.
  return error instanceof ProviderError && error.mayBeCharged && error.fault !== 'timed-out' ? bound : null;
}

/** Neither blanks that keep a connection, nor a page that a proxy shows to people. */
const isWritten = (text: string): boolean => /\w/.test(text) && !/^\s*</.test(text);
