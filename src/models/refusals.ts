import type { ModelRequest } from '../ports/model.ts';

/** What a server said of a request that it took for a wrong one. */
export interface Refusal {
  readonly status: number;
  /** The parameter that is wrong, where the server has a field for it. */
  readonly param: string | null;
  readonly message: string;
}

/**
 * Whether a refusal is about this parameter. Only OpenAI tells it in a field; Anthropic and most compatible servers name
 * it in their sentence, so that is read here, and nowhere else.
 */
export function names(refusal: Refusal, ...parameters: readonly string[]): boolean {
  return parameters.some(
    (parameter) =>
      refusal.param === parameter ||
      new RegExp(`(?<![\\w.])${parameter.replaceAll('.', '\\.')}(?!\\w)`).test(refusal.message),
  );
}

/** Whether a refusal is about something of this name, wherever in the request it stands. */
export const namesWithin = ({ param, message }: Refusal, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(`${param ?? ''} ${message}`);

/**
 * "System role not supported" (templates of Gemma 1 and 2), "Developer instruction is not enabled for models/gemma-3…"
 * (Gemini), "'messages[0].role' does not support 'system' with this model" (OpenAI).
 */
export const isAboutSystemRole = ({ message }: Refusal): boolean =>
  /\b(?:system|developer)['"`]? (?:role|instruction|message|prompt)s? (?:is |are )?not (?:supported|allowed|enabled)/i.test(
    message,
  ) ||
  /\bdoes not support (?:the )?['"`]?(?:system|developer)\b|\brole ['"`]?(?:system|developer)['"`]? is not/i.test(
    message,
  );

/** "This model only supports single tool-calls at once!" (templates of Llama 3). */
export const isAboutSingleCalls = ({ message }: Refusal): boolean =>
  /\bsupports? (?:only )?single tool[- ]calls?\b|\b(?:parallel|multiple) tool[- ]calls? (?:is |are )?not supported/i.test(
    message,
  );

const limitNames = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

/**
 * The most that a model writes, where it refused to write as much as was asked for: "max_tokens: 64000 > 32000, which is
 * the maximum", "supports at most 16384 completion tokens", "the valid range of max_tokens is [1, 8192]". Null where the
 * refusal is about something else, be it that this one conversation leaves no room for so much.
 */
function outputLimitIn({ message, ...refusal }: Refusal, asked: number): number | null {
  if (!names({ message, ...refusal }, ...limitNames) || isAboutContext(message)) return null;
  // The vendors' SDKs put the status before what the server said.
  const numbers = message.replace(/^\d{3} /, '').match(/(?<![\w.-])\d{3,7}(?![\w-])/g) ?? [];
  const smaller = numbers.map(Number).filter((number) => number < asked);
  return smaller.length === 0 ? null : Math.max(...smaller);
}

const isAboutContext = (message: string): boolean => /context (?:length|window|size|limit)/i.test(message);

/** A reply of fewer tokens would only be cut off; the conversation is too long then. */
const leastRoomTokens = 1_000;

/**
 * What a conversation leaves of the context for the reply to it: "maximum context length is 32768 tokens and your request
 * has 20000 input tokens" (vLLM), "exceed context limit: 190000 + 20000 > 200000" (Anthropic).
 */
function roomIn({ message }: Refusal, asked: number): number | null {
  if (!isAboutContext(message)) return null;
  const [, context, input] = /context length is (\d+) tokens[\s\S]{0,100}? (\d+) input tokens/i.exec(message) ?? [];
  const [, before, limit] = /(\d+) \+ \d+ > (\d+)/.exec(message) ?? [];
  const room = Number(context ?? limit) - Number(input ?? before);
  return room >= leastRoomTokens && room < asked ? room : null;
}

/** The statuses that a wrong parameter is answered with: Mistral and FastAPI's children use 422. */
export const isAboutRequest = (status: number | undefined): status is 400 | 422 => status === 400 || status === 422;

/** A template that refuses a conversation is an error of their own to some servers (llama.cpp, SGLang). */
export const isAboutTemplate = (refusal: Refusal): boolean =>
  refusal.status === 500 && (isAboutSystemRole(refusal) || isAboutSingleCalls(refusal));

/** More than there are parameters that can be left out. */
const mostForms = 12;

/** How a model takes its requests, as far as it is known. */
interface Form {
  readonly mostOutputTokens: number;
}
export interface KnownForm<F extends Form> {
  form: F;
}

export interface Sending<F> {
  send(request: ModelRequest, form: F): Promise<Response>;
  /** Null where the error is no refusal of the request's own words. */
  refusalOf(error: unknown): Refusal | null;
  /** The next form to try; null where the refusal is about something else, or nothing is left to change. */
  other(refusal: Refusal, form: F): F | null;
}

/**
 * Sends, again in another form where the server refuses a parameter, and remembers the form that it took: the next
 * request begins with it. A request that only leaves too little room is made smaller, and nothing is remembered. A
 * refused request costs nothing.
 */
export async function sendInForm<F extends Form>(
  known: KnownForm<F>,
  request: ModelRequest,
  { send, refusalOf, other }: Sending<F>,
): Promise<Response> {
  const first = known.form;
  let form = first;
  let asked = request;
  for (let tries = 1; ; tries++) {
    try {
      const response = await send(asked, form);
      if (form !== first) known.form = form;
      return response;
    } catch (error) {
      const refusal = tries < mostForms ? refusalOf(error) : null;
      if (refusal === null) throw error;
      const limit = Math.min(asked.maxOutputTokens, form.mostOutputTokens);
      const room = roomIn(refusal, limit);
      if (room !== null) {
        asked = { ...asked, maxOutputTokens: room };
        continue;
      }
      const most = outputLimitIn(refusal, limit);
      const next = most === null ? other(refusal, form) : { ...form, mostOutputTokens: most };
      if (next === null) throw error;
      form = next;
    }
  }
}

/** Says each thing once for a model. */
export function createWarnings(modelId: string, warn: ((warning: string) => void) | undefined): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    warn?.(`${modelId}: ${text}`);
  };
}
