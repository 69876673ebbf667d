import type { Model, ModelRequest } from '../ports/model.ts';
import { createDialectModel, type Dialect, type ModelOptions } from './exchange.ts';
import { createOpenAiClient, faultOfOpenAi, quirksOf, requestRefusalOf } from './openai-model.ts';
import { createWarnings, type KnownForm, names, type Refusal, sendInForm } from './refusals.ts';
import { fromResponsesBody, responsesUsage } from './responses-reply.ts';
import { assembleResponses } from './responses-stream.ts';
import { effortWords, type LeftOut, type ResponsesForm, toResponsesBody } from './responses-wire.ts';

/** A model behind OpenAI's Responses. */
export const createResponsesModel = (options: ModelOptions): Model =>
  createDialectModel(options, responsesDialect(options));

export function responsesDialect(options: ModelOptions, isOnly = true): Dialect {
  const client = createOpenAiClient(options);
  const { id, model, apiKey, parameters = {} } = options;
  const quirks = quirksOf(options);
  const asked = { id, model, parameters, quirks };
  const warn = createWarnings(id, options.warn);
  const known: KnownForm<ResponsesForm> = {
    form: {
      mostOutputTokens: Number.POSITIVE_INFINITY,
      effort: 0,
      isReasoningBack: true,
      leftOut: new Set(quirks.streams === 'never' ? ['stream'] : []),
    },
  };
  const lastEffort = effortWords(parameters, quirks).length;

  const send = (request: ModelRequest, signal: AbortSignal): Promise<Response> =>
    sendInForm(known, request, {
      send: (fitting, form) => client.responses.create(toResponsesBody(asked, fitting, form), { signal }).asResponse(),
      refusalOf: (error) => requestRefusalOf(error, isOnly ? null : 'responses'),
      other: (refusal, form) => otherForm(refusal, form, lastEffort, warn),
    });

  return {
    exchange: (request) => ({
      send: (signal) => send(request, signal),
      faultOf: faultOfOpenAi,
      assemble: assembleResponses,
      read: (body) => fromResponsesBody(body, { modelId: id, apiKey }),
      usageOf: responsesUsage,
    }),
  };
}

const leavable: readonly LeftOut[] = [
  'include',
  'parallel_tool_calls',
  'prompt_cache_key',
  'temperature',
  'store',
  'stream',
];

/** Null when the refusal is about something else, or nothing is left to change. */
function otherForm(
  refusal: Refusal,
  form: ResponsesForm,
  lastEffort: number,
  warn: (text: string) => void,
): ResponsesForm | null {
  const isAboutHistory = /encrypted[_ ]content|\brs_\w+/i.test(refusal.message) && refusal.param !== 'include';
  if (form.isReasoningBack && isAboutHistory) return { ...form, isReasoningBack: false };
  if (isAboutHistory && !form.leftOut.has('include'))
    return { ...form, leftOut: new Set([...form.leftOut, 'include']) };
  // "Encrypted content is not supported with this model.", param `include`: it does not reason.
  if (form.effort < lastEffort && names(refusal, 'reasoning.effort', 'reasoning', 'effort')) {
    if (form.effort + 1 === lastEffort) warn('takes no effort; it is left out from now on');
    return { ...form, effort: form.effort + 1 };
  }
  const parameter = leavable.find((name) => !form.leftOut.has(name) && names(refusal, name));
  if (parameter === undefined) return null;
  if (parameter === 'temperature') warn('takes no temperature; it is left out from now on');
  return { ...form, leftOut: new Set([...form.leftOut, parameter]) };
}
