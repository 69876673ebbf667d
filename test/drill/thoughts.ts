import { askedTurns } from './asked-turns.ts';
import { type Json, objectAt, type StreamEvent } from './wires/wire.ts';

export interface Thoughts {
  sent(events: readonly StreamEvent[]): void;
  /** The turns of a request, counted from 0, that hold what was thought for them, unchanged. */
  turnsIn(body: Json): readonly number[];
}

/** Remembers the sealed reasoning that was sent: OpenAI wants it back with the turn that it belongs to. */
export function createThoughts(): Thoughts {
  const sealed = new Set<unknown>();
  return {
    sent(events) {
      for (const event of events) {
        const content = objectAt(event, 'item')?.encrypted_content;
        if (typeof content === 'string') sealed.add(content);
      }
    },
    turnsIn(body) {
      const isKept = (item: Json): boolean => item.type === 'reasoning' && sealed.has(item.encrypted_content);
      return askedTurns(body).flatMap(({ said }, index) => (said.some(isKept) ? [index] : []));
    },
  };
}
