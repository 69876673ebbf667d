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

const limitNames = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

/**
 * The most that a model writes, where it refused to write as much as was asked for: "max_tokens: 64000 > 32000, which is
 * the maximum", "supports at most 16384 completion tokens", "the valid range of max_tokens is [1, 8192]". Null where the
 * refusal is about something else.
 */
export function outputLimitIn(refusal: Refusal, asked: number): number | null {
  if (!names(refusal, ...limitNames)) return null;
  // The vendors' SDKs put the status before what the server said.
  const numbers = refusal.message.replace(/^\d{3} /, '').match(/(?<![\w.-])\d{3,7}(?![\w-])/g) ?? [];
  const smaller = numbers.map(Number).filter((number) => number < asked);
  return smaller.length === 0 ? null : Math.max(...smaller);
}

/** The statuses that a wrong parameter is answered with: Mistral and FastAPI's children use 422. */
export const isAboutRequest = (status: number | undefined): status is 400 | 422 => status === 400 || status === 422;

/** More than there are parameters that can be left out. */
const mostForms = 12;

/** The form in which a model takes its requests, as far as it is known. */
export interface KnownForm<Form> {
  form: Form;
}

/**
 * Sends, again in another form where the server refuses a parameter, and remembers the form that it took: the next
 * request begins with it. A refused request costs nothing.
 *
 * @param other The next form to try; null where the refusal is about something else, or nothing is left to change.
 */
export async function sendInForm<Form>(
  known: KnownForm<Form>,
  send: (form: Form) => Promise<Response>,
  other: (error: unknown, form: Form) => Form | null,
): Promise<Response> {
  const first = known.form;
  let form = first;
  for (let tries = 1; ; tries++) {
    try {
      const response = await send(form);
      if (form !== first) known.form = form;
      return response;
    } catch (error) {
      const next = tries < mostForms ? other(error, form) : null;
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
