import { beforeEnd, objectAt, type StreamEvent, sayingOnce, type Wire } from './wire.ts';

const typeOf = (event: StreamEvent): unknown => (event === '[DONE]' ? event : event.type);
const isOfBlock = (event: StreamEvent): boolean => String(typeOf(event)).startsWith('content_block_');
const indexOf = (event: StreamEvent): number => Number((event as { index?: unknown }).index);

const growths = ['text', 'partial_json', 'thinking'] as const;

/** Anthropic's Messages. */
export const messagesWire: Wire = {
  name: 'messages',
  path: '/v1/messages',
  namesEvents: true,
  error: (code, message) => ({ type: 'error', error: { type: code, message } }),
  errorEvent: (message) => ({ type: 'error', error: { type: 'overloaded_error', message } }),
  isEnd: (event) => typeOf(event) === 'message_delta',
  isLastWord: (event) => typeOf(event) === 'message_stop',
  grownBy: (event) => {
    const delta = objectAt(event, 'delta');
    return growths.map((field) => (typeof delta?.[field] === 'string' ? delta[field] : '')).join('');
  },
  growing: (event, text) => {
    const delta = objectAt(event, 'delta');
    const field = growths.find((name) => typeof delta?.[name] === 'string');
    return event === '[DONE]' || field === undefined ? event : { ...event, delta: { ...delta, [field]: text } };
  },
  usageOf: (event) => {
    const told = objectAt(event, 'message') ?? event;
    const usage = objectAt(told, 'usage') as Record<string, number> | null;
    return usage === null ? null : { input: usage.input_tokens ?? 0, output: usage.output_tokens ?? 0 };
  },
  withoutUsage: (event) => {
    if (event === '[DONE]') return event;
    const { usage: _usage, ...others } = event;
    const message = objectAt(event, 'message');
    if (message === null) return others;
    const { usage: _told, ...kept } = message;
    return { ...others, message: kept };
  },
  empty: (events) => events.filter((event) => !isOfBlock(event)),
  withCallsTwice: (events) => {
    const calls = new Set(
      events.filter((event) => objectAt(event, 'content_block')?.type === 'tool_use').map((event) => indexOf(event)),
    );
    const blocks = new Set(events.filter(isOfBlock).map(indexOf)).size;
    const again = events
      .filter((event) => isOfBlock(event) && calls.has(indexOf(event)))
      .map((event) => ({ ...(event as object), index: indexOf(event) + blocks }));
    return beforeEnd(messagesWire, events, again);
  },
  withArguments: (events, text) => sayingOnce(messagesWire, events, text),
};

/** At its begin Anthropic counts what it read, and a token or so of what it will write. */
export function asAnthropicBegins(event: StreamEvent): StreamEvent {
  const message = objectAt(event, 'message');
  const usage = message === null ? null : objectAt(message, 'usage');
  if (event === '[DONE]' || usage === null) return event;
  return { ...event, message: { ...message, usage: { ...usage, output_tokens: 1 } } };
}
