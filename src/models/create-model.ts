import type { Model } from '../ports/model.ts';
import { createAnthropicModel } from './anthropic-model.ts';
import { createDialectModel, type Dialect, type Exchange, type ModelOptions } from './exchange.ts';
import { apiOf, isForOther, type OpenAiApi } from './openai-api.ts';
import { chatDialect, createOpenAiModel, openAiRefusalOf } from './openai-model.ts';
import type { Protocol } from './quirks.ts';
import { createResponsesModel, responsesDialect } from './responses-model.ts';

/** A model behind a provider that speaks this protocol. */
export function createModel(protocol: Protocol, options: ModelOptions): Model {
  switch (protocol) {
    case 'anthropic':
      return createAnthropicModel(options);
    case 'openai-chat':
      return createOpenAiModel(options);
    case 'openai-responses':
      return createResponsesModel(options);
    case 'openai':
      return createDialectModel(options, eitherDialect(options));
  }
}

/** The API that fits the model by its name; once it is refused there, the other, from then on. */
function eitherDialect(options: ModelOptions): Dialect {
  const dialects = { chat: chatDialect(options, false), responses: responsesDialect(options, false) };
  let api = apiOf(options.model);
  return {
    exchange(request) {
      const exchanges = {
        chat: dialects.chat.exchange(request),
        responses: dialects.responses.exchange(request),
      };
      let asked: OpenAiApi = api;
      const current = (): Exchange => exchanges[asked];
      return {
        async send(signal) {
          try {
            return await current().send(signal);
          } catch (error) {
            const refusal = openAiRefusalOf(error);
            if (refusal === null || !isForOther(asked, refusal)) throw error;
            asked = asked === 'chat' ? 'responses' : 'chat';
            const response = await current().send(signal);
            api = asked;
            return response;
          }
        },
        faultOf: (error) => current().faultOf(error),
        assemble: () => current().assemble(),
        read: (body) => current().read(body),
        usageOf: (body) => current().usageOf(body),
      };
    },
  };
}
