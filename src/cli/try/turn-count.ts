import type { TurnStore } from '../../ports/stores.ts';

export interface TurnCount {
  readonly store: TurnStore;
  readonly count: number;
}

/** Turns as they are paid for: each is a line of progress, and all are counted. */
export function countTurns(turns: TurnStore, progress: (line: string) => void): TurnCount {
  let count = 0;
  return {
    get count() {
      return count;
    },
    store: {
      ...turns,
      record: async (conversation, turn, cost, trace) => {
        const end = await turns.record(conversation, turn, cost, trace);
        count += 1;
        const calls = turn.reply.toolCalls.map(({ name }) => name).join(', ') || 'words only';
        const usd = cost.usd === null ? '' : `, $${cost.usd.toFixed(3)}`;
        progress(`  ${conversation.role}, turn ${turn.index + 1}: ${calls}${usd}`);
        return end;
      },
    },
  };
}
