import { CircuitState, circuitBreaker, handleWhen, type IBreaker } from 'cockatiel';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { BreakerState, ModelHealth } from '../domain/model-health.ts';
import { createCallQueue } from './call-queue.ts';

/** @param begins Told when the answer begins, where that is seen before its end. */
export type GuardedCall<T> = (begins: () => void) => Promise<T>;

/**
 * Stands before one model, for all fixes of this process: bounds the calls in flight, and asks no more once the model
 * has failed too often.
 *
 * closed → open: after `opensAfter` failures in a row; at once when the provider names a time to leave it alone for, and
 * when only the admin can mend it. open → half-open: by the first call after the pause, which is the probe. half-open →
 * closed when the probe's answer begins, be it with a refusal of that one request; → open again, for longer, when it
 * fails before. What a call comes to that was made before the newest such change says nothing any more.
 *
 * Pauses are measured by a clock that never jumps; the breaker's own goes by the wall clock and is therefore told to be
 * always due.
 */
export interface ModelGuard {
  /** Until it may be asked; 0 when it is closed or due. */
  pauseMs(): number;
  /**
   * @throws {ProviderError} without asking, while it is open or being probed; `retryAfterMs` says for how long.
   * @throws whatever the call throws.
   */
  run<T>(call: GuardedCall<T>, signal: AbortSignal): Promise<T>;
  health(): ModelHealth;
}

export interface GuardOptions {
  /** Failures in a row that open it; `Infinity` never does, whatever happens. */
  readonly opensAfter: number;
  /** Calls in flight. */
  readonly callsAtOnce: number;
  readonly longestQueueMs: number;
  /** How long it stays open, by the times in a row that it was opened. */
  readonly pauseMs: (times: number) => number;
  /** How long it stays open where only the admin can mend it. */
  readonly adminPauseMs: number;
  readonly changed: (health: ModelHealth) => void;
  /** The wall clock, for showing only. */
  readonly now: () => number;
}

type Fault = ProviderError | ModelReplyError;

/** The fix was stopped while its call was the probe: nobody knows yet, and the next call finds out. */
class Unanswered extends Error {}

/** What an older call threw, as its cause. */
class Outdated extends Error {}

/** While somebody else probes, it is looked at again this often. */
const probeLookMs = 500;

const states: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

const alwaysDue = { duration: Number.NEGATIVE_INFINITY, next: () => alwaysDue };

export function createModelGuard(modelId: string, options: GuardOptions): ModelGuard {
  const queue = createCallQueue(options.callsAtOnce, options.longestQueueMs);
  let failures = 0;
  let timesOpened = 0;
  /** Counts how often it was opened and closed. */
  let era = 0;
  let openUntil = 0;
  let openedAtMs: number | null = null;
  let answeredAgainAtMs: number | null = null;
  let newest: Fault | null = null;

  const breaker: IBreaker = {
    state: null,
    success: () => undefined,
    failure: () => failures >= options.opensAfter || (newest !== null && opensAtOnce(newest, options)),
  };
  const policy = circuitBreaker(
    handleWhen((error) => error instanceof Unanswered || isFailure(error)),
    { breaker, halfOpenAfter: alwaysDue },
  );
  policy.onBreak((reason) => {
    if ('error' in reason && reason.error instanceof Unanswered) return;
    era += 1;
    timesOpened += 1;
    openedAtMs = options.now();
    openUntil = performance.now() + pauseAfter(newest, timesOpened, options);
    options.changed(health());
  });
  policy.onReset(() => {
    era += 1;
    timesOpened = 0;
    failures = 0;
    newest = null;
    openedAtMs = null;
    answeredAgainAtMs = options.now();
    options.changed(health());
  });

  const pauseMs = () => (policy.state === CircuitState.Open ? Math.max(0, openUntil - performance.now()) : 0);

  function health(): ModelHealth {
    return {
      modelId,
      state: states[policy.state],
      openedAtMs,
      answeredAgainAtMs,
      probeInMs: pauseMs(),
      failures,
      fault: newest === null ? null : faultOf(newest),
      reason: newest?.message ?? null,
      inFlight: queue.inFlight,
      queued: queue.queued,
    };
  }

  function assertAskable(): void {
    const isProbed = policy.state === CircuitState.HalfOpen;
    if (!isProbed && pauseMs() === 0) return;
    throw new ProviderError(newest?.message ?? `${modelId} is being probed`, {
      modelId,
      fault: newest === null ? 'overloaded' : faultOf(newest),
      isRetryable: true,
      mayBeCharged: false,
      retryAfterMs: isProbed ? probeLookMs : pauseMs(),
    });
  }

  async function counted<T>(end: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const begunIn = era;
    try {
      const reply = await end();
      if (begunIn === era) {
        failures = 0;
        newest = null;
      }
      return reply;
    } catch (error) {
      const thrown = signal.aborted ? signal.reason : error;
      if (begunIn !== era) throw new Outdated('', { cause: thrown });
      if (signal.aborted && policy.state === CircuitState.HalfOpen) throw new Unanswered('', { cause: thrown });
      if (!signal.aborted && isFault(error) && isFailure(error)) {
        failures += 1;
        newest = error;
      }
      throw thrown;
    }
  }

  const execute = <T>(end: () => Promise<T>, signal: AbortSignal): Promise<T> =>
    policy
      .execute(() => counted(end, signal))
      .catch((error: unknown) => {
        throw error instanceof Unanswered || error instanceof Outdated ? error.cause : error;
      });

  /** Others may ask as soon as its answer begins; how it ends counts as any other call's end. */
  async function probe<T>(call: GuardedCall<T>, signal: AbortSignal): Promise<T> {
    const begun = Promise.withResolvers<void>();
    const reply = call(begun.resolve);
    await execute(() => Promise.race([reply, begun.promise]), signal);
    return execute(() => reply, signal);
  }

  return {
    pauseMs,
    health,
    async run(call, signal) {
      assertAskable();
      const late = () =>
        new ProviderError(`${modelId} has too many calls in flight`, {
          modelId,
          fault: 'overloaded',
          isRetryable: true,
        });
      return queue.run(
        async () => {
          // It may have been opened by those who were asked meanwhile.
          assertAskable();
          const isDue = policy.state === CircuitState.Open;
          return isDue ? probe(call, signal) : execute(() => call(unseen), signal);
        },
        signal,
        late,
      );
    },
  };
}

const unseen = () => undefined;

const isFault = (error: unknown): error is Fault => error instanceof ProviderError || error instanceof ModelReplyError;

/** A request that one model refuses, or cannot hold, says nothing against the model. */
function isFailure(error: unknown): boolean {
  if (error instanceof ModelReplyError) return true;
  return error instanceof ProviderError && (error.remedy === 'ask-again' || error.remedy === 'tell-admin');
}

const faultOf = (fault: Fault) => (fault instanceof ProviderError ? fault.fault : 'no-reply');

function opensAtOnce(fault: Fault, { opensAfter }: GuardOptions): boolean {
  if (opensAfter === Number.POSITIVE_INFINITY || fault instanceof ModelReplyError) return false;
  return fault.remedy === 'tell-admin' || (fault.retryAfterMs ?? 0) > 0;
}

function pauseAfter(fault: Fault | null, times: number, options: GuardOptions): number {
  if (fault instanceof ProviderError && fault.remedy === 'tell-admin') return options.adminPauseMs;
  const asked = fault instanceof ProviderError ? (fault.retryAfterMs ?? 0) : 0;
  return asked > 0 ? asked : options.pauseMs(times);
}
