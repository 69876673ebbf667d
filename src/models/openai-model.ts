import OpenAI from 'openai';
import type { Model, ModelRequest } from '../ports/model.ts';
import { ask, type ModelOptions, sdkOptions } from './exchange.ts';
import { cacheKeyOf, fromOpenAiBody, type OpenAiDialect, toOpenAiBody } from './openai-wire.ts';
import { faultOfSdkError } from './provider-faults.ts';

/** A model behind OpenAI's Chat Completions, at OpenAI or at any server that speaks its protocol. */
export function createOpenAiModel(options: ModelOptions): Model {
  const client = new OpenAI({
    ...sdkOptions(options),
    baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    adminAPIKey: null,
  });
  const asked = { modelId: options.id, apiKey: options.apiKey };
  const isOpenAi = options.baseUrl === undefined || isOpenAiItself(options.baseUrl);
  let dialect: OpenAiDialect = { outputLimit: 'max_completion_tokens', isReasoningOff: false };

  /** Sends, again where the server refuses a parameter that has another form, and remembers the form that it took. */
  async function send(request: ModelRequest, signal: AbortSignal): Promise<Response> {
    const known = dialect;
    const cacheKey = isOpenAi ? cacheKeyOf(request) : null;
    for (let tried = known; ; ) {
      try {
        const body = toOpenAiBody(options.model, request, tried, cacheKey);
        const response = await client.chat.completions.create(body, { signal }).asResponse();
        if (tried !== known) dialect = tried;
        return response;
      } catch (error) {
        const next = otherDialect(error, tried, request.tools.length > 0);
        if (next === null) throw error;
        tried = next;
      }
    }
  }

  return {
    id: options.id,
    reply: (request, signal) =>
      ask(
        {
          send: (sendSignal) => send(request, sendSignal),
          faultOf: (error) => faultOfSdkError(error, OpenAI, codeOf),
          read: (body) => fromOpenAiBody(body, asked),
        },
        options,
        signal,
      ),
  };
}

/** Compatible servers need not know what OpenAI added to its protocol, and some refuse it. */
export const isOpenAiItself = (baseUrl: string): boolean => URL.parse(baseUrl)?.hostname === 'api.openai.com';

/** Null when the refusal is about something else, or the other form was refused as well. */
function otherDialect(error: unknown, tried: OpenAiDialect, hasTools: boolean): OpenAiDialect | null {
  if (!(error instanceof OpenAI.BadRequestError)) return null;
  if (error.param === 'max_completion_tokens' && tried.outputLimit === 'max_completion_tokens') {
    return { ...tried, outputLimit: 'max_tokens' };
  }
  if (error.param === 'reasoning_effort' && hasTools && !tried.isReasoningOff) {
    return { ...tried, isReasoningOff: true };
  }
  return null;
}

function codeOf(error: object): string | null {
  return error instanceof OpenAI.APIError ? (error.code ?? error.type ?? null) : null;
}
