import type { PassedOver, Usage } from './conversation.ts';

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

/**
 * What went wrong at a provider. `untrusted`: its certificate;
 * `redirected`: its address leads elsewhere; `no-reply`: it answered with nothing that is a reply;
 * `rejected`: it took the request for a wrong one.
 */
export type ProviderFault =
  | 'rate-limited'
  | 'overloaded'
  | 'unreachable'
  | 'timed-out'
  | 'unauthorized'
  | 'no-credit'
  | 'unknown-model'
  | 'untrusted'
  | 'redirected'
  | 'too-long'
  | 'filtered'
  | 'no-reply'
  | 'rejected';

/**
 * What a fault asks for.
 *
 * - `ask-again`: time mends it, and soon: the same model is asked again.
 * - `ask-next`: this model will not answer this; another may.
 * - `tell-admin`: nobody but the admin of this host mends it. Meanwhile the next is asked.
 * - `give-up`: the request itself seems wrong. One other model may contradict; ten would only hide it.
 */
export type Remedy = 'ask-again' | 'ask-next' | 'tell-admin' | 'give-up';

const remedies: Readonly<Record<ProviderFault, Remedy>> = {
  'rate-limited': 'ask-again',
  overloaded: 'ask-again',
  unreachable: 'ask-again',
  'timed-out': 'ask-again',
  unauthorized: 'tell-admin',
  'no-credit': 'tell-admin',
  'unknown-model': 'tell-admin',
  untrusted: 'tell-admin',
  redirected: 'tell-admin',
  'too-long': 'ask-next',
  filtered: 'ask-next',
  'no-reply': 'ask-next',
  rejected: 'give-up',
};

/** Without a status: something was begun. */
const brokenOff: readonly ProviderFault[] = ['timed-out', 'unreachable', 'no-reply'];

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** What the call is known to have used, though nothing came of it; set by the adapter. */
  usage?: Usage;
  readonly modelId: string;
  readonly fault: ProviderFault;
  readonly remedy: Remedy;
  readonly status: number | undefined;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;
  /**
   * Whether the provider may charge for it all the same: it was asked, and broke off without refusing. Of a chain: whether
   * that is true of any try of which `usage` tells nothing.
   */
  readonly mayBeCharged: boolean;
  /** Of a chain: every model that did not answer, in the order in which they were asked. */
  readonly passedOver: readonly PassedOver[];
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
      passedOver?: readonly PassedOver[];
      cause?: unknown;
    },
  ) {
    super(message, { cause: how.cause });
    this.mayBeCharged = how.mayBeCharged ?? (how.status === undefined && brokenOff.includes(how.fault));
    this.modelId = how.modelId;
    this.fault = how.fault;
    this.remedy = remedies[how.fault];
    this.status = how.status;
    this.isRetryable = how.isRetryable;
    this.retryAfterMs = how.retryAfterMs;
    this.passedOver = how.passedOver ?? [];
  }
}

/** The provider answered 200 with nothing usable: no choices, an empty text without tool calls. */
export class ModelReplyError extends Error {
  override readonly name = 'ModelReplyError';
  /** What the call is known to have used; set by the adapter. */
  usage?: Usage;
  readonly modelId: string;
  readonly isRetryable = true;
  /** It thought until its output was full, and came to no word. */
  readonly isCutShort: boolean;
  constructor(message: string, modelId: string, isCutShort = false) {
    super(message);
    this.modelId = modelId;
    this.isCutShort = isCutShort;
  }
}

/** Texts in the database are encrypted, and the key is not there. Once an admin sets it, work goes on: so it may be tried again. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly isRetryable = true;
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
