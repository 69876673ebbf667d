import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Model } from '../ports/model.ts';

/**
 * One model made of a chain: where one fails, the next is asked. The reply's `modelId` says who answered.
 *
 * Any fault moves on, retryable or not: a refused key or a conversation too long for one model may be fine for the
 * next. When all failed, the last fault is thrown, retryable if any of them was.
 */
export function createFailoverModel(chain: readonly [Model, ...Model[]]): Model {
  const [first, ...others] = chain;
  if (others.length === 0) return first;
  return {
    id: first.id,
    async reply(request, signal) {
      const faults: (ProviderError | ModelReplyError)[] = [];
      for (const model of chain) {
        signal.throwIfAborted();
        try {
          return await model.reply(request, signal);
        } catch (error) {
          if (!(error instanceof ProviderError) && !(error instanceof ModelReplyError)) throw error;
          faults.push(error);
        }
      }
      throw lastOf(faults);
    },
  };
}

function lastOf(faults: readonly (ProviderError | ModelReplyError)[]): ProviderError | ModelReplyError {
  const last = faults.at(-1);
  if (last === undefined) throw new TypeError('a chain holds at least one model');
  const retryable = faults.find((fault) => fault.isRetryable);
  if (last instanceof ModelReplyError || last.isRetryable || retryable === undefined) return last;
  return new ProviderError(last.message, {
    modelId: last.modelId,
    fault: last.fault,
    isRetryable: true,
    mayBeCharged: faults.some((fault) => fault instanceof ModelReplyError || fault.mayBeCharged),
    ...(last.status !== undefined && { status: last.status }),
    ...(retryable instanceof ProviderError &&
      retryable.retryAfterMs !== undefined && { retryAfterMs: retryable.retryAfterMs }),
    cause: last,
  });
}
