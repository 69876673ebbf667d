import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChatCompletionRequest, type ChatMessage, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import {
  chooseReply,
  type ModelScript,
  parseModelScript,
  type ScriptedReply,
  type ScriptPlace,
} from './model-script.ts';

/**
 * Models that say what a script says, over OpenAI Chat Completions and Anthropic Messages.
 *
 * The server remembers nothing: an answer follows from the request's conversation alone. So a killed app that asks
 * again gets the same reply, fixes may run side by side, and one may go on against another server with this script.
 */
export interface ScriptedModel {
  /** Anthropic's base URL; OpenAI's is this plus `/v1`. */
  readonly url: string;
  /** Every request as it arrived, before its delay or fault. */
  readonly requests: readonly ScriptedRequest[];
  close(): Promise<void>;
}

export interface ScriptedRequest {
  readonly wire: Wire;
  /** The model's id as the provider was asked for it. */
  readonly modelId: string;
  readonly role: string;
  readonly attempt: number;
  readonly turn: number;
  /** As a Chat Completions body, whichever wire it came over. */
  readonly body: ChatCompletionRequest;
}

type Wire = 'openai' | 'anthropic';

/** Carries the HTTP exchange to the reply function, which the mock server hands only the parsed request. */
const exchanges = new AsyncLocalStorage<{ wire: Wire; response: ServerResponse }>();

/** @throws {ConfigError} when the script is not one. */
export async function startScriptedModel(script: ModelScript): Promise<ScriptedModel> {
  const checked = parseModelScript(script, 'script');
  const requests: ScriptedRequest[] = [];
  const server = new LLMock({ host: '127.0.0.1', port: 0, journalMaxEntries: 1 });
  server.mount('/v1', {
    handleRequest: (_request, response, path) => {
      exchanges.enterWith({ wire: path === '/messages' ? 'anthropic' : 'openai', response });
      return Promise.resolve(false);
    },
  });
  server.on({ predicate: () => true }, (body) => answer(checked, body, requests));
  const url = await server.start();
  return { url, requests, close: () => server.stop() };
}

async function answer(
  script: ModelScript,
  body: ChatCompletionRequest,
  requests: ScriptedRequest[],
): Promise<FixtureResponse> {
  const exchange = exchanges.getStore();
  if (exchange === undefined) throw new TypeError('a request outside /v1 reached the script');
  const place = placeOf(body);
  const { role, attempt, turn } = place;
  requests.push({ wire: exchange.wire, modelId: body.model, role, attempt, turn, body });
  const reply = chooseReply(script, place);
  if (reply === null) return missing(place);
  if (reply.delayMs !== undefined) await sleep(reply.delayMs, undefined, { ref: false });
  if (reply.disconnect) exchange.response.destroy();
  if (reply.status !== undefined) return failure(reply, reply.status, exchange.response);
  const usage = reply.usage ?? derivedUsage(body, reply);
  addCachedTokens(exchange, usage.cachedInput ?? 0);
  return success(reply, usage, { ...place, wire: exchange.wire });
}

function placeOf(body: ChatCompletionRequest): ScriptPlace {
  const system = body.messages.find((message) => message.role === 'system');
  const firstUser = body.messages.find((message) => message.role === 'user');
  const firstUserText = firstUser === undefined ? '' : textOf(firstUser);
  const reproduction = /^reproduction: *(\d+) *$/m.exec(firstUserText)?.[1];
  const role = /^role: *(\S+) *$/m.exec(system === undefined ? '' : textOf(system))?.[1] ?? '(none)';
  return {
    role: reproduction === undefined ? role : 'reproducer',
    attempt: Number(reproduction ?? /^attempt: *(\d+) *$/m.exec(firstUserText)?.[1] ?? 1),
    turn: body.messages.filter((message) => message.role === 'assistant').length,
    firstUserText,
  };
}

function textOf(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).map((part) => part.text ?? '').join('');
}

/** 400, because a client may not try again: 404 and 503 would read as a wrong model or a busy provider. */
function missing({ role, attempt, turn }: ScriptPlace): FixtureResponse {
  const message = `the model script has no reply for role ${role}, attempt ${attempt}, turn ${turn}`;
  return { status: 400, error: { message, type: 'invalid_request_error', code: 'no_script' } };
}

function failure(reply: ScriptedReply, status: number, response: ServerResponse): FixtureResponse {
  const { retryAfterSeconds } = reply;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  return {
    status,
    error: { message: reply.text ?? `scripted status ${status}`, type: 'scripted_error' },
    // The mock server insists on a header of its own with 429; without a script's wish clients shall not wait.
    ...(status === 429 && { retryAfter: retryAfterSeconds ?? 0 }),
  };
}

type ReplyUsage = NonNullable<ScriptedReply['usage']>;

function success(reply: ScriptedReply, usage: ReplyUsage, at: { wire: Wire; turn: number }): FixtureResponse {
  const { input, output, cachedInput = 0 } = usage;
  const envelope = {
    // Anthropic counts tokens read from its cache apart from the input; OpenAI counts them within.
    usage:
      at.wire === 'anthropic'
        ? { input_tokens: Math.max(0, input - cachedInput), output_tokens: output }
        : { prompt_tokens: input, completion_tokens: output },
    ...(reply.truncated && { finishReason: 'length' }),
  };
  if (reply.tools === undefined) return { ...envelope, content: reply.empty ? '' : (reply.text ?? '') };
  const toolCalls = reply.tools.map((tool, index) => ({
    id: `call-${at.turn}-${index}`,
    name: tool.name,
    arguments: typeof tool.arguments === 'string' ? tool.arguments : JSON.stringify(tool.arguments),
  }));
  return reply.text === undefined ? { ...envelope, toolCalls } : { ...envelope, content: reply.text, toolCalls };
}

/** About four characters a token, so that costs are above zero and the same in every run. */
function derivedUsage(body: ChatCompletionRequest, reply: ScriptedReply): ReplyUsage {
  const inputLength = JSON.stringify([body.messages, body.tools ?? []]).length;
  const outputLength = (reply.text ?? '').length + JSON.stringify(reply.tools ?? []).length;
  return { input: Math.ceil(inputLength / 4), output: Math.ceil(outputLength / 4) };
}

/** The mock server drops cached tokens from its usage; this puts them into the body that it sends. */
function addCachedTokens({ wire, response }: { wire: Wire; response: ServerResponse }, cached: number): void {
  if (cached === 0) return;
  const send = response.end.bind(response);
  const sendWithCached = (sent: string) => {
    const body: { usage: object } = JSON.parse(sent);
    const extra =
      wire === 'anthropic' ? { cache_read_input_tokens: cached } : { prompt_tokens_details: { cached_tokens: cached } };
    return send(JSON.stringify({ ...body, usage: { ...body.usage, ...extra } }));
  };
  response.end = sendWithCached as typeof response.end;
}
