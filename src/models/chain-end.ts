import type { Usage } from '../domain/conversation.ts';
import { type ModelReplyError, ProviderError, type Remedy } from '../domain/faults.ts';

export type Fault = ProviderError | ModelReplyError;

/** What is mended first, by time or by a person, says what the chain's end means. */
const soonestMended: readonly Remedy[] = ['ask-again', 'tell-admin', 'ask-next', 'give-up'];

const longestMessage = 250;

/** What its tries used, and whether one may be charged of which nothing is known. */
interface Losses {
  known(): Usage | null;
  hasUnheard(): boolean;
}

/** The fault of a whole chain, of which nobody answered. */
export function endOfChain(faults: readonly Fault[], losses: Losses): ProviderError {
  const all = faults.map(toProviderFault);
  // Two refusals of one request: no other model is asked, and none is waited for.
  const rejected = all.filter(({ fault }) => fault === 'rejected');
  const [first] = rejected.length > 1 ? rejected : all.toSorted((a, b) => rankOf(a) - rankOf(b));
  if (first === undefined) throw new TypeError('a chain that nobody was asked of has no fault');
  const waits = all.filter(({ isRetryable }) => isRetryable).map(({ retryAfterMs }) => retryAfterMs ?? 0);
  const retryAfterMs = Math.min(...waits);
  const end = new ProviderError(all.map(({ message }) => cut(message, all.length)).join('; '), {
    modelId: first.modelId,
    fault: first.fault,
    isRetryable: first.isRetryable,
    mayBeCharged: losses.hasUnheard(),
    ...(first.status !== undefined && { status: first.status }),
    ...(first.isRetryable && retryAfterMs > 0 && { retryAfterMs }),
    passedOver: all.map(({ modelId, message }) => ({ modelId, reason: message })),
    cause: first,
  });
  const known = losses.known();
  if (known !== null) end.usage = known;
  return end;
}

/** An answer that was none may be another one the next time, but soon it is the same. */
const toProviderFault = (fault: Fault): ProviderError =>
  fault instanceof ProviderError
    ? fault
    : new ProviderError(fault.message, { modelId: fault.modelId, fault: 'no-reply', isRetryable: true, cause: fault });

const rankOf = ({ remedy, isRetryable }: ProviderError): number => (isRetryable ? 0 : soonestMended.indexOf(remedy));

const cut = (message: string, count: number): string =>
  count === 1 || message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 1)}…`;
