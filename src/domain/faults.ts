/**
 * Faults: what may go wrong outside. Expected ends (a failed verdict, a spent budget) are values, not these.
 *
 * `isRetryable` is decided once, by the adapter that saw the status code. Nobody branches on a message.
 */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly status: number | undefined;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(message: string, how: { status?: number; isRetryable: boolean; retryAfterMs?: number; cause?: unknown }) {
    super(message, { cause: how.cause });
    this.status = how.status;
    this.isRetryable = how.isRetryable;
    this.retryAfterMs = how.retryAfterMs;
  }
}

export type ProviderFault = 'rate-limited' | 'overloaded' | 'unreachable' | 'timed-out' | 'unauthorized' | 'rejected';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly modelId: string;
  readonly fault: ProviderFault;
  readonly status: number | undefined;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** Whether the provider may charge for it all the same: it was asked, and broke off without refusing. */
  readonly mayBeCharged: boolean;
  constructor(
    message: string,
    how: {
      modelId: string;
      fault: ProviderFault;
      status?: number;
      isRetryable: boolean;
      retryAfterMs?: number;
      /** Left out: by the fault. */
      mayBeCharged?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: how.cause });
    this.mayBeCharged =
      how.mayBeCharged ?? (how.status === undefined && (how.fault === 'timed-out' || how.fault === 'unreachable'));
    this.modelId = how.modelId;
    this.fault = how.fault;
    this.status = how.status;
    this.isRetryable = how.isRetryable;
    this.retryAfterMs = how.retryAfterMs;
  }
}

/** The provider answered 200 with nothing usable: no choices, an empty text without tool calls. */
export class ModelReplyError extends Error {
  override readonly name = 'ModelReplyError';
  readonly modelId: string;
  readonly isRetryable = true;
  constructor(message: string, modelId: string) {
    super(message);
    this.modelId = modelId;
  }
}

/** Something an admin wrote is wrong. Carries every problem at once, each with place, finding and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  readonly isRetryable = false;
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
