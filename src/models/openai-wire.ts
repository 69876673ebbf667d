import { createHash } from 'node:crypto';
import type OpenAI from 'openai';
import type { ModelRequest } from '../ports/model.ts';
import { type EffortForm, effortForms } from './openai-effort.ts';
import type { ChatAsked, ChatForm, LeftOut } from './openai-form.ts';
import { toChatMessages } from './openai-messages.ts';

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
    messages: toChatMessages(asked, request, form),
    ...(quirks.cacheKey && told('prompt_cache_key', { prompt_cache_key: cacheKeyOf(request) })),
    [form.outputLimit]: Math.min(request.maxOutputTokens, form.mostOutputTokens),
    ...(hasTools && { tools }),
    ...(tools.length === 1 && quirks.forcesTools && told('tool_choice', { tool_choice: 'required' as const })),
    ...(hasTools && !form.parallelCalls && told('parallel_tool_calls', { parallel_tool_calls: false })),
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
