import { noPurseLimits, type PurseLimits, type PurseStandings } from '../../src/domain/purse.ts';
import type { Purses } from '../../src/ports/purses.ts';
import type { TurnStore } from '../../src/ports/stores.ts';

const empty = { usd: 0, tokens: 0, heldUsd: 0, heldTokens: 0, endsInMs: 60_000 };
export const emptyPurses: PurseStandings = {
  'repository-day': empty,
  'organization-month': empty,
  'host-month': empty,
};

export interface FakePurses extends Purses {
  /** What is set aside and not given back, by hold. */
  readonly held: ReadonlyMap<string, { readonly usd: number; readonly tokens: number }>;
}

/** Purses in memory, for one fix whose turns are these; nobody else spends, unless `standings` says so. */
export function fakePurses(
  turns: Pick<TurnStore, 'spending'>,
  standings = (): PurseStandings => emptyPurses,
): FakePurses {
  const held = new Map<string, { usd: number; tokens: number }>();
  let count = 0;
  return {
    held,
    reserve: async (call, decide) => {
      const fix = await turns.spending(call.fix);
      const decision = decide({ fix, purses: standings() });
      if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };
      count += 1;
      held.set(String(count), { ...decision.most });
      return { kind: 'held', hold: String(count), fix };
    },
    release: async (hold, end) => {
      if (end === 'charged-nothing') held.delete(hold);
    },
    standings: async () => standings(),
    days: async () => [],
  };
}

/** Ports of money for steps that are not about it. */
export const plentyOfMoney = (turns: Pick<TurnStore, 'spending'>) => ({
  purses: fakePurses(turns),
  purseLimitsOf: async (): Promise<PurseLimits> => noPurseLimits,
});
