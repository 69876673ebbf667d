import type { ModelReply } from '../domain/conversation.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Model, ModelRequest, ReplyWatch } from '../ports/model.ts';
import type { Breakers } from './breakers.ts';
import { endOfChain, type Fault } from './chain-end.ts';
import { type ChainLosses, createChainLosses, NoMoneyForMore, sumOf } from './chain-losses.ts';
import { fits } from './fits.ts';
import { backoffMs, sleep, spreadMs, withRetries } from './retry.ts';

export interface ChainLink {
  /** Asks once: asking again is decided here. */
  readonly model: Model;
  /** Null when nobody knows. */
  readonly contextTokens: number | null;
}

export interface FailoverOptions {
  readonly breakers: Breakers;
  /** How long after the first request another may still be sent; default one minute. */
  readonly windowMs?: number;
  /** How long one model is asked again while another is left; default 8 seconds. */
  readonly patienceMs?: number;
}

const defaultWindowMs = 60_000;
const defaultPatienceMs = 8_000;
/** Only providers that name shorter waits than ours ever meet this bound. */
const mostRounds = 10;

/**
 * One model made of a chain: where one fails, the next is asked. The reply says who gave it and who was passed over.
 *
 * - Who answered the turn before is asked first, for its cache and its reasoning; the next conversation begins with the
 *   chain's first again.
 * - A model whose breaker is open is passed over at once, unless it only asked for a moment; so is one whose context is
 *   too small.
 * - A fault that passes is retried for `patienceMs` while another model is left, and then the whole chain until
 *   `windowMs` are over. A reply that was none is not asked for again at the same model: it has been paid for.
 * - A request that two models refuse as wrong is ours to mend: no third one is asked.
 * - What failed tries used is told with the reply or the fault; where it leaves no money for another try, none is made.
 *
 * @throws {ProviderError} when nobody answered: with `passedOver`, and the fault that is mended first.
 */
export function createFailoverModel(chain: readonly [ChainLink, ...ChainLink[]], options: FailoverOptions): Model {
  return {
    id: chain[0].model.id,
    reply: (request, signal, watch) => askChain({ chain, options, request, signal, watch }),
  };
}

type Faults = Map<ChainLink, Fault>;

interface Asking {
  readonly chain: readonly ChainLink[];
  readonly options: FailoverOptions;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly watch: ReplyWatch | undefined;
}

async function askChain(asking: Asking) {
  const { chain, options, request, signal } = asking;
  const windowMs = options.windowMs ?? defaultWindowMs;
  const startedMs = performance.now();
  const faults: Faults = new Map();
  const losses = createChainLosses(request);
  const order = orderFor(chain, request, faults);
  for (let round = 0; round < mostRounds; round++) {
    const left = order.filter((link) => mayAnswer(faults.get(link)));
    for (const link of left) {
      signal.throwIfAborted();
      if (isTooSmall(link, order, faults)) continue;
      const leftMs = windowMs - (performance.now() - startedMs);
      const patienceMs = left.length === 1 ? leftMs : Math.min(leftMs, options.patienceMs ?? defaultPatienceMs);
      try {
        const reply = await askOne(link, asking, { patienceMs, isAlone: left.length === 1, losses });
        faults.delete(link);
        return withPast(reply, faults, losses);
      } catch (error) {
        if (error instanceof NoMoneyForMore) throw endOfChain([...new Set([...faults.values(), error.fault])], losses);
        if (!isFault(error)) throw error;
        faults.set(link, error);
        if (isRejected(error)) options.breakers.noteRejected(link.model, error.message);
      }
      if ([...faults.values()].filter(isRejected).length > 1) throw endOfChain([...faults.values()], losses);
    }
    const leftMs = windowMs - (performance.now() - startedMs);
    const waitMs = waitBeforeNext(faults, { round, windowMs, leftMs });
    if (waitMs === null || waitMs > leftMs) break;
    await sleep(waitMs, signal);
  }
  throw endOfChain([...faults.values()], losses);
}

/** Who answered last comes first. Who is sure not to hold the request is left out, unless nobody would be left. */
function orderFor(chain: readonly ChainLink[], request: ModelRequest, faults: Faults): ChainLink[] {
  const isLast = ({ model }: ChainLink) => model.id === request.lastAnsweredBy;
  const order = [...chain.filter(isLast), ...chain.filter((link) => !isLast(link))];
  const holding = order.filter(({ contextTokens }) => fits(contextTokens, request));
  if (holding.length === 0) return order;
  for (const link of order.filter((one) => !holding.includes(one))) faults.set(link, tooSmall(link));
  return holding;
}

const tooSmall = ({ model, contextTokens }: ChainLink): ProviderError =>
  new ProviderError(`${model.id}: the conversation is too long for its ${contextTokens ?? '?'} tokens`, {
    modelId: model.id,
    fault: 'too-long',
    isRetryable: false,
  });

/** Another model found the request too long: whoever holds no more than that one need not be asked. */
function isTooSmall(link: ChainLink, order: readonly ChainLink[], faults: Faults): boolean {
  const { contextTokens } = link;
  if (contextTokens === null) return false;
  const isSmall = order.some((other) => {
    const fault = faults.get(other);
    const isOverrun = fault instanceof ProviderError && fault.fault === 'too-long';
    return isOverrun && other.contextTokens !== null && contextTokens <= other.contextTokens;
  });
  if (isSmall) faults.set(link, tooSmall(link));
  return isSmall;
}

interface Trying {
  readonly patienceMs: number;
  /** Nobody else is left to ask. */
  readonly isAlone: boolean;
  readonly losses: ChainLosses;
}

function askOne({ model }: ChainLink, asking: Asking, { patienceMs, isAlone, losses }: Trying): Promise<ModelReply> {
  const { options, request, signal, watch } = asking;
  const guard = options.breakers.guardOf(model.id);
  const { state, fault } = guard.health();
  // A model that is away is not waited for while another is there; one that asked for a moment is.
  const windowMs = isAlone || state === 'closed' || fault === 'rate-limited' ? patienceMs : 0;
  const tryOnce = (begins: () => void) =>
    model.reply(request, signal, watchFor(watch, begins)).catch((error: unknown) => {
      if (isFault(error)) losses.add(error);
      throw error;
    });
  const paidFor = async () => {
    await losses.beforeTry();
    return guard.run(tryOnce, signal);
  };
  return withRetries(paidFor, { signal, windowMs });
}

const watchFor = (watch: ReplyWatch | undefined, begins: () => void): ReplyWatch => ({
  begun() {
    begins();
    watch?.begun?.();
  },
  grown: (characters) => watch?.grown(characters),
});

const isFault = (error: unknown): error is Fault => error instanceof ProviderError || error instanceof ModelReplyError;
const isRejected = (fault: Fault): boolean => fault instanceof ProviderError && fault.fault === 'rejected';

/** Those who were not asked yet, and those whose fault passes. */
const mayAnswer = (fault: Fault | undefined): boolean =>
  fault === undefined || (fault instanceof ProviderError && fault.isRetryable);

interface Waiting {
  readonly round: number;
  readonly windowMs: number;
  readonly leftMs: number;
}

/**
 * Null when there is nobody who might answer later. Of what was named to all alike each waits a little more than the
 * others, as far as the window goes.
 */
function waitBeforeNext(faults: Faults, { round, windowMs, leftMs }: Waiting): number | null {
  const waits = [...faults.values()].flatMap((fault) => {
    if (!(fault instanceof ProviderError) || !fault.isRetryable) return [];
    const { retryAfterMs } = fault;
    if (retryAfterMs === undefined) return [backoffMs(round, windowMs)];
    return [Math.min(spreadMs(retryAfterMs), Math.max(retryAfterMs, leftMs))];
  });
  return waits.length === 0 ? null : Math.min(...waits);
}

/** The reply, with what it took to come by it. */
function withPast(reply: ModelReply, faults: Faults, losses: ChainLosses): ModelReply {
  const passedOver = [...faults].map(([{ model }, { message }]) => ({ modelId: model.id, reason: message }));
  const lost = sumOf(losses.all(), reply.lostUsage);
  return { ...reply, ...(passedOver.length > 0 && { passedOver }), ...(lost !== null && { lostUsage: lost }) };
}
