import type OpenAI from 'openai';
import type { Message, ModelParameters } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import { openAiWords } from './openai-effort.ts';
import { cacheKeyOf } from './openai-wire.ts';
import { ownReasoning } from './own-reasoning.ts';
import type { Quirks } from './quirks.ts';
import { type TurnPart, turnInOrder } from './turn-order.ts';
import { toWireMessages } from './wire-messages.ts';

/** Parameters that are left out once a server has refused them. */
export type LeftOut =
  | 'temperature'
  | 'stream'
  | 'include'
  | 'prompt_cache_key'
  | 'parallel_tool_calls'
  | 'store'
  | 'tool_choice'
  | 'phase';

/** How one model takes its requests; found out by asking. */
export interface ResponsesForm {
  /** More is never asked for. */
  readonly mostOutputTokens: number;
  /** Which of the words for the effort it takes. */
  readonly effort: number;
  /** Without the reasoning of earlier turns, where it is refused. */
  readonly isReasoningBack: boolean;
  readonly leftOut: ReadonlySet<LeftOut>;
}

/** Who is asked, and how. */
export interface ResponsesAsked {
  readonly id: string;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly quirks: Quirks;
}

/**
 * Nothing is left with OpenAI (`store: false`), so that reasoning comes encrypted, to be handed back with the turn it
 * belongs to (https://developers.openai.com/api/docs/guides/reasoning#encrypted-reasoning-items).
 */
export function toResponsesBody(
  { id, model, parameters, quirks }: ResponsesAsked,
  request: ModelRequest,
  form: ResponsesForm,
): OpenAI.Responses.ResponseCreateParams {
  const told = <Value extends object>(name: LeftOut, value: Value): Value | null =>
    form.leftOut.has(name) ? null : value;
  const tools = request.tools.map(({ name, description, parameters: schema }) => ({
    type: 'function' as const,
    name,
    description,
    parameters: { ...schema },
    // Strict schemas forbid optional arguments; replies are checked and sent back by us.
    strict: false,
  }));
  const hasTools = tools.length > 0;
  const isStreamed = quirks.streams === 'always' || (quirks.streams === 'without-tools' && !hasTools);
  const word = effortWords(parameters, quirks)[form.effort];
  const { temperature } = parameters;
  return {
    model,
    ...(request.system !== '' && { instructions: request.system.toWellFormed() }),
    input: toWireMessages(request.messages).flatMap((message) => toItems(message, id, form)),
    ...(quirks.cacheKey && told('prompt_cache_key', { prompt_cache_key: cacheKeyOf(request) })),
    max_output_tokens: Math.min(request.maxOutputTokens, form.mostOutputTokens),
    ...told('store', { store: false }),
    ...told('include', { include: ['reasoning.encrypted_content' as const] }),
    ...(hasTools && { tools }),
    ...(tools.length === 1 && quirks.forcesTools && told('tool_choice', { tool_choice: 'required' as const })),
    ...(hasTools && !quirks.parallelCalls && told('parallel_tool_calls', { parallel_tool_calls: false })),
    ...(word !== undefined && { reasoning: { effort: word as 'low' } }),
    ...(temperature !== undefined && told('temperature', { temperature })),
    ...(isStreamed && told('stream', { stream: true as const })),
  };
}

/** The words to tell the effort by, the likeliest first; behind the last nothing is told. */
export function effortWords({ effort }: ModelParameters, { effortWords: own }: Quirks): readonly string[] {
  if (effort === undefined) return [];
  const word = own[effort];
  if (word === null) return [];
  return word === undefined ? openAiWords[effort] : [word];
}

type Item = OpenAI.Responses.ResponseInputItem;

function toItems(message: Message, id: string, form: ResponsesForm): Item[] {
  switch (message.from) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'model': {
      const turn = turnInOrder(message, ownReasoning(message, id) ?? []);
      return turn
        .filter(({ kind }) => form.isReasoningBack || kind !== 'reasoning')
        .map((part) => toItem(part, !form.leftOut.has('phase')));
    }
    case 'tools':
      return message.results.map(({ callId, output, isError }) => ({
        type: 'function_call_output',
        call_id: callId,
        // The protocol has no field for a failed call.
        output: isError ? `error: ${output}` : output,
      }));
  }
}

/**
 * A text goes back with the phase in which it was said: without it a model may take what it said on the way for its last
 * word, and stop early (https://developers.openai.com/api/reference/resources/responses).
 */
function toItem(part: TurnPart, isPhaseTold: boolean): Item {
  switch (part.kind) {
    case 'reasoning':
      return part.part as Item;
    case 'text': {
      const { text, phase } = part;
      return {
        role: 'assistant',
        content: text,
        ...(isPhaseTold && phase !== undefined && { phase: phase as 'commentary' }),
      };
    }
    case 'call':
      // What the model wrote, malformed or not: OpenAI takes it back.
      return {
        type: 'function_call',
        call_id: part.call.id,
        name: part.call.name,
        arguments: part.call.argumentsJson || '{}',
      };
  }
}
