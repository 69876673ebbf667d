import type { Json } from './wires/wire.ts';

/** A request as the turns that it holds, over whichever wire it came. */

/** The system prompt as plain text, wherever the wire has it. */
export function systemOf(body: Json): string {
  const own = itemsOf(body).filter(({ role }) => role === 'system' || role === 'developer');
  return [body.system, body.instructions, ...own.map(({ content }) => content)].map(textOf).join('');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(({ text }: { text?: unknown }) => (typeof text === 'string' ? text : '')).join('');
}

const itemsOf = ({ messages, input }: Json): readonly Json[] => (messages ?? input) as readonly Json[];

/** Over Responses the thoughts, words and calls of one turn are items of their own. */
const isSpoken = ({ role, type }: Json): boolean =>
  role === 'assistant' || type === 'reasoning' || type === 'function_call';

/** What a model said in one turn, and what was answered to it. */
export interface AskedTurn {
  readonly said: readonly Json[];
  readonly answered: readonly Json[];
}

function turnsOf(body: Json): { readonly before: readonly Json[]; readonly turns: readonly AskedTurn[] } {
  const before: Json[] = [];
  const turns: { said: Json[]; answered: Json[] }[] = [];
  for (const item of itemsOf(body)) {
    const last = turns.at(-1);
    if (isSpoken(item) && (last === undefined || last.answered.length > 0)) turns.push({ said: [item], answered: [] });
    else if (isSpoken(item)) last?.said.push(item);
    else (last?.answered ?? before).push(item);
  }
  return { before, turns };
}

export const askedTurns = (body: Json): readonly AskedTurn[] => turnsOf(body).turns;

/** The request as if the turns that carry this text, and what was answered to them, had never been. */
export function withoutTurns(body: Json, text: string): Json {
  const { before, turns } = turnsOf(body);
  const kept = turns.filter(({ said }) => !JSON.stringify(said).includes(text));
  const items = [...before, ...kept.flatMap(({ said, answered }) => [...said, ...answered])];
  return { ...body, [body.messages === undefined ? 'input' : 'messages']: items };
}
