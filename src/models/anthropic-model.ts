import Anthropic from '@anthropic-ai/sdk';
import type { Model } from '../ports/model.ts';
import { fromAnthropicBody, toAnthropicBody } from './anthropic-wire.ts';
import { ask, type ModelOptions, sdkOptions } from './exchange.ts';
import { faultOfSdkError } from './provider-faults.ts';

/** A model behind Anthropic's Messages. */
export function createAnthropicModel(options: ModelOptions): Model {
  const client = new Anthropic({
    ...sdkOptions(options),
    baseURL: options.baseUrl ?? 'https://api.anthropic.com',
    authToken: null,
    // Environment variables could make it record whole conversations.
    openTelemetry: false,
  });
  const asked = { modelId: options.id, apiKey: options.apiKey };
  return {
    id: options.id,
    reply: (request, signal) =>
      ask(
        {
          send: (sendSignal) =>
            client.messages.create(toAnthropicBody(options.model, request), { signal: sendSignal }).asResponse(),
          faultOf: (error) => faultOfSdkError(error, Anthropic, codeOf),
          read: (body) => fromAnthropicBody(body, asked),
        },
        options,
        signal,
      ),
  };
}

function codeOf(error: object): string | null {
  return error instanceof Anthropic.APIError ? error.type : null;
}
