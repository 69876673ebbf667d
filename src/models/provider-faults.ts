import { ProviderError, type ProviderFault } from '../domain/faults.ts';

/** What went wrong, as far as a vendor's SDK tells it in fields. */
export type SdkFault =
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'unreachable'; readonly code: string | null }
  | {
      readonly kind: 'answered';
      readonly status: number | undefined;
      readonly headers?: Headers | undefined;
      /** The provider's own word, for instance `insufficient_quota`. */
      readonly code: string | null;
      readonly message: string;
    };

/** Both vendors' SDKs come from one generator: their error classes differ in identity, not in shape. */
export interface SdkErrorClasses {
  readonly APIError: ErrorClass<{ readonly status: number | undefined; readonly headers: Headers | undefined }>;
  readonly APIConnectionError: ErrorClass<object>;
  readonly APIConnectionTimeoutError: ErrorClass<object>;
}
type ErrorClass<Fields> = abstract new (...args: never[]) => Error & Fields;

/** Null when the error is not the SDK's: then it is a bug. */
export function faultOfSdkError(
  error: unknown,
  classes: SdkErrorClasses,
  codeOf: (error: object) => string | null,
): SdkFault | null {
  if (error instanceof classes.APIConnectionTimeoutError) return { kind: 'timed-out' };
  if (error instanceof classes.APIConnectionError) return { kind: 'unreachable', code: systemCode(error) };
  if (!(error instanceof classes.APIError)) return null;
  const { status, headers, message } = error;
  return { kind: 'answered', status, headers, code: codeOf(error), message };
}

/** The first `code` in a chain of causes, for instance `ECONNRESET`. */
export function systemCode(error: unknown): string | null {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current.cause;
  }
  return null;
}

const longestMessage = 500;

/** No connection came about, so nobody read the question. */
const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Carries no cause: what an SDK or a provider put into its error may hold the key, or an address with a password.
 * For the same reason the key is cut from the provider's message, which some providers echo.
 */
export function toProviderError(fault: SdkFault, asked: { modelId: string; apiKey: string }): ProviderError {
  const { modelId } = asked;
  if (fault.kind === 'timed-out') {
    return new ProviderError(`${modelId} did not answer in time`, { modelId, fault: 'timed-out', isRetryable: true });
  }
  if (fault.kind === 'unreachable') {
    const message = `${modelId} cannot be reached${fault.code === null ? '' : ` (${fault.code})`}`;
    const mayBeCharged = fault.code === null || !neverSent.has(fault.code);
    return new ProviderError(message, { modelId, fault: 'unreachable', isRetryable: true, mayBeCharged });
  }
  const retryAfterMs = retryAfterOf(fault.headers);
  return new ProviderError(`${modelId}: ${withoutKey(fault.message, asked.apiKey).slice(0, longestMessage)}`, {
    modelId,
    ...meaningOf(fault.status, fault.code),
    ...(fault.status !== undefined && { status: fault.status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/**
 * What a status means for us.
 *
 * An empty account answers 429 at OpenAI (`insufficient_quota`) and 402 elsewhere: waiting a minute does not fill it.
 * An error without a status came in a body sent with 200, as gateways do when the model behind them fails.
 */
function meaningOf(status: number | undefined, code: string | null): { fault: ProviderFault; isRetryable: boolean } {
  if (status === 401 || status === 402 || status === 403) return { fault: 'unauthorized', isRetryable: false };
  if (status === 429) return { fault: 'rate-limited', isRetryable: code !== 'insufficient_quota' };
  if (status === 408) return { fault: 'timed-out', isRetryable: true };
  if (status === undefined || status === 409 || status >= 500) return { fault: 'overloaded', isRetryable: true };
  return { fault: 'rejected', isRetryable: false };
}

/** `retry-after` holds seconds or a date; `retry-after-ms` is OpenAI's finer one. Nonsense counts as absent. */
function retryAfterOf(headers: Headers | undefined): number | undefined {
  const milliseconds = headers?.get('retry-after-ms');
  if (milliseconds && Number(milliseconds) >= 0) return Number(milliseconds);
  const after = headers?.get('retry-after');
  if (!after) return undefined;
  const waitMs = Number.isNaN(Number(after)) ? Date.parse(after) - Date.now() : Number(after) * 1000;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

/** A key of a few characters is a placeholder for a server that wants none; cutting it would only garble words. */
function withoutKey(text: string, apiKey: string): string {
  return apiKey.length < 8 ? text : text.replaceAll(apiKey, '[key]');
}
