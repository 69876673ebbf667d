import type { Model, ModelRequest } from '../ports/model.ts';
import { createDialectModel, type Dialect, type ModelOptions } from './exchange.ts';
import { formAfter } from './lessons.ts';
import { createOpenAiClient, faultOfOpenAi, quirksOf, requestRefusalOf } from './openai-model.ts';
import { createWarnings, type KnownForm, sendInForm } from './refusals.ts';
import { responsesLessons } from './responses-lessons.ts';
import { fromResponsesBody, responsesUsage } from './responses-reply.ts';
import { assembleResponses } from './responses-stream.ts';
import { effortWords, type ResponsesForm, toResponsesBody } from './responses-wire.ts';

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
      other: (refusal, form) => formAfter(responsesLessons(lastEffort), refusal, form, warn),
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
