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
 * Models that say what a script says, over OpenAI's Chat Completions and Responses and over Anthropic's Messages: in one
 * piece or, where it is asked for, as a stream.
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

type Wire = 'openai' | 'responses' | 'anthropic';

const wireOfPath: Readonly<Record<string, Wire>> = { '/messages': 'anthropic', '/responses': 'responses' };

/** Carries the HTTP exchange to the reply function, which the mock server hands only the parsed request. */
const exchanges = new AsyncLocalStorage<{ wire: Wire; response: ServerResponse }>();

/** Of a stream; a real provider sends a token at a time, which is some four. */
const charactersPerEvent = 60;

/** @throws {ConfigError} when the script is not one. */
export async function startScriptedModel(script: ModelScript): Promise<ScriptedModel> {
  const checked = parseModelScript(script, 'script');
  const requests: ScriptedRequest[] = [];
  const server = new LLMock({ host: '127.0.0.1', port: 0, journalMaxEntries: 1, chunkSize: charactersPerEvent });
  server.mount('/v1', {
    handleRequest: (_request, response, path) => {
      exchanges.enterWith({ wire: wireOfPath[path] ?? 'openai', response });
      return Promise.resolve(false);
    },
  });
  server.on({ predicate: () => true }, (body) => answer(checked, body, requests));
  const url = await server.start();
  return { url, requests, close: () => server.stop() };
}

async function answer(
  script: ModelScript,
  asked: ChatCompletionRequest,
  requests: ScriptedRequest[],
): Promise<FixtureResponse> {
  const exchange = exchanges.getStore();
  if (exchange === undefined) throw new TypeError('a request outside /v1 reached the script');
  const body = exchange.wire === 'responses' ? { ...asked, messages: joinedTurns(asked.messages) } : asked;
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

/** Over Responses text and calls of one turn are items of their own, which the mock server takes for turns. */
function joinedTurns(messages: readonly ChatMessage[]): ChatMessage[] {
  const joined: ChatMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== 'assistant' || message.role !== 'assistant') {
      joined.push(message);
      continue;
    }
    const calls = [...(last.tool_calls ?? []), ...(message.tool_calls ?? [])];
    const content = last.content ?? message.content;
    joined[joined.length - 1] = { ...last, content, ...(calls.length > 0 && { tool_calls: calls }) };
  }
  return joined;
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

/** The mock server drops cached tokens from its usage; this puts them into what it sends, whole or in events. */
function addCachedTokens({ wire, response }: { wire: Wire; response: ServerResponse }, cached: number): void {
  if (cached === 0) return;
  const end = response.end.bind(response);
  const write = response.write.bind(response);
  const withCachedEvents = (sent: string) =>
    sent.replace(/^data: (\{.*)$/gm, (_line, json: string) => `data: ${withCached(wire, json, cached)}`);
  response.write = ((sent: string) => write(withCachedEvents(sent))) as typeof response.write;
  response.end = ((sent?: string) =>
    sent === undefined
      ? end()
      : end(sent.startsWith('{') ? withCached(wire, sent, cached) : sent)) as typeof response.end;
}

const extraOf = (wire: Wire, cached: number): object => {
  if (wire === 'anthropic') return { cache_read_input_tokens: cached };
  return { [wire === 'openai' ? 'prompt_tokens_details' : 'input_tokens_details']: { cached_tokens: cached } };
};

interface Counting {
  readonly usage?: Readonly<Record<string, unknown>> | null;
}

/** Usage stands at the top of a body or an event, in the message that one begins with, or in the response it ends with. */
function withCached(wire: Wire, json: string, cached: number): string {
  const sent: Counting & { message?: Counting; response?: Counting } = JSON.parse(json);
  const counted = <Part extends Counting>(part: Part): Part =>
    part.usage && 'input_tokens' in part.usage !== 'prompt_tokens' in part.usage
      ? { ...part, usage: { ...part.usage, ...extraOf(wire, cached) } }
      : part;
  return JSON.stringify({
    ...counted(sent),
    ...(sent.message && { message: counted(sent.message) }),
    ...(sent.response && { response: counted(sent.response) }),
  });
}
