import OpenAI from 'openai';
import type { Model, ModelRequest } from '../ports/model.ts';
import { createDialectModel, type Dialect, type ModelOptions, sdkOptions } from './exchange.ts';
import { formAfter } from './lessons.ts';
import { isForOther, type OpenAiApi } from './openai-api.ts';
import { effortForms } from './openai-effort.ts';
import type { ChatForm } from './openai-form.ts';
import { chatLessons } from './openai-lessons.ts';
import { chatUsage, fromChatBody } from './openai-reply.ts';
import { assembleChat } from './openai-stream.ts';
import { toChatBody } from './openai-wire.ts';
import { faultOfSdkError } from './provider-faults.ts';
import { compatibleQuirks, openAiQuirks, type Quirks } from './quirks.ts';
import {
  createWarnings,
  isAboutEndpoints,
  isAboutRequest,
  isAboutTemplate,
  type KnownForm,
  type Refusal,
  sendInForm,
} from './refusals.ts';

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
      system: quirks.system,
      parallelCalls: quirks.parallelCalls,
      isReasoningOff: false,
      effort: 0,
      isReasoningBack: true,
      leftOut: new Set(),
    },
  };
  const lastEffort = effortForms(parameters.effort, quirks).length - 1;
  const sentOf = ({ tools }: ModelRequest) => ({
    hasTools: tools.length > 0,
    isForced: quirks.forcesTools && tools.length === 1,
    hasMarks: quirks.cacheMarks,
    lastEffort,
  });

  const send = (request: ModelRequest, signal: AbortSignal): Promise<Response> =>
    sendInForm(known, request, {
      send: (fitting, form) =>
        client.chat.completions.create(toChatBody(asked, fitting, form), { signal }).asResponse(),
      refusalOf: (error) => requestRefusalOf(error, isOnly ? null : 'chat'),
      other: (refusal, form) => formAfter(chatLessons(sentOf(request)), refusal, form, warn),
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
  if (refusal === null) return null;
  if (!(isAboutRequest(refusal.status) || isAboutTemplate(refusal) || isAboutEndpoints(refusal))) return null;
  return api !== null && isForOther(api, refusal) ? null : refusal;
}
