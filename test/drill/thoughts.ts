import { askedTurns, serialsOf } from './asked-turns.ts';
import { type Json, objectAt, type StreamEvent, type Wire } from './wires/wire.ts';

/** How many turns of its own a request gave back to a provider with what the model had thought, and without. */
export interface ThoughtsBack {
  readonly kept: number;
  readonly missing: number;
}

export interface Thoughts {
  sent(serial: number, events: readonly StreamEvent[]): void;
  backIn(body: Json, wire: Wire): ThoughtsBack;
}

/** Remembers the sealed reasoning of each reply. OpenAI wants it back unchanged with the turn that it belongs to. */
export function createThoughts(): Thoughts {
  const sealed = new Map<number, unknown>();
  return {
    sent(serial, events) {
      for (const event of events) {
        const content = objectAt(event, 'item')?.encrypted_content;
        if (content !== undefined) sealed.set(serial, content);
      }
    },
    backIn(body, wire) {
      // Whoever takes over from another model gets none of its thoughts.
      if (wire.name !== 'responses') return { kept: 0, missing: 0 };
      const thoughtful = askedTurns(body).filter((turn) => serialsOf(turn).some((serial) => sealed.has(serial)));
      const kept = thoughtful.filter((turn) => {
        const own = serialsOf(turn).map((serial) => sealed.get(serial));
        return turn.said.some((item) => item.type === 'reasoning' && own.includes(item.encrypted_content));
      });
      return { kept: kept.length, missing: thoughtful.length - kept.length };
    },
  };
}
