import { z } from 'zod';

const longestQuote = 4_000;

const metadataSchema = z.object({ metadata: z.object({ raw: z.unknown() }) });

/**
 * What a gateway says of an error, with the words of whoever stands behind it: OpenRouter itself only says "Provider
 * returned error" (https://openrouter.ai/docs/api/reference/errors-and-debugging).
 */
export function errorText(error: { readonly message: string }): string {
  const quoted = metadataSchema.safeParse(error);
  if (!quoted.success) return error.message;
  const { raw } = quoted.data.metadata;
  if (raw === null || raw === undefined || raw === '') return error.message;
  return `${error.message}: ${(typeof raw === 'string' ? raw : JSON.stringify(raw)).slice(0, longestQuote)}`;
}

const nestedSchema = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** Mistral and older vLLM say what is wrong on the outermost level, FastAPI's children as `detail`. */
const flatSchema = z
  .looseObject({ error: z.null().optional(), message: z.unknown().optional(), detail: z.unknown().optional() })
  .transform(({ message, detail, error: _none, ...rest }) => ({ ...rest, said: message ?? detail ?? null }))
  .refine(({ said }) => said !== null);

/**
 * The body of an answer without success in the one form that the vendors' SDKs read. Where it is the only one of a list,
 * as Gemini sends it, it stands alone. What has none of the known forms stays as it is.
 */
export function readableError(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const body: unknown = JSON.parse(text);
    const only: unknown = Array.isArray(body) && body.length === 1 ? body[0] : null;
    return readableForm(only ?? body) ?? (only === null ? text : JSON.stringify(only));
  } catch {
    return text;
  }
}

function readableForm(body: unknown): string | null {
  const nested = nestedSchema.safeParse(body);
  if (nested.success) {
    const { error } = nested.data;
    return JSON.stringify({ ...nested.data, error: { ...error, message: withoutInput(errorText(error)) } });
  }
  const flat = flatSchema.safeParse(body);
  if (!flat.success) return null;
  const { said, ...rest } = flat.data;
  return JSON.stringify({ error: { ...rest, message: messageOf(said) } });
}

const problemsSchema = z.array(z.object({ loc: z.unknown(), msg: z.string() })).min(1);
const detailSchema = z.object({ detail: problemsSchema }).transform(({ detail }) => detail);

/** How vLLM writes the same list: in the words of Python. */
const pythonProblems = /'loc': (\([^()]{0,500}\)), 'msg': ("[^"]{0,500}"|'[^']{0,500}')/g;

/** Of a list of problems only where each is and what is said of it: beside that it quotes our own request. */
function messageOf(said: unknown): string {
  if (typeof said === 'string') return withoutInput(said);
  const problems = z.union([problemsSchema, detailSchema]).safeParse(said);
  return JSON.stringify(problems.success ? problems.data : said);
}

function withoutInput(text: string): string {
  const problems = text.includes("'input':") ? [...text.matchAll(pythonProblems)] : [];
  return problems.length === 0 ? text : problems.map(([, loc, msg]) => `${loc}: ${msg}`).join('; ');
}
