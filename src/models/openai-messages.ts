import type OpenAI from 'openai';
import type { Message } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import { withCacheMarks } from './openai-cache-marks.ts';
import type { ChatAsked, ChatForm } from './openai-form.ts';
import { fieldsBack, signatureBack } from './openai-reasoning.ts';
import { ownReasoning } from './own-reasoning.ts';
import type { Quirks } from './quirks.ts';
import { argumentsObject } from './tool-calls.ts';
import { nineLetterId, oneCallATurn, plainId, toWireMessages } from './wire-messages.ts';

/** The conversation in the words of Chat Completions, as far as this server knows them. */
export function toChatMessages(
  { id, quirks }: ChatAsked,
  { system, messages }: ModelRequest,
  form: ChatForm,
): OpenAI.ChatCompletionMessageParam[] {
  const isFirst = form.system === 'first-message';
  const hasMarks = quirks.cacheMarks && !form.leftOut.has('cache_control');
  const told = isFirst && system !== '' ? [{ from: 'user' as const, text: system }, ...messages] : messages;
  const single = form.parallelCalls ? told : oneCallATurn(told);
  const wire = toWireMessages(
    hasMarks ? single : joinedTexts(single),
    quirks.callIds === 'nine-letters' ? nineLetterId : plainId,
  );
  const said: OpenAI.ChatCompletionMessageParam[] = [
    ...(system === '' || isFirst ? [] : [{ role: 'system' as const, content: system.toWellFormed() }]),
    ...wire.flatMap((message) => inChatWords(message, form.isReasoningBack ? id : null, quirks.reasoningBack)),
  ];
  return hasMarks ? withCacheMarks(said) : said;
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

function inChatWords(
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
