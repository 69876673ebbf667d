import type { ModelParameters, ModelReply } from '../domain/conversation.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import { type SdkFault, systemCode, toProviderError } from './provider-faults.ts';
import type { Quirks } from './quirks.ts';
import { withRetries } from './retry.ts';

/** What a model can be told, whichever protocol it is behind. */
export interface ModelOptions {
  /** `provider/model`, as the roster writes it. */
  readonly id: string;
  /** The model's name at the provider. */
  readonly model: string;
  /** Empty where a server wants none. */
  readonly apiKey: string;
  /** Default: OpenAI's or Anthropic's own. */
  readonly baseUrl?: string;
  /** What differs from the protocol's own behaviour. */
  readonly quirks?: Partial<Quirks>;
  readonly parameters?: ModelParameters;
  /** For one request with its whole answer. */
  readonly timeoutMs?: number;
  /** How long nothing may come, first or next; a model that thinks in silence needs some of it. */
  readonly silenceMs?: number;
  /** How long after the first request another may still be sent; default one minute. */
  readonly maxRetryDelayMs?: number;
  readonly fetch?: typeof fetch;
  /** Told once of each parameter that the model refused and that is left out from then on. */
  readonly warn?: (warning: string) => void;
}

/** One question to a provider, in its dialect. */
export interface Exchange {
  /** Sends once, through the vendor's SDK. */
  send(signal: AbortSignal): Promise<Response>;
  /** Null when the error is none of the SDK's. */
  faultOf(error: unknown): SdkFault | null;
  /**
   * @throws {ProviderError} when the body holds an error.
   * @throws {ModelReplyError} when it is no reply.
   */
  read(body: unknown): ModelReply;
}

const defaultTimeoutMs = 300_000;
const defaultRetryWindowMs = 60_000;

/** Above any real reply: the largest models write at most about half a megabyte at once. */
const largestReplyBytes = 2_000_000;

/** What is passed to a vendor's SDK, beside its address: no retries, logs or redirects of its own. */
export const sdkOptions = (options: ModelOptions) => ({
  apiKey: options.apiKey,
  maxRetries: 0,
  timeout: options.timeoutMs ?? defaultTimeoutMs,
  logLevel: 'off' as const,
  // A redirect could carry the key to another host: fetch drops `authorization` there, but not `x-api-key`.
  fetchOptions: { redirect: 'error' as const },
  ...(options.fetch && { fetch: options.fetch }),
});

/**
 * Asks, and asks again while the fault is short.
 *
 * @throws {ProviderError}
 * @throws {ModelReplyError}
 */
export function ask(exchange: Exchange, options: ModelOptions, signal: AbortSignal): Promise<ModelReply> {
  const windowMs = options.maxRetryDelayMs ?? defaultRetryWindowMs;
  return withRetries(() => askOnce(exchange, options, signal), { signal, windowMs });
}

async function askOnce(exchange: Exchange, options: ModelOptions, signal: AbortSignal): Promise<ModelReply> {
  // The SDK's own timeout ends with the headers; this one also covers a body that never ends.
  const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const asked = { modelId: options.id, apiKey: options.apiKey };
  try {
    const response = await exchange.send(AbortSignal.any([signal, timeout]));
    return exchange.read(parseBody(await readText(response, asked), options.id));
  } catch (error) {
    if (timeout.aborted) throw toProviderError({ kind: 'timed-out' }, asked);
    if (error instanceof ProviderError || error instanceof ModelReplyError) throw error;
    const fault = exchange.faultOf(error);
    throw fault === null ? error : toProviderError(fault, asked);
  }
}

async function readText(response: Response, asked: { modelId: string; apiKey: string }): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes > largestReplyBytes) break;
    }
  } catch (error) {
    // The stream is the network's: whatever ends it early is a lost connection.
    throw toProviderError({ kind: 'unreachable', code: systemCode(error) }, asked);
  }
  if (sizeBytes > largestReplyBytes) {
    throw new ModelReplyError(`${asked.modelId} answered more than ${largestReplyBytes} bytes`, asked.modelId);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, modelId: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelReplyError(`${modelId} answered something that is no JSON`, modelId);
  }
}
