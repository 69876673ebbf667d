import { beforeEnd, type Json, objectAt, type StreamEvent, sayingOnce, type Wire } from './wire.ts';

const typeOf = (event: StreamEvent): string => (event === '[DONE]' ? event : String(event.type));
const isOfItem = (event: StreamEvent): boolean => event !== '[DONE]' && typeof event.output_index === 'number';
const indexOf = (event: StreamEvent): number => Number((event as { output_index?: unknown }).output_index);

/** The response as the last event tells it; no other event holds items. */
function withOutput(event: StreamEvent, change: (items: readonly Json[]) => readonly Json[]): StreamEvent {
  const response = objectAt(event, 'response');
  if (event === '[DONE]' || response === null || !responsesWire.isEnd(event)) return event;
  return { ...event, response: { ...response, output: change(response.output as readonly Json[]) } };
}

/** OpenAI's Responses. Its last event holds the whole reply once more. */
export const responsesWire: Wire = {
  name: 'responses',
  path: '/v1/responses',
  namesEvents: true,
  error: (code, message) => ({ error: { message, type: code, code, param: null } }),
  errorEvent: (message) => ({ type: 'error', code: 'server_error', message, param: null }),
  isEnd: (event) => typeOf(event) === 'response.completed',
  isLastWord: () => false,
  grownBy: (event) =>
    event !== '[DONE]' && typeOf(event).endsWith('.delta') && typeof event.delta === 'string' ? event.delta : '',
  growing: (event, text) => (event === '[DONE]' ? event : { ...event, delta: text }),
  usageOf: (event) => {
    const response = objectAt(event, 'response');
    const usage = (response === null ? null : objectAt(response, 'usage')) as Record<string, number> | null;
    return usage === null ? null : { input: usage.input_tokens ?? 0, output: usage.output_tokens ?? 0 };
  },
  withoutUsage: (event) => {
    const response = objectAt(event, 'response');
    if (event === '[DONE]' || response === null) return event;
    const { usage: _usage, ...others } = response;
    return { ...event, response: others };
  },
  empty: (events) => events.filter((event) => !isOfItem(event)).map((event) => withOutput(event, () => [])),
  withCallsTwice: (events) => {
    const calls = events.filter((event) => objectAt(event, 'item')?.type === 'function_call').map(indexOf);
    const items = new Set(events.filter(isOfItem).map(indexOf)).size;
    const again = events
      .filter((event) => isOfItem(event) && calls.includes(indexOf(event)))
      .map((event) => ({ ...(event as Json), output_index: indexOf(event) + items }));
    const isCall = ({ type }: Json) => type === 'function_call';
    return beforeEnd(responsesWire, events, again).map((event) =>
      withOutput(event, (output) => [...output, ...output.filter(isCall)]),
    );
  },
  withArguments: (events, text) =>
    sayingOnce(responsesWire, events, text).map(
      (event) =>
        JSON.parse(
          JSON.stringify(event, (name, value) => (name === 'arguments' && value !== '' ? text : value)),
        ) as StreamEvent,
    ),
};
