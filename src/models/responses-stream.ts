import { z } from 'zod';
import type { Assembly } from './read-answer.ts';

/** Events of Responses: https://developers.openai.com/api/docs/api-reference/responses-streaming */
const eventSchema = z.looseObject({
  type: z.string(),
  output_index: z.number().optional().catch(undefined),
  item: z.looseObject({ type: z.string() }).optional().catch(undefined),
  delta: z.string().optional().catch(undefined),
  response: z
    .looseObject({ output: z.array(z.unknown()).nullish().catch(null), usage: z.unknown().optional() })
    .optional()
    .catch(undefined),
});

type Event = z.infer<typeof eventSchema>;

const ends: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/**
 * A stream of Responses, as the one response that it comes to. Its last event holds everything once more; where a
 * compatible server leaves the items out there, those count that were told as done.
 */
export function assembleResponses(): Assembly {
  const items = new Map<number, NonNullable<Event['item']>>();
  const names: unknown[] = [];
  let response: Record<string, unknown> = {};
  let error: unknown;
  let progress: Assembly['progress'] = 'begun';
  let said = '';

  const end = (event: Event): void => {
    const told = event.response?.output;
    const done = [...items.entries()].toSorted(([one], [other]) => one - other).map(([, item]) => item);
    response = { ...event.response, output: told && told.length > 0 ? told : done };
    progress = 'over';
  };

  const take = (event: Event): void => {
    if (event.type === 'error') {
      error = event;
      progress = 'over';
    } else if (ends.has(event.type)) {
      end(event);
    } else if (event.type === 'response.output_item.added' && event.item !== undefined) {
      names.push(event.item.name);
    } else if (event.type === 'response.output_item.done' && event.item !== undefined) {
      items.set(event.output_index ?? items.size, event.item);
    } else if (event.type.endsWith('.delta')) {
      said += event.delta ?? '';
    }
  };

  return {
    take(event) {
      const parsed = eventSchema.safeParse(event);
      if (parsed.success) take(parsed.data);
    },
    get progress() {
      return progress;
    },
    get characters() {
      return said.length;
    },
    get written() {
      // What the other items hold came in pieces before.
      const sealed = [...items.values()].filter(({ type }) => type === 'reasoning');
      return `${said}${JSON.stringify([names, sealed])}`;
    },
    body: () => (error === undefined ? response : flatError(error)),
  };
}

/** The event says what is wrong in its own fields, or, at some servers, in an `error` of its own. */
const flatError = (event: unknown): unknown => {
  const nested = z.object({ error: z.looseObject({}) }).safeParse(event);
  return nested.success ? { error: nested.data.error } : event;
};
