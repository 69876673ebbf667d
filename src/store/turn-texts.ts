import type { ConversationKey, PaidTurn } from '../ports/stores.ts';
import { toJson } from './database.ts';
import type { Seal } from './seal.ts';

/** The columns of a turn that hold words: what was said, what tools showed, and what was written. */
export interface TurnTexts {
  readonly index: number;
  readonly reply: unknown;
  readonly results: unknown;
  readonly overlay_changes: unknown;
}

const placeOf = ({ fix, role, part }: ConversationKey, index: number, column: string): string =>
  `turns.${column}:${fix}:${role}:${part}:${index}`;

export function sealTurn(seal: Seal, key: ConversationKey, turn: PaidTurn) {
  const close = (column: string, value: unknown): string => toJson(seal.close(value, placeOf(key, turn.index, column)));
  return {
    reply: close('reply', turn.reply),
    results: close('results', turn.results),
    overlay_changes: close('overlay_changes', turn.overlayChanges),
  };
}

/** @throws {SealError} when it was encrypted with a key that is not there. */
export function openTurn(seal: Seal, key: ConversationKey, { index, ...row }: TurnTexts): PaidTurn {
  const open = (column: keyof typeof row): unknown => seal.open(row[column], placeOf(key, index, column));
  return {
    index,
    reply: open('reply') as PaidTurn['reply'],
    results: open('results') as PaidTurn['results'],
    overlayChanges: open('overlay_changes') as PaidTurn['overlayChanges'],
  };
}
