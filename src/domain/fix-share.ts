import type { Fix } from './fix-facts.ts';
import { digestOf } from './frozen-input.ts';

/** From 0 up to 1, and always the same for a fix: spreads what would happen to all fixes at one moment. */
export const shareOf = ({ id }: Pick<Fix, 'id'>): number => Number.parseInt(digestOf(id).slice(0, 8), 16) / 2 ** 32;
