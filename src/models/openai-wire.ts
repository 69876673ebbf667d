import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import type { Message, ModelParameters } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import { type EffortForm, effortForms } from './openai-effort.ts';
import { fieldsBack, signatureBack } from './openai-reasoning.ts';
import { ownReasoning } from './own-reasoning.ts';
import type { Quirks } from './quirks.ts';
import { argumentsObject } from './tool-calls.ts';
import { nineLetterId, oneCallATurn, plainId, toWireMessages } from './wire-messages.ts';

/** Parameters that are left out once a server has refused them. */
export type LeftOut = 'temperature' | 'stream' | 'stream_options' | 'parallel_tool_calls' | 'prompt_cache_key';

/** How one model takes its requests: what its provider's row says, and what was found out by asking. */
export interface ChatForm {
  /** More is never asked for. */
  readonly mostOutputTokens: number;
  readonly outputLimit: Quirks['outputLimit'];
  readonly isLimitSwapped: boolean;
  /** OpenAI's models since GPT-5.4 call functions over this API only with reasoning switched off. */
  readonly isReasoningOff: boolean;
  /** Which of the ways to tell the effort it takes. */
  readonly effort: number;
  /** Without the reasoning of earlier turns, where it is refused. */
  readonly isReasoningBack: boolean;
  readonly leftOut: ReadonlySet<LeftOut>;
}

/** Who is asked, and how. */
export interface ChatAsked {
  readonly id: string;
  readonly model: string;
  readonly parameters: ModelParameters;
  readonly quirks: Quirks;
}

type Body = OpenAI.ChatCompletionCreateParams;

export function toChatBody(asked: ChatAsked, request: ModelRequest, form: ChatForm): Body {
  const { model, parameters, quirks } = asked;
  const tools = request.tools.map(({ name, description, parameters: schema }) => ({
    type: 'function' as const,
    function: { name, description, parameters: { ...schema } },
  }));
  const hasTools = tools.length > 0;
  const told = <Value extends object>(name: LeftOut, value: Value): Value | null =>
    form.leftOut.has(name) ? null : value;
  const isStreamed =
    !form.leftOut.has('stream') && (quirks.streams === 'always' || (quirks.streams === 'without-tools' && !hasTools));
  const { temperature } = parameters;
  return {
    model,
    messages: messagesOf(asked, request, form),
    ...(quirks.cacheKey && told('prompt_cache_key', { prompt_cache_key: cacheKeyOf(request) })),
    [form.outputLimit]: Math.min(request.maxOutputTokens, form.mostOutputTokens),
    ...(hasTools && { tools }),
    ...(hasTools && !quirks.parallelCalls && told('parallel_tool_calls', { parallel_tool_calls: false })),
    ...(hasTools && form.isReasoningOff ? { reasoning_effort: 'none' } : effortOf(asked, form)),
    ...(temperature !== undefined && told('temperature', { temperature })),
    ...(isStreamed && { stream: true }),
    ...(isStreamed &&
      quirks.usage === 'on-request' &&
      told('stream_options', { stream_options: { include_usage: true } })),
  } as Body;
}

function effortOf({ parameters, quirks }: ChatAsked, form: ChatForm): EffortForm {
  const forms = effortForms(parameters.effort, quirks);
  return forms[Math.min(form.effort, forms.length - 1)] ?? {};
}

function messagesOf(
  { id, quirks }: ChatAsked,
  { system, messages }: ModelRequest,
  form: ChatForm,
): OpenAI.ChatCompletionMessageParam[] {
  const isFirst = quirks.system === 'first-message';
  const told = isFirst && system !== '' ? [{ from: 'user' as const, text: system }, ...messages] : messages;
  const single = quirks.parallelCalls ? told : oneCallATurn(told);
  const wire = toWireMessages(joinedTexts(single), quirks.callIds === 'nine-letters' ? nineLetterId : plainId);
  return [
    ...(system === '' || isFirst ? [] : [{ role: 'system' as const, content: system.toWellFormed() }]),
    ...wire.flatMap((message) => toChatMessages(message, form.isReasoningBack ? id : null, quirks.reasoningBack)),
  ];
}

/** Templates of compatible servers insist on turns that alternate. */
function joinedTexts(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.from === 'user' && message.from === 'user')
      joined[joined.length - 1] = { from: 'user', text: `${last.text}\n\n${message.text}` };
    else joined.push(message);
  }
  return joined;
}

/**
 * Names what a conversation begins with and others begin with too. OpenAI sends requests of one key to the same
 * machines, as long as they are not more than some 15 a minute.
 */
export function cacheKeyOf({ system, messages: [first] }: ModelRequest): string {
  const begin = first?.from === 'user' ? first.text : '';
  return createHash('sha256')
    .update(JSON.stringify([system, begin]))
    .digest('hex')
    .slice(0, 32);
}

function toChatMessages(
  message: Message,
  ownId: string | null,
  back: Quirks['reasoningBack'],
): OpenAI.ChatCompletionMessageParam[] {
  switch (message.from) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'model': {
      const own = ownId === null ? null : ownReasoning(message, ownId);
      const fields = fieldsBack(back, own, message.toolCalls.length > 0);
      if (message.toolCalls.length === 0) return [{ role: 'assistant', content: message.text, ...fields }];
      const toolCalls = message.toolCalls.map((call, index) => ({
        id: call.id,
        type: 'function' as const,
        // OpenAI takes back whatever its model wrote; servers that parse it fail on malformed JSON.
        function: { name: call.name, arguments: JSON.stringify(argumentsObject(call.argumentsJson)) },
        ...signatureBack(back, own, index),
      }));
      return [{ role: 'assistant', content: message.text || null, tool_calls: toolCalls, ...fields }];
    }
    case 'tools':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: result.callId,
        // The protocol has no field for a failed call.
        content: result.isError ? `error: ${result.output}` : result.output,
      }));
  }
}
