import type { Message, ToolResult } from '../domain/conversation.ts';
import type { ModelRequest } from '../ports/model.ts';
import type { PaidTurn } from '../ports/stores.ts';
import { shownResults } from './compact-turns.ts';
import type { Conversation } from './conversation.ts';

/**
 * What the model is asked after these turns. Its order is made for prompt caches: what never changes first, then what
 * conversations on one repository share, then the opening, then turns that are only added to.
 */
export function requestOf(
  conversation: Conversation<unknown>,
  turns: readonly PaidTurn[],
  maxOutputTokens: number,
): ModelRequest {
  const { system, about, opening, tools, finishes } = conversation;
  const shown = shownResults(turns);
  const lastAnsweredBy = turns.at(-1)?.reply.modelId;
  const messages = turns.flatMap((turn, index) => messagesOf(turn, shown[index] ?? turn.results, conversation));
  return {
    system,
    messages: [
      ...(about === undefined || about === '' ? [] : [{ from: 'user' as const, text: about }]),
      { from: 'user', text: opening },
      ...messages,
    ],
    tools: [...tools, ...finishes].map(({ spec }) => spec),
    maxOutputTokens,
    ...(lastAnsweredBy !== undefined && { lastAnsweredBy }),
  };
}

export const isProse = ({ reply }: PaidTurn): boolean => reply.toolCalls.length === 0;

function messagesOf(
  turn: PaidTurn,
  results: readonly ToolResult[],
  { finishes: [finish], maxTurns }: Conversation<unknown>,
): Message[] {
  const { text, toolCalls, stop, reasoning } = turn.reply;
  const said: Message = { from: 'model', text, toolCalls, ...(reasoning && { reasoning }) };
  if (!isProse(turn)) return [said, { from: 'tools', results }];
  const cut = stop === 'length' ? 'Your reply was cut off at the output limit. ' : '';
  const left = turnsLeftNote(maxTurns - turn.index - 1, finish.spec.name);
  const nudge = `${cut}Nobody reads text without a tool call. Call a tool; when you are done, call ${finish.spec.name}.`;
  return [said, { from: 'user', text: left === null ? nudge : `${nudge}\n${left}` }];
}

export function turnsLeftNote(left: number, finishName: string): string | null {
  if (left < 1 || left > 2) return null;
  return `[${left === 1 ? '1 turn is' : `${left} turns are`} left; call ${finishName} before they end]`;
}

/** Below this share the model is told: it has to come to an end. */
const scarceShare = 0.2;

export function moneyLeftNote(leftShare: number | undefined, finishName: string): string | null {
  if (leftShare === undefined || leftShare >= scarceShare) return null;
  const percent = Math.floor(leftShare * 100);
  return `[${percent < 1 ? 'less than 1%' : `about ${percent}%`} of the budget is left; come to an end with ${finishName}]`;
}

/** Behind the last result, where it is recorded and stays. */
export function withNotes(results: readonly ToolResult[], notes: readonly (string | null)[]): readonly ToolResult[] {
  const last = results.at(-1);
  const text = notes.filter((note) => note !== null).join('\n');
  if (text === '' || last === undefined) return results;
  const note = last.note === undefined ? text : `${last.note}\n${text}`;
  return [...results.slice(0, -1), { ...last, note }];
}
