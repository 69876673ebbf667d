import { expect } from 'vitest';
import type { FixId } from '../../src/domain/ids.ts';
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
  let payer: FixId | null = null;
  return {
    held,
    reserve: async (call, decide) => {
      payer = call.fix;
      const fix = await turns.spending(call.fix);
      const decision = decide({ fix, purses: standings() });
      if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };
      count += 1;
      held.set(String(count), { ...decision.most });
      return { kind: 'held', hold: String(count), fix };
    },
    grow: async (hold, by, mayGrow) => {
      const { usd, tokens } = held.get(hold) ?? { usd: 0, tokens: 0 };
      const possible = { calls: 1, usd, tokens };
      if (
        !mayGrow({
          fix: { ...(await turns.spending(payer ?? expect.fail('nothing was reserved'))), possible },
          purses: standings(),
        })
      )
        return false;
      held.set(hold, { usd: usd + by.usd, tokens: tokens + by.tokens });
      return true;
    },
    release: async (hold, end) => {
      if (end.kind === 'charged-nothing') held.delete(hold);
      if (end.kind === 'bounded') held.set(hold, end.most);
    },
    standings: async () => standings(),
  };
}

/** Ports of money for steps that are not about it. */
export const plentyOfMoney = (turns: Pick<TurnStore, 'spending'>) => ({
  purses: fakePurses(turns),
  purseLimitsOf: async (): Promise<PurseLimits> => noPurseLimits,
});
