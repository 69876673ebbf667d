import OpenAI from 'openai';
import type { Model, ModelRequest } from '../ports/model.ts';
import { createDialectModel, type Dialect, type ModelOptions, sdkOptions } from './exchange.ts';
import { isForOther, type OpenAiApi } from './openai-api.ts';
import { effortForms } from './openai-effort.ts';
import { chatUsage, fromChatBody } from './openai-reply.ts';
import { assembleChat } from './openai-stream.ts';
import { type ChatForm, type LeftOut, toChatBody } from './openai-wire.ts';
import { faultOfSdkError } from './provider-faults.ts';
import { compatibleQuirks, openAiQuirks, type Quirks } from './quirks.ts';
import { createWarnings, isAboutRequest, type KnownForm, names, type Refusal, sendInForm } from './refusals.ts';

/** A model behind OpenAI's Chat Completions, at OpenAI or at any server that speaks its protocol. */
export const createOpenAiModel = (options: ModelOptions): Model => createDialectModel(options, chatDialect(options));

/** @param isOnly False where a model that is refused here can be asked over OpenAI's other API. */
export function chatDialect(options: ModelOptions, isOnly = true): Dialect {
  const client = createOpenAiClient(options);
  const { id, model, apiKey, baseUrl, parameters = {} } = options;
  const quirks = quirksOf(options);
  const asked = { id, model, parameters, quirks };
  const warn = createWarnings(id, options.warn);
  const known: KnownForm<ChatForm> = {
    form: {
      mostOutputTokens: Number.POSITIVE_INFINITY,
      outputLimit: quirks.outputLimit,
      isLimitSwapped: false,
      isReasoningOff: false,
      effort: 0,
      isReasoningBack: true,
      leftOut: new Set(),
    },
  };
  const lastEffort = effortForms(parameters.effort, quirks).length - 1;

  const send = (request: ModelRequest, signal: AbortSignal): Promise<Response> =>
    sendInForm(known, request, {
      send: (fitting, form) =>
        client.chat.completions.create(toChatBody(asked, fitting, form), { signal }).asResponse(),
      refusalOf: (error) => requestRefusalOf(error, isOnly ? null : 'chat'),
      other: (refusal, form) => otherForm(refusal, form, { hasTools: request.tools.length > 0, lastEffort }, warn),
    });

  return {
    exchange: (request) => ({
      send: (signal) => send(request, signal),
      faultOf: faultOfOpenAi,
      assemble: assembleChat,
      read: (body) => fromChatBody(body, { modelId: id, apiKey, baseUrl }, quirks),
      usageOf: chatUsage,
    }),
  };
}

/** OpenAI's own, unless a row or an address says otherwise. */
export function quirksOf({ baseUrl, quirks }: Pick<ModelOptions, 'baseUrl' | 'quirks'>): Quirks {
  const isOpenAi = baseUrl === undefined || isOpenAiItself(baseUrl);
  return { ...(isOpenAi ? openAiQuirks : compatibleQuirks), ...quirks };
}

/** Compatible servers need not know what OpenAI added to its protocol, and some refuse it. */
const isOpenAiItself = (baseUrl: string): boolean => URL.parse(baseUrl)?.hostname === 'api.openai.com';

/** The key goes into the header that the provider reads, and into no other; none where there is none. */
export function createOpenAiClient(options: ModelOptions): OpenAI {
  const { keyHeader } = quirksOf(options);
  const isBearer = keyHeader === 'authorization' && options.apiKey !== '';
  return new OpenAI({
    ...sdkOptions(options),
    // The SDK insists on a key, and would look for one in the environment; this one is never sent.
    ...(options.apiKey === '' && { apiKey: 'none' }),
    baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    adminAPIKey: null,
    defaultHeaders: {
      ...(!isBearer && { authorization: null }),
      ...(keyHeader === 'api-key' && { 'api-key': options.apiKey }),
    },
  });
}

export const faultOfOpenAi = (error: unknown) => faultOfSdkError(error, OpenAI, codeOf);

function codeOf(error: object): string | null {
  return error instanceof OpenAI.APIError ? (error.code ?? error.type ?? null) : null;
}

/** Null where the server did not answer at all. */
export function openAiRefusalOf(error: unknown): Refusal | null {
  if (!(error instanceof OpenAI.APIError) || error.status === undefined) return null;
  return { status: error.status, param: error.param ?? null, message: error.message };
}

/**
 * Null where it is about something else than the words of the request.
 *
 * @param api The one that was asked, where the other may be wanted in its place.
 */
export function requestRefusalOf(error: unknown, api: OpenAiApi | null): Refusal | null {
  const refusal = openAiRefusalOf(error);
  if (refusal === null || !isAboutRequest(refusal.status)) return null;
  return api !== null && isForOther(api, refusal) ? null : refusal;
}

/** The longer names first: a refusal of `stream_options` often proposes `stream`. */
const leavable: readonly LeftOut[] = [
  'stream_options',
  'parallel_tool_calls',
  'prompt_cache_key',
  'temperature',
  'stream',
];

/** What a person asked for, and should know that it is not done. */
const told: ReadonlySet<LeftOut> = new Set(['temperature']);

/** Null when the refusal is about something else, or nothing is left to change. */
function otherForm(
  refusal: Refusal,
  form: ChatForm,
  sent: { readonly hasTools: boolean; readonly lastEffort: number },
  warn: (text: string) => void,
): ChatForm | null {
  if (!form.isLimitSwapped && names(refusal, form.outputLimit)) {
    const outputLimit = form.outputLimit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    return { ...form, outputLimit, isLimitSwapped: true };
  }
  if (form.isReasoningBack && names(refusal, 'reasoning_details', 'thought_signature', 'reasoning_content')) {
    return { ...form, isReasoningBack: false };
  }
  const effort = otherEffort(refusal, form, sent, warn);
  if (effort !== null) return effort;
  const parameter = leavable.find((name) => !form.leftOut.has(name) && names(refusal, name));
  if (parameter === undefined) return null;
  if (told.has(parameter)) warn(`takes no ${parameter}; it is left out from now on`);
  return { ...form, leftOut: new Set([...form.leftOut, parameter]) };
}

function otherEffort(
  refusal: Refusal,
  form: ChatForm,
  { hasTools, lastEffort }: { readonly hasTools: boolean; readonly lastEffort: number },
  warn: (text: string) => void,
): ChatForm | null {
  if (!names(refusal, 'reasoning_effort', 'reasoning', 'reasoning.effort', 'thinking', 'chat_template_kwargs'))
    return null;
  if (form.effort < lastEffort) {
    if (form.effort + 1 === lastEffort) warn('takes no effort; it is left out from now on');
    return { ...form, effort: form.effort + 1 };
  }
  if (hasTools && !form.isReasoningOff && names(refusal, 'reasoning_effort')) {
    warn('calls tools over Chat Completions with reasoning off only; it is off from now on');
    return { ...form, isReasoningOff: true };
  }
  return null;
}
