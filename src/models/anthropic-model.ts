import Anthropic from '@anthropic-ai/sdk';
import type { Model, ModelRequest } from '../ports/model.ts';
import { thinkingForms } from './anthropic-effort.ts';
import { anthropicLessons } from './anthropic-lessons.ts';
import { anthropicUsage, fromAnthropicBody } from './anthropic-reply.ts';
import { assembleAnthropic } from './anthropic-stream.ts';
import { type AnthropicForm, toAnthropicBody } from './anthropic-wire.ts';
import { createDialectModel, type ModelOptions, sdkOptions } from './exchange.ts';
import { formAfter } from './lessons.ts';
import { faultOfSdkError } from './provider-faults.ts';
import { createWarnings, isAboutRequest, type KnownForm, type Refusal, sendInForm } from './refusals.ts';

/** A model behind Anthropic's Messages. */
export function createAnthropicModel(options: ModelOptions): Model {
  const client = new Anthropic({
    ...sdkOptions(options),
    baseURL: options.baseUrl ?? 'https://api.anthropic.com',
    authToken: null,
    // Environment variables could make it record whole conversations.
    openTelemetry: false,
  });
  const { id, model, apiKey, parameters = {} } = options;
  const asked = { modelId: id, apiKey };
  const warn = createWarnings(id, options.warn);
  const known: KnownForm<AnthropicForm> = {
    form: {
      mostOutputTokens: Number.POSITIVE_INFINITY,
      effort: 0,
      isReasoningBack: true,
      leftOut: new Set(options.quirks?.streams === 'never' ? ['stream'] : []),
    },
  };
  if (parameters.temperature !== undefined && parameters.effort !== undefined && parameters.effort !== 'none')
    warn('a model that thinks takes no temperature; it is left out');

  const send = (request: ModelRequest, signal: AbortSignal): Promise<Response> =>
    sendInForm(known, request, {
      send: (fitting, form) =>
        client.messages.create(toAnthropicBody({ id, model, parameters }, fitting, form), { signal }).asResponse(),
      refusalOf,
      other: (refusal, form) => {
        const last = thinkingForms(model, parameters.effort, request.maxOutputTokens).length - 1;
        return formAfter(anthropicLessons(last), refusal, form, warn);
      },
    });

  return createDialectModel(options, {
    exchange: (request) => ({
      send: (signal) => send(request, signal),
      faultOf: (error) => faultOfSdkError(error, Anthropic, codeOf),
      assemble: assembleAnthropic,
      read: (body) => fromAnthropicBody(body, asked),
      usageOf: anthropicUsage,
    }),
  });
}

function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Anthropic.APIError) || !isAboutRequest(error.status)) return null;
  return { status: error.status, param: null, message: error.message };
}

function codeOf(error: object): string | null {
  return error instanceof Anthropic.APIError ? error.type : null;
}
