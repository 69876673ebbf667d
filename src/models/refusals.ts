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

/** The same of a name that is an English word, too: only at the end of a path, as `input[1].phase`, or in quotes. */
export const namesPath = ({ param, message }: Refusal, name: string): boolean =>
  new RegExp(`[\\]\\d]\\.${name}\\b|(['"\`])${name}\\1(?!\\s*:)`).test(`'${param ?? ''}' ${message}`);

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

/** Gateways quote bodies, whose codes and echoes of the request are numbers too. */
const numberFields = /\\{0,9}"[\w-]+\\{0,9}"\s*:\s*-?\d[\d.eE+-]*/g;

/** What stands before the number that is a bound: "64000 > ", "<= ", "at most ", "the maximum value is ", "[1, ". */
const bounds =
  /(?:\d\)? > |<=|≤|\b(?:at most|up to|less than(?: or equal to)?|exceeds?|between \d+ and)\b|\b(?:maximum|limit)\b[^\d{}]{0,40}|\[\d+,)[\s'"`]*(?<![\w.-])(\d{4,7})(?![\w-]|\.\d)/gi;

/**
 * The most that a model writes, where it refused to write as much as was asked for: "max_tokens: 64000 > 32000, which is
 * the maximum", "supports at most 16384 completion tokens", "the valid range of max_tokens is [1, 8192]". Null where the
 * refusal is about something else, be it that this one conversation leaves no room for so much.
 */
function outputLimitIn({ message, ...refusal }: Refusal, asked: number): number | null {
  const said = message.replace(numberFields, '');
  if (!names({ ...refusal, message: said }, ...limitNames) || isAboutContext(said)) return null;
  const numbers = [...said.matchAll(bounds)].map(([, number]) => Number(number));
  const limits = numbers.filter((number) => number >= leastRoomTokens && number < asked);
  return limits.length === 0 ? null : Math.max(...limits);
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

/**
 * OpenRouter's word for a parameter that it knows, and none of the endpoints behind it: "No endpoints found that support
 * the provided 'tool_choice' value." (https://openrouter.ai/docs/guides/routing/provider-selection). A model that is not
 * there is told in other words.
 */
export const isAboutEndpoints = ({ status, message }: Refusal): boolean =>
  status === 404 && /\bno endpoints found that support\b/i.test(message);

/** A template that refuses a conversation is an error of their own to some servers (llama.cpp, SGLang). */
export const isAboutTemplate = (refusal: Refusal): boolean =>
  refusal.status === 500 && (isAboutSystemRole(refusal) || isAboutSingleCalls(refusal));

/** More than there are parameters that can be left out. */
const mostForms = 12;

/** How a model takes its requests, as far as it is known. */
interface Form {
  readonly mostOutputTokens: number;
  readonly leftOut: ReadonlySet<string>;
}
export interface KnownForm<F extends Form> {
  form: F;
}

/** The next form to try. */
export interface Change<F> {
  readonly form: F;
  /** It says something of this conversation, and nothing of the model: the next request is sent as before. */
  readonly isPassing: boolean;
}

export interface Sending<F> {
  send(request: ModelRequest, form: F): Promise<Response>;
  /** Null where the error is no refusal of the request's own words. */
  refusalOf(error: unknown): Refusal | null;
  /** Null where the refusal is about something else, or nothing is left to change. */
  other(refusal: Refusal, form: F): Change<F> | null;
}

/**
 * Sends, again in another form where the server refuses a parameter, and remembers what it taught: the next request begins
 * with it. A request that only leaves too little room is made smaller, and nothing is remembered. A refused request costs
 * nothing.
 */
export async function sendInForm<F extends Form>(
  known: KnownForm<F>,
  request: ModelRequest,
  { send, refusalOf, other }: Sending<F>,
): Promise<Response> {
  const first = known.form;
  let learned = first;
  let form = first;
  let asked = request;
  for (let tries = 1; ; tries++) {
    try {
      const response = await send(asked, form);
      if (learned !== first) known.form = withChanges(known.form, first, learned);
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
      const next =
        most === null ? other(refusal, form) : { form: { ...form, mostOutputTokens: most }, isPassing: false };
      if (next === null) throw error;
      if (!next.isPassing) learned = withChanges(learned, form, next.form);
      form = next.form;
    }
  }
}

/** What changed between two forms, in a third: others may have learned something else meanwhile. */
function withChanges<F extends Form>(form: F, before: F, after: F): F {
  const changed = Object.entries(after).filter(([name, value]) => value !== before[name as keyof F]);
  return { ...form, ...Object.fromEntries(changed), leftOut: new Set([...form.leftOut, ...after.leftOut]) };
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
