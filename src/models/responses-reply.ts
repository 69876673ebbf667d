import { z } from 'zod';
import type { ModelReply, Usage } from '../domain/conversation.ts';
import type { RawReply } from './exchange.ts';
import { argumentsSchema, faultOfBody } from './openai-reply.ts';
import { reasoningOf } from './own-reasoning.ts';
import { toProviderError } from './provider-faults.ts';
import { parseReplyBody, refuseEmpty } from './reply-checks.ts';
import { countSchema, partSchema, usageOfCounts } from './token-counts.ts';
import { withUniqueIds } from './tool-calls.ts';
import { keptReasoning, type TurnPart } from './turn-order.ts';

const messageSchema = z.object({
  type: z.literal('message'),
  phase: z.string().max(40).nullish().catch(null),
  content: z.array(
    z.union([
      z.object({ type: z.literal('output_text'), text: z.string() }),
      z.object({ type: z.literal('refusal'), refusal: z.string() }),
      z.object({ type: z.string() }),
    ]),
  ),
});
const callSchema = z.object({
  type: z.literal('function_call'),
  call_id: z.string().nullish(),
  name: z.string().nullish(),
  arguments: argumentsSchema.nullish(),
});
/** Handed back as it came, but for what OpenAI says only to us. */
const reasoningSchema = z.looseObject({ type: z.literal('reasoning') });
/** Whatever there may be some day. */
const otherSchema = z.object({ type: z.string().refine((type) => type !== 'message' && type !== 'function_call') });

const bodySchema = z.object({
  status: z.string().nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish().catch(null),
  output: z.array(z.union([messageSchema, callSchema, reasoningSchema, otherSchema])),
});

const errorSchema = z.object({
  message: z.string().catch('no message'),
  code: z.union([z.string(), z.number()]).nullish().catch(null),
});
/** A body of nothing but an error, a response that failed, or the stream's own `error` event. */
const failedSchema = z.union([
  z.object({ error: errorSchema }).transform(({ error }) => error),
  z.object({ type: z.literal('error'), message: z.string(), code: z.union([z.string(), z.number()]).nullish() }),
  z
    .object({ status: z.enum(['failed', 'cancelled']) })
    .transform(({ status }) => ({ message: `the response was ${status}`, code: null })),
]);

type Item = z.infer<typeof bodySchema>['output'][number];

/**
 * @throws {ProviderError} when the body, though sent with 200, holds an error.
 * @throws {ModelReplyError} when it holds no reply.
 */
export function fromResponsesBody(body: unknown, asked: { modelId: string; apiKey: string }): RawReply {
  const { modelId } = asked;
  const failed = failedSchema.safeParse(body);
  if (failed.success) throw toProviderError(faultOfBody(withStatus(failed.data)), asked);
  const { output, incomplete_details: cut, status } = parseReplyBody(bodySchema, body, modelId);
  const toolCalls = withUniqueIds(
    output.flatMap((item) =>
      'arguments' in item || item.type === 'function_call' ? [looseCall(item as z.infer<typeof callSchema>)] : [],
    ),
  );
  const turn = turnOf(output, toolCalls);
  const text = turn.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const reason = cut?.reason ?? (status === 'incomplete' ? 'max_output_tokens' : null);
  const isRefused = output.some(
    (item) => 'content' in item && refusalsOf(item as z.infer<typeof messageSchema>) !== '',
  );
  const stop = stopOf(reason, isRefused, toolCalls.length > 0);
  const reasoning = reasoningOf(modelId, keptReasoning(turn));
  return refuseEmpty(
    { modelId, text, toolCalls, stop, usage: responsesUsage(body), ...(reasoning && { reasoning }) },
    reason ?? status,
  );
}

const looseCall = ({ call_id, name, arguments: given }: z.infer<typeof callSchema>) => ({
  id: call_id,
  name: name ?? '',
  argumentsJson: given ?? '',
});

/** OpenAI's words for what went wrong in the middle; they stand where a status would have stood. */
const statusOfCode: ReadonlyMap<string, number> = new Map([
  ['server_error', 500],
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['invalid_prompt', 400],
]);

function withStatus({ message, code }: { message: string; code?: string | number | null | undefined }) {
  const status = typeof code === 'string' ? statusOfCode.get(code) : undefined;
  return { message, code: status !== undefined && code !== 'insufficient_quota' ? status : code };
}

function turnOf(output: readonly Item[], toolCalls: ModelReply['toolCalls']): TurnPart[] {
  let called = 0;
  return output.flatMap((item): TurnPart[] => {
    if (item.type === 'reasoning') return isHandedBack(item) ? [{ kind: 'reasoning', part: bare(item) }] : [];
    if (item.type === 'function_call') {
      const call = toolCalls[called++];
      return call === undefined ? [] : [{ kind: 'call', call }];
    }
    if (item.type !== 'message' || !('content' in item)) return [];
    const message = item as z.infer<typeof messageSchema>;
    const text = textsOf(message) || refusalsOf(message);
    const { phase } = message;
    return text === '' ? [] : [{ kind: 'text', text: text.toWellFormed(), ...(phase && { phase }) }];
  });
}

/** What is not encrypted lies with OpenAI, where we left nothing: it could not be found again. */
const isHandedBack = (item: object): boolean =>
  'encrypted_content' in item && typeof item.encrypted_content === 'string';

function bare(item: object): object {
  const { status: _status, ...kept } = item as { status?: unknown };
  return kept;
}

const textsOf = ({ content }: z.infer<typeof messageSchema>): string =>
  content.map((part) => ('text' in part ? part.text : '')).join('');

const refusalsOf = ({ content }: z.infer<typeof messageSchema>): string =>
  content.map((part) => ('refusal' in part ? part.refusal : '')).join('');

function stopOf(reason: string | null, isRefused: boolean, hasCalls: boolean): ModelReply['stop'] {
  if (isRefused || reason === 'content_filter') return 'refusal';
  if (reason !== null) return 'length';
  return hasCalls ? 'tool-calls' : 'end';
}

const usageSchema = z.object({
  input_tokens: countSchema,
  input_tokens_details: z.object({ cached_tokens: partSchema, cache_write_tokens: partSchema }).nullish().catch(null),
  output_tokens: countSchema,
  output_tokens_details: z.object({ reasoning_tokens: partSchema }).nullish().catch(null),
});

export function responsesUsage(body: unknown): Usage | null {
  const parsed = z.object({ usage: usageSchema }).safeParse(body);
  if (!parsed.success) return null;
  const { usage } = parsed.data;
  return usageOfCounts({
    inputTokens: usage.input_tokens,
    cachedInputTokens: usage.input_tokens_details?.cached_tokens,
    cacheWriteTokens: usage.input_tokens_details?.cache_write_tokens,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens,
  });
}
