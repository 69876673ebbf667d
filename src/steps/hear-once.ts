import type { FixId } from '../domain/ids.ts';
import type { Ports } from '../ports/ports.ts';

/** What people said to a fix and was handled, whatever came of it: the sweep looks for what was not. */

const keyOf = (what: string): string => `heard:${what}`;

export const noteHeard = ({ effects }: Pick<Ports, 'effects'>, fix: FixId, what: string): Promise<void> =>
  effects.record(fix, keyOf(what), {});

export const hasHeard = async ({ effects }: Pick<Ports, 'effects'>, fix: FixId, what: string): Promise<boolean> =>
  (await effects.find(fix, keyOf(what))) !== null;
