import type { ProviderFault } from '../domain/faults.ts';

/** An answer that is no reply, in the provider's own fields. */
export interface Refusal {
  /** Undefined where the error came in a body sent with 200, as gateways do when the model behind them fails. */
  readonly status: number | undefined;
  /** The provider's own word: OpenAI's `error.code` or `error.type`, Anthropic's `error.type`. */
  readonly code: string | null;
  readonly message: string;
}

/**
 * What an answer means, decided once: by the provider's word where it is narrower than a status, then by its sentence where
 * providers have nothing else, then by the status.
 *
 * Statuses alone would mislead: an empty account answers 429 at OpenAI, 402 at most others and 400 at Anthropic; a
 * conversation that is too long answers 400 nearly everywhere.
 *
 * - OpenAI: https://platform.openai.com/docs/guides/error-codes
 * - Anthropic: https://docs.claude.com/en/api/errors
 * - OpenRouter, whose code is a status: https://openrouter.ai/docs/api-reference/errors
 * - Gemini, whose limits come as a sentence: https://ai.google.dev/gemini-api/docs/rate-limits
 * - DeepSeek: https://api-docs.deepseek.com/quick_start/error_codes
 */
export function meaningOf({ status, code, message }: Refusal): ProviderFault {
  const byCode = faultOfCode.get(code ?? '');
  if (byCode !== undefined) return byCode;
  const spoken = sentences.find(([pattern]) => pattern.test(message))?.[1];
  if (spoken !== undefined && mayBeSpoken(status)) return spoken;
  if (status !== undefined) return faultOfStatus(status);
  return faultOfWideCode.get(code ?? '') ?? faultOfStatus(statusIn(code));
}

const faultOfCode: ReadonlyMap<string, ProviderFault> = new Map<string, ProviderFault>([
  ['insufficient_quota', 'no-credit'],
  ['credit_balance_exhausted', 'no-credit'],
  ['organization_spend_limit_exceeded', 'no-credit'],
  ['project_spend_limit_exceeded', 'no-credit'],
  ['organization_usage_limit_exceeded', 'no-credit'],
  ['billing_hard_limit_reached', 'no-credit'],
  ['billing_not_active', 'no-credit'],
  ['billing_error', 'no-credit'],
  ['insufficient_balance', 'no-credit'],
  ['enforced_spend_limit_reached', 'no-credit'],
  ['invalid_api_key', 'unauthorized'],
  ['account_deactivated', 'unauthorized'],
  ['unsupported_country_region_territory', 'unauthorized'],
  ['model_not_found', 'unknown-model'],
  ['model_not_available', 'unknown-model'],
  ['DeploymentNotFound', 'unknown-model'],
  ['context_length_exceeded', 'too-long'],
  ['string_above_max_length', 'too-long'],
  ['request_too_large', 'too-long'],
  ['exceed_context_size_error', 'too-long'],
  ['content_filter', 'filtered'],
  ['content_policy_violation', 'filtered'],
  ['ResponsibleAIPolicyViolation', 'filtered'],
  ['invalid_prompt', 'filtered'],
]);

/** Words as wide as a status: they say something only where there is none. */
const faultOfWideCode: ReadonlyMap<string, ProviderFault> = new Map<string, ProviderFault>([
  ['authentication_error', 'unauthorized'],
  ['permission_error', 'unauthorized'],
  ['rate_limit_exceeded', 'rate-limited'],
  ['rate_limit_error', 'rate-limited'],
  ['slow_down', 'rate-limited'],
  ['overloaded_error', 'overloaded'],
  ['api_error', 'overloaded'],
  ['server_error', 'overloaded'],
  ['internal_server_error', 'overloaded'],
  ['service_unavailable', 'overloaded'],
  ['timeout_error', 'timed-out'],
]);

/**
 * Where a provider has one code for many refusals, only its sentence tells them apart. The money comes first: such
 * sentences name the model, too.
 */
const sentences: readonly (readonly [RegExp, ProviderFault])[] = [
  [/credit balance is too low|insufficient (?:balance|credits|funds)|requires more credits/i, 'no-credit'],
  // Gemini says this of its limits per minute and per day, too; of one that is nothing at all no time has any more.
  [/exceeded your current quota[\s\S]*\blimit: 0(?!\d)/i, 'no-credit'],
  [/exceeded your current quota[\s\S]*(?:rate-limits|RESOURCE_EXHAUSTED|retry in \d)/i, 'rate-limited'],
  [/reached your specified .{0,20}usage limits|exceeded your current quota/i, 'no-credit'],
  [/prompt is too long|input length and .?max_tokens.? exceed/i, 'too-long'],
  [/maximum context length|context (?:length|window|size) (?:is )?exceeded|exceeds? the .{0,30}context/i, 'too-long'],
  [/input token count .{0,40}exceeds/i, 'too-long'],
  [/content filter|content management policy|blocked by .{0,30}polic/i, 'filtered'],
  [/is not a valid model|invalid model (?:name|id)|unknown model|model .{0,150}does not exist/i, 'unknown-model'],
  [/model .{0,150}not found/i, 'unknown-model'],
];

/** A server's own troubles and refused keys are what they are, whatever their sentence quotes. */
const mayBeSpoken = (status: number | undefined): boolean =>
  status === undefined || (status >= 400 && status < 500 && status !== 401);

/** Gateways write the status of whoever stands behind them where others have a word. */
const statusIn = (code: string | null): number | undefined =>
  code !== null && /^[45]\d\d$/.test(code) ? Number(code) : undefined;

function faultOfStatus(status: number | undefined): ProviderFault {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'unauthorized';
    case 402:
      return 'no-credit';
    case 404:
    case 410:
      return 'unknown-model';
    case 408:
    case 504:
    case 522:
    case 524:
      return 'timed-out';
    case 413:
      return 'too-long';
    case 429:
      return 'rate-limited';
    // Cloudflare could not shake hands with the server behind it, or trust its certificate; time mends both.
    case 525:
    case 526:
    // A conflict or "too early" is over the next moment; an error without a status is a gateway's.
    case 409:
    case 425:
    case undefined:
      return 'overloaded';
    default:
      if (status >= 500) return 'overloaded';
      return status < 400 ? 'redirected' : 'rejected';
  }
}

/**
 * A connection that nobody answers on. What is wrong with a certificate stays wrong until somebody changes it; names that
 * cannot be resolved and closed ports may be a network that is away.
 *
 * @param code Node's, for instance `ENOTFOUND`: https://nodejs.org/api/errors.html#common-system-errors,
 *   https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
export function meaningOfConnection(code: string | null): { readonly fault: ProviderFault; readonly words: string } {
  if (code === null) return { fault: 'unreachable', words: 'cannot be reached' };
  if (isCertificateCode(code))
    return { fault: 'untrusted', words: `has a certificate that this host does not trust (${code})` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { fault: 'unreachable', words: `cannot be reached: no address is known for its host (${code})` };
  return { fault: 'unreachable', words: `cannot be reached (${code})` };
}

const isCertificateCode = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/.test(code) ||
  /^ERR_TLS_/.test(code);
