/** Just enough of a provider's protocol to spoil a stream on its way, and to know what it held. */

export type Json = Readonly<Record<string, unknown>>;

/** What one event of a stream holds. Chat Completions ends with a word that is no JSON. */
export type StreamEvent = Json | '[DONE]';

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

export interface Wire {
  readonly name: 'chat' | 'responses' | 'messages';
  /** Below the provider's door, and at the scripted model. */
  readonly path: string;
  /** Whether each event is called by its type before its data. */
  readonly namesEvents: boolean;
  error(code: string, message: string): Json;
  /** An error in the middle of a stream. */
  errorEvent(message: string): Json;
  /** Whether a reply is whole with this event; what follows it may tell the usage. */
  isEnd(event: StreamEvent): boolean;
  /** The very last word, behind which a client may still wait. */
  isLastWord(event: StreamEvent): boolean;
  /** What an event adds to the words and arguments of a reply. */
  grownBy(event: StreamEvent): string;
  /** The same event, adding this in place of what it added. */
  growing(event: StreamEvent, text: string): StreamEvent;
  usageOf(event: StreamEvent): Tokens | null;
  withoutUsage(event: StreamEvent): StreamEvent;
  /** The begin and the end, and nothing between. */
  empty(events: readonly StreamEvent[]): StreamEvent[];
  /** All calls once more, under the same ids. */
  withCallsTwice(events: readonly StreamEvent[]): StreamEvent[];
  /** A whole reply whose arguments are these, whatever they were. */
  withArguments(events: readonly StreamEvent[], text: string): StreamEvent[];
}

/** The events, with these before the one that makes the reply whole. */
export function beforeEnd(wire: Wire, events: readonly StreamEvent[], more: readonly StreamEvent[]): StreamEvent[] {
  const end = events.findIndex((event) => wire.isEnd(event));
  return [...events.slice(0, end), ...more, ...events.slice(end)];
}

/** Only the first event that adds something says this; the others that did are left out. */
export function sayingOnce(wire: Wire, events: readonly StreamEvent[], text: string): StreamEvent[] {
  const first = events.find((event) => wire.grownBy(event) !== '');
  return events.flatMap((event) => {
    if (wire.grownBy(event) === '') return [event];
    return event === first ? [wire.growing(event, text)] : [];
  });
}

/** A field of an event, where it is an object. */
export function objectAt(event: StreamEvent, field: string): Json | null {
  const value = event === '[DONE]' ? undefined : event[field];
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}
