import { z } from 'zod';
import { type ChatCall, createChatCalls } from './openai-stream-calls.ts';
import type { Assembly } from './read-answer.ts';

const textSchema = z.string().nullish().catch(null);

const deltaSchema = z.looseObject({
  content: z
    .union([
      z.string(),
      z.array(z.object({ text: z.string().catch('') })).transform((parts) => parts.map(({ text }) => text).join('')),
    ])
    .nullish()
    .catch(null),
  refusal: textSchema,
  reasoning_content: textSchema,
  reasoning: textSchema,
  reasoning_details: z.array(z.unknown()).nullish().catch(null),
  tool_calls: z.array(z.unknown()).nullish().catch(null),
});

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.number().nullish().catch(0),
        delta: deltaSchema.nullish().catch(null),
        message: deltaSchema.nullish().catch(null),
        finish_reason: textSchema,
        error: z.unknown().optional(),
      }),
    )
    .nullish()
    .catch(null),
  usage: z.looseObject({}).nullish().catch(null),
  error: z.unknown().optional(),
});

type Delta = z.infer<typeof deltaSchema>;

/** A stream of Chat Completions, as the one completion that it comes to. Only the first choice is ours. */
export function assembleChat(): Assembly {
  const calls = createChatCalls();
  const texts = { content: '', refusal: '', reasoning_content: '' };
  const details: unknown[] = [];
  let finishReason: string | null = null;
  let usage: unknown;
  let error: unknown;
  let progress: Assembly['progress'] = 'begun';
  let characters = 0;

  const append = (field: keyof typeof texts, text: string | null | undefined): void => {
    if (!text) return;
    texts[field] += text;
    characters += text.length;
  };

  const grow = (delta: Delta): void => {
    append('content', delta.content);
    append('refusal', delta.refusal);
    append('reasoning_content', delta.reasoning_content || delta.reasoning);
    for (const detail of delta.reasoning_details ?? []) {
      details.push(detail);
      characters += JSON.stringify(detail)?.length ?? 0;
    }
    for (const call of delta.tool_calls ?? []) characters += calls.take(call);
  };

  const message = () => {
    const toolCalls = calls.all().map(toWire);
    return {
      ...texts,
      ...(details.length > 0 && { reasoning_details: joinedDetails(details) }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    };
  };

  const take = ({ choices, ...chunk }: z.infer<typeof chunkSchema>): void => {
    if (chunk.error !== undefined && chunk.error !== null) {
      error = chunk.error;
      progress = 'over';
      return;
    }
    if (chunk.usage) usage = chunk.usage;
    const choice = choices?.find(({ index }) => !index);
    if (choice === undefined) return;
    if (choice.delta) grow(choice.delta);
    // Some servers say in the end, or only there, what the whole message was.
    if (choice.message && characters === 0) grow(choice.message);
    if (choice.error !== undefined && choice.error !== null) error = choice.error;
    if (choice.finish_reason) {
      finishReason = choice.finish_reason;
      progress = 'whole';
    }
  };

  return {
    take(event) {
      if (event === '[DONE]') {
        progress = 'over';
        return;
      }
      const parsed = chunkSchema.safeParse(event);
      if (parsed.success) take(parsed.data);
    },
    get progress() {
      return progress;
    },
    get characters() {
      return characters;
    },
    get written() {
      return JSON.stringify(message());
    },
    body: () =>
      error === undefined
        ? { choices: [{ finish_reason: finishReason, message: message() }], usage }
        : { error, usage },
  };
}

const toWire = ({ id, name, argumentsJson, extra }: ChatCall): object => ({
  id,
  function: { name, arguments: argumentsJson },
  ...(extra !== undefined && { extra_content: extra }),
});

const detailSchema = z.looseObject({ type: z.string(), index: z.number().nullish() });

/** OpenRouter streams one detail in pieces, which belong together by type and index. */
function joinedDetails(details: readonly unknown[]): unknown[] {
  const joined: Record<string, unknown>[] = [];
  for (const detail of details) {
    const parsed = detailSchema.safeParse(detail);
    if (!parsed.success) continue;
    const piece: Record<string, unknown> = parsed.data;
    const last = joined.at(-1);
    if (last === undefined || last.type !== piece.type || last.index !== piece.index) {
      joined.push({ ...piece });
      continue;
    }
    for (const [name, value] of Object.entries(piece)) {
      const isGrowing = ['text', 'summary', 'data'].includes(name) && typeof value === 'string';
      if (isGrowing) last[name] = `${typeof last[name] === 'string' ? last[name] : ''}${value}`;
      else if (value !== null && value !== undefined) last[name] = value;
    }
  }
  return joined;
}
