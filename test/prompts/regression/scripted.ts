import type { ModelReply } from '../../../src/domain/conversation.ts';
import { noUsage } from '../../../src/domain/cost.ts';
import type { Model } from '../../../src/ports/model.ts';
import type { Roster } from '../../../src/ports/roster.ts';
import type { SaidTurn } from './prompt-case.ts';

const id = 'scripted/model';

/** A roster whose models say these turns and then the last one again: no model thinks here, and nothing costs. */
export function scriptedRoster(turns: readonly SaidTurn[]): Roster {
  let asked = 0;
  const model: Model = {
    id,
    reply: async () => {
      const turn = turns[Math.min(asked, turns.length - 1)];
      asked += 1;
      return replyOf(turn ?? { text: '' }, asked);
    },
  };
  const chain = [id];
  return {
    modelFor: () => model,
    priceOf: () => null,
    describe: () => ({ architect: chain, coder: chain, fast: chain, debugger: chain, reviewer: chain }),
  };
}

function replyOf(turn: SaidTurn, number: number): ModelReply {
  const bare = { modelId: id, usage: noUsage };
  if (!Array.isArray(turn)) return { ...bare, text: turn.text, toolCalls: [], stop: 'end' };
  const calls = turn.flatMap((call) => Object.entries(call));
  const toolCalls = calls.map(([name, args], at) => ({
    id: `call-${number}-${at}`,
    name,
    argumentsJson: typeof args === 'string' ? args : JSON.stringify(args),
  }));
  return { ...bare, text: '', toolCalls, stop: 'tool-calls' };
}
