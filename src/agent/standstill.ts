import type { PaidTurn } from '../ports/stores.ts';

/** A conversation that leads nowhere: it is told so, and ended before it has eaten the budget. */
export interface Standstill {
  readonly why: 'repeats' | 'errors' | 'idle';
  /** Turns in a row. */
  readonly turns: number;
  readonly isOver: boolean;
}

const limits = { repeats: { told: 3, over: 5 }, errors: { told: 5, over: 10 } } as const;
const toldIdleShare = 2 / 3;

/**
 * What the newest turns say of it, from the recorded ones alone; null while it gets on.
 *
 * @param maxIdleTurns Turns without an edit that a role which writes may take; left out for those that only read.
 */
export function standstillOf(turns: readonly PaidTurn[], maxIdleTurns?: number): Standstill | null {
  const counts = [
    { why: 'repeats', turns: repeatsAtEnd(turns), ...limits.repeats },
    { why: 'errors', turns: atEnd(turns, hasOnlyErrors), ...limits.errors },
    ...(maxIdleTurns === undefined
      ? []
      : [
          {
            why: 'idle' as const,
            turns: atEnd(turns, ({ overlayChanges }) => Object.keys(overlayChanges).length === 0),
            told: Math.ceil(maxIdleTurns * toldIdleShare),
            over: maxIdleTurns,
          },
        ]),
  ] as const;
  const over = counts.find((count) => count.turns >= count.over);
  if (over !== undefined) return { why: over.why, turns: over.turns, isOver: true };
  const told = counts.find((count) => count.turns >= count.told);
  return told === undefined ? null : { why: told.why, turns: told.turns, isOver: false };
}

function atEnd(turns: readonly PaidTurn[], holds: (turn: PaidTurn) => boolean): number {
  const last = turns.findLastIndex((turn) => !holds(turn));
  return turns.length - 1 - last;
}

const hasOnlyErrors = ({ results }: PaidTurn): boolean => results.length > 0 && results.every(({ isError }) => isError);

/** An edit may well be asked for twice; that it changes nothing the second time is an error of its own. */
function repeatsAtEnd(turns: readonly PaidTurn[]): number {
  const last = turns.at(-1);
  if (last === undefined || last.reply.toolCalls.length === 0) return 0;
  const asked = callsOf(last);
  return atEnd(turns, (turn) => callsOf(turn) === asked && Object.keys(turn.overlayChanges).length === 0);
}

const callsOf = ({ reply }: PaidTurn): string =>
  JSON.stringify(reply.toolCalls.map(({ name, argumentsJson }) => [name, argumentsJson]));

/** For the model, while there is still time. */
export function standstillNote({ why, turns }: Standstill, finishName: string): string {
  const advice = `Try another way, or call ${finishName} and say what is left. It ends without a result if this goes on.`;
  switch (why) {
    case 'repeats':
      return `[you made the same call ${turns} times, with the same answer. ${advice}]`;
    case 'errors':
      return `[every call of the last ${turns} turns failed. Read the errors again. ${advice}]`;
    case 'idle':
      return `[${turns} turns without an edit. Make the change now, as well as you understand it, or call ${finishName} and say what keeps you. It ends without a result if this goes on.]`;
  }
}

/** For people and the next attempt. */
export function saidStandstill({ why, turns }: Standstill): string {
  switch (why) {
    case 'repeats':
      return `it made the same call ${turns} times in a row`;
    case 'errors':
      return `every call of ${turns} turns in a row failed`;
    case 'idle':
      return `${turns} turns in a row changed nothing`;
  }
}
