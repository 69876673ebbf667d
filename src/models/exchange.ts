import type { ModelParameters, ModelReply, Usage } from '../domain/conversation.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Model, ModelRequest, ReplyWatch } from '../ports/model.ts';
import { boundedErrors } from './bounded-errors.ts';
import { type CallLimits, createCallLimits } from './call-limits.ts';
import { createChainLosses, isUnheard } from './chain-losses.ts';
import { lostUsage } from './lost-usage.ts';
import { type Asked, type SdkFault, systemCode, toProviderError } from './provider-faults.ts';
import type { Quirks } from './quirks.ts';
import { type Answer, type Assembly, readAnswer } from './read-answer.ts';
import { withRetries } from './retry.ts';
import { estimatedUsage } from './token-counts.ts';

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
  /** For one request with its whole answer; default ten minutes. */
  readonly timeoutMs?: number;
  /**
   * How long nothing may come, be it a comment that keeps the connection; default four minutes, in which a model may think
   * and a local one read its prompt. Node's own fetch gives up after five.
   */
  readonly silenceMs?: number;
  /** How long after the first request another may still be sent; default one minute. */
  readonly maxRetryDelayMs?: number;
  readonly fetch?: typeof fetch;
  /** Told once of each parameter that the model refused and that is left out from then on. */
  readonly warn?: (warning: string) => void;
}

/** What a body told, before usage that is missing is bounded. */
export type RawReply = Omit<ModelReply, 'usage'> & { readonly usage: Usage | null };

/** One question to a provider, in its dialect. */
export interface Exchange {
  /** Sends once, through the vendor's SDK. */
  send(signal: AbortSignal): Promise<Response>;
  /** Null when the error is none of the SDK's. */
  faultOf(error: unknown): SdkFault | null;
  /** For the events of one answer, should it be a stream. */
  assemble(): Assembly;
  /**
   * @throws {ProviderError} when the body holds an error.
   * @throws {ModelReplyError} when it is no reply.
   */
  read(body: unknown): RawReply;
  /** What a body says it used, whatever else it holds. */
  usageOf(body: unknown): Usage | null;
}

/** How a model is asked over one protocol; remembers what it found out about it. */
export interface Dialect {
  exchange(request: ModelRequest): Exchange;
}

/** A model that is asked in this dialect. */
export function createDialectModel(options: ModelOptions, dialect: Dialect): Model {
  return {
    id: options.id,
    reply(asked, signal, watch) {
      const request = boundedOutput(asked, options.parameters ?? {});
      return ask(dialect.exchange(request), options, { request, signal, watch });
    },
  };
}

/** How a question is asked, beside what it says. */
interface Asking {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly watch: ReplyWatch | undefined;
}

const defaultTimeoutMs = 600_000;
const defaultSilenceMs = 240_000;
const defaultRetryWindowMs = 60_000;

/** What is passed to a vendor's SDK, beside its address: no retries, logs or redirects of its own. */
export const sdkOptions = (options: ModelOptions) => ({
  apiKey: options.apiKey,
  maxRetries: 0,
  timeout: options.timeoutMs ?? defaultTimeoutMs,
  logLevel: 'off' as const,
  // A redirect could carry the key to another host: fetch drops `authorization` there, but not `x-api-key`. So it is an
  // answer like any other, of which the admin is told.
  fetchOptions: { redirect: 'manual' as const },
  fetch: boundedErrors(options.fetch ?? ((input, init) => fetch(input, init))),
});

/** With the output bounded by the model's own parameter, where it is less than the conversation would allow. */
function boundedOutput(request: ModelRequest, { maxOutputTokens }: ModelParameters): ModelRequest {
  if (maxOutputTokens === undefined || maxOutputTokens >= request.maxOutputTokens) return request;
  return { ...request, maxOutputTokens };
}

/**
 * Asks, and asks again while the fault is short. What failed tries are known to have used is told with the reply, or with
 * the last fault.
 *
 * @throws {ProviderError}
 * @throws {ModelReplyError}
 */
async function ask(exchange: Exchange, options: ModelOptions, asking: Asking): Promise<ModelReply> {
  const windowMs = options.maxRetryDelayMs ?? defaultRetryWindowMs;
  const losses = createChainLosses(asking.request);
  const askKept = async (): Promise<ModelReply> => {
    try {
      return await askOnce(exchange, options, asking);
    } catch (error) {
      if (!isFault(error)) throw error;
      losses.add(error);
      // While nothing was heard of any try, that is left to whoever adds up the models of a chain: it counts once.
      const all = isUnheard(error) && losses.known() === null ? null : losses.all();
      if (all !== null) error.usage = all;
      throw error;
    }
  };
  const reply = await withRetries(askKept, { signal: asking.signal, windowMs });
  const lost = losses.all();
  return lost === null ? reply : { ...reply, lostUsage: lost };
}

const isFault = (error: unknown): error is ProviderError | ModelReplyError =>
  error instanceof ProviderError || error instanceof ModelReplyError;

async function askOnce(exchange: Exchange, options: ModelOptions, asking: Asking): Promise<ModelReply> {
  const limits = createCallLimits({
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    silenceMs: options.silenceMs ?? defaultSilenceMs,
  });
  const { id: modelId, apiKey, baseUrl } = options;
  const asked = { modelId, apiKey, baseUrl };
  let response: Response | null = null;
  try {
    response = await exchange.send(AbortSignal.any([asking.signal, limits.signal]));
    limits.heard();
    return await answered(exchange, response, { limits, asked, asking });
  } catch (error) {
    if (isFault(error)) throw error;
    asking.signal.throwIfAborted();
    const fault = limits.isOver()
      ? ({ kind: 'timed-out' } as const)
      : (exchange.faultOf(error) ?? unsent(error, response));
    if (fault === null) throw error;
    throw toProviderError(fault, asked);
  } finally {
    limits.clear();
  }
}

/** Another model of the chain may be asked what could not be asked of this one. Null once something came: that is a bug. */
const unsent = (error: unknown, response: Response | null): SdkFault | null =>
  response === null ? { kind: 'unsent', error } : null;

interface Call {
  readonly limits: CallLimits;
  readonly asked: Asked;
  readonly asking: Asking;
}

async function answered(exchange: Exchange, response: Response, call: Call): Promise<ModelReply> {
  const { request, watch } = call.asking;
  const assembly = exchange.assemble();
  const answer = await readAnswer(response, assembly, { limits: call.limits, watch });
  const body = answer.kind === 'body' ? answer.body : assembly.body();
  try {
    if (answer.kind !== 'body') throw faultOfAnswer(answer, call);
    const { usage, ...reply } = exchange.read(body);
    return { ...reply, usage: usage ?? estimatedUsage(request, writtenIn(reply)) };
  } catch (error) {
    if (isFault(error)) {
      const isWhole = answer.kind === 'body' && error instanceof ModelReplyError;
      // An error in place of a reply was written by nobody who is paid for it.
      const inOnePiece = answer.kind === 'body' && !isWhole ? '' : answer.inOnePiece;
      const usage = lostUsage({ error, counted: exchange.usageOf(body), isWhole, assembly, inOnePiece, request });
      if (usage !== null) error.usage = usage;
    }
    throw error;
  }
}

const writtenIn = ({ text, toolCalls, reasoning }: Omit<RawReply, 'usage'>): string =>
  JSON.stringify([text, toolCalls, reasoning?.parts ?? []]);

/** @throws the signal's reason where somebody ended the call. */
function faultOfAnswer(answer: Exclude<Answer, { kind: 'body' }>, { limits, asked, asking }: Call): Error {
  switch (answer.kind) {
    case 'cut':
      asking.signal.throwIfAborted();
      if (limits.isOver()) return toProviderError({ kind: 'timed-out' }, asked);
      // The stream is the network's: whatever ends it early is a lost connection.
      return toProviderError({ kind: 'unreachable', code: systemCode(answer.error) }, asked);
    case 'too-large':
      return new ModelReplyError(`${asked.modelId} answered more than ${answer.what}`, asked.modelId);
    case 'no-json':
      return new ModelReplyError(`${asked.modelId} answered something that is no JSON`, asked.modelId);
  }
}
