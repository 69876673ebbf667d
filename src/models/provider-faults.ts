import { ProviderError, type ProviderFault } from '../domain/faults.ts';
import { unsendablePart } from '../domain/header-text.ts';
import { meaningOf, meaningOfConnection } from './fault-meanings.ts';
import { nearestModels } from './known-models.ts';
import { retryAfterIn, retryAfterOf } from './retry-after.ts';

/** What went wrong, as far as a vendor's SDK tells it in fields. */
export type SdkFault =
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'unreachable'; readonly code: string | null }
  /** Something threw before there was a request: the key, which no header carries, or a mistake of ours. */
  | { readonly kind: 'unsent'; readonly error: unknown }
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

/** Who was asked, and where; without an address at the provider's own. */
export interface Asked {
  readonly modelId: string;
  readonly apiKey: string;
  readonly baseUrl?: string | undefined;
}

/**
 * Carries no cause: what an SDK or a provider put into its error may hold the key, or an address with a password.
 * For the same reason the key is cut from the provider's message, which some providers echo.
 */
export function toProviderError(fault: SdkFault, asked: Asked): ProviderError {
  const { modelId } = asked;
  if (fault.kind === 'timed-out') {
    return new ProviderError(`${modelId} did not answer in time`, { modelId, fault: 'timed-out', isRetryable: true });
  }
  if (fault.kind === 'unreachable') {
    const { fault: meaning, words } = meaningOfConnection(fault.code);
    const mayBeCharged = meaning === 'unreachable' && (fault.code === null || !neverSent.has(fault.code));
    return new ProviderError(`${modelId} ${words}`, {
      modelId,
      fault: meaning,
      isRetryable: isShort(meaning),
      mayBeCharged,
    });
  }
  if (fault.kind === 'unsent') return unsentError(fault.error, asked);
  const { status, headers } = fault;
  const meaning = meaningOf(fault);
  const retryAfterMs = retryAfterOf(headers) ?? (meaning === 'rate-limited' ? retryAfterIn(fault.message) : undefined);
  const said = withoutKey(meaning === 'redirected' ? redirect(fault) : withoutPage(fault), asked.apiKey).slice(
    0,
    longestMessage,
  );
  const near = meaning === 'unknown-model' ? nearestModels(modelId, asked.baseUrl) : [];
  return new ProviderError(`${modelId}: ${said}${near.length === 0 ? '' : ` (near names: ${near.join(', ')})`}`, {
    modelId,
    fault: meaning,
    isRetryable: isShort(meaning),
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function unsentError(error: unknown, { modelId, apiKey }: Asked): ProviderError {
  const odd = unsendablePart(apiKey);
  const fault = odd === null ? 'rejected' : 'unauthorized';
  // Whoever refused to make a header quotes it whole.
  const why = odd === null ? withoutKey(String(error), apiKey).slice(0, longestMessage) : `its key holds ${odd}`;
  return new ProviderError(`${modelId} was not asked: ${why}`, { modelId, fault, isRetryable: false });
}

/** Whether the same model may answer a moment later. */
const isShort = (fault: ProviderFault): boolean =>
  fault === 'rate-limited' || fault === 'overloaded' || fault === 'unreachable' || fault === 'timed-out';

/** What stands behind the path of the address may be a secret. */
function redirect({ status, headers }: { status: number | undefined; headers?: Headers | undefined }): string {
  const to = headers?.get('location')?.replace(/[?#].*$/s, '') ?? 'nowhere';
  const { host, pathname } = URL.parse(to) ?? { host: '', pathname: to };
  return `${status ?? 300} a redirect to ${host}${pathname} in place of an answer; it is not followed`;
}

/** Proxies and firewalls answer with pages for people; of such a page only its title says anything. */
function withoutPage({ status, message }: { status: number | undefined; message: string }): string {
  if (!/<!doctype html|<html[\s>]/i.test(message)) return message;
  const title = /<title[^>]*>([^<]{1,200})<\/title>/i.exec(message)?.[1]?.trim();
  return `${status ?? 200} a web page in place of an answer${title ? `: ${title}` : ''}; a proxy stands between?`;
}

/** A key of a few characters is a placeholder for a server that wants none; cutting it would only garble words. */
function withoutKey(text: string, apiKey: string): string {
  return apiKey.length < 8 ? text : text.replaceAll(apiKey, '[key]');
}
