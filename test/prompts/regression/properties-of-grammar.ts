import { z } from 'zod';
import { callsOf, finishOf } from './held.ts';
import { property } from './property.ts';

/** Of every conversation: it speaks in calls that we understand, and comes to an end. */
export const grammarProperties = {
  'uses-the-tool-grammar': property(z.literal(true).default(true), (held) => {
    const prose = held.turns.find(({ reply }) => reply.toolCalls.length === 0);
    if (prose !== undefined) return `turn ${prose.index + 1} calls no tool`;
    const wrong = callsOf(held).find(
      ({ name, args, output }) =>
        !held.tools.includes(name) || args === null || output.includes(`${name} was not run: its arguments are wrong`),
    );
    return wrong === undefined ? null : `turn ${wrong.turn + 1} calls ${wrong.name} in a way that is none`;
  }),

  'ends-by-its-finish': property(z.array(z.string()).min(1).optional(), (held, names) => {
    const finish = finishOf(held);
    if (finish === null) return 'no finishing call was accepted';
    const allowed = names ?? held.finishes;
    return allowed.includes(finish.name) ? null : `it ended with ${finish.name}; allowed: ${allowed.join(', ')}`;
  }),
};
