import type { TurnAsk, TurnLedger, TurnPermit } from '../agent/conversation.ts';
import { type Asked, allowanceOf, leftShare, writableTokens } from '../domain/allowance.ts';
import { type BudgetLimit, reachedLimit, type Spending } from '../domain/budget.ts';
import type { Role } from '../domain/conversation.ts';
import { costUsd } from '../domain/cost.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Policy } from '../domain/policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import type { ConversationKey, PaidTurn } from '../ports/stores.ts';

type LedgerPorts = Pick<Ports, 'turns' | 'engine'> & { readonly fixes: Pick<Ports['fixes'], 'find'> };

export interface ReachedLimit {
  readonly limit: BudgetLimit;
  /** What is left is kept for the roles after this one. */
  readonly isShare?: boolean;
}

/**
 * The purse of one conversation. A turn is asked for only when whatever it may read and write, at whichever model of the
 * chain, fits into what the budget still holds; where little is left it may write less.
 */
export function createLedger(
  { turns, engine, fixes }: LedgerPorts,
  fix: Fix,
  key: ConversationKey,
  roster: Roster,
): TurnLedger & { reached(): ReachedLimit | null } {
  // Who plans anew after a failing test or attempts leaves what a coder leaves: the work they paid for is done.
  const hasBegun = fix.attempt > 0 || fix.reproduction !== null;
  const purse: Role = key.role === 'architect' && hasBegun ? 'coder' : key.role;
  let reached: ReachedLimit | null = null;
  let newest: PaidTurn | null = null;
  return {
    load: async () => {
      const paid = await turns.load(key);
      newest = paid.at(-1) ?? null;
      return paid;
    },
    beforeTurn: async (index, ask) => {
      await engine.holdWhileStopping();
      const spent = await turns.spending(fix.id);
      // Somebody may have changed the limits since the burst began.
      const { policy } = (await fixes.find(fix.id)) ?? fix;
      const asked = askedOf(roster, key.role, ask, newest?.reply.modelId ?? null);
      const judged = judge(purse, policy, { ...spent, attempts: fix.attempt - fix.attemptsBefore }, ask, asked);
      if (!judged.go) {
        reached = judged.reached;
        return { go: false, why: 'budget' };
      }
      const { maxOutputTokens } = judged;
      await turns.begin(key, index, {
        estimatedInputTokens: ask.estimatedTokens,
        mostInputTokens: Math.max(...asked.map(({ inputTokens }) => inputTokens)),
        maxOutputTokens,
        spentUsd: spent.usd,
        spentTokens: spent.tokens,
      });
      return { go: true, maxOutputTokens, leftShare: leftShare(purse, policy.budget, spent) } satisfies TurnPermit;
    },
    record: async (turn, trace) => {
      const price = roster.priceOf(turn.reply.modelId);
      await turns.record(key, turn, { usd: price === null ? null : costUsd(turn.reply.usage, price) }, trace);
      newest = turn;
    },
    fail: (index, fault) => turns.fail(key, index, fault),
    reached: () => reached,
  };
}

/** Every model that may answer, with what the request can come to there. */
const askedOf = (roster: Roster, role: Role, ask: TurnAsk, counted: string | null): Asked[] =>
  roster.describe()[role].map((id) => ({
    inputTokens: id === counted ? ask.mostTokens : ask.mostTokensElsewhere,
    price: roster.priceOf(id),
  }));

type Judged =
  | { readonly go: true; readonly maxOutputTokens: number }
  | { readonly go: false; readonly reached: ReachedLimit };

function judge(
  role: Role,
  { budget }: Policy,
  spent: Spending & { readonly attempts: number },
  { minOutputTokens, maxOutputTokens }: TurnAsk,
  asked: readonly Asked[],
): Judged {
  const limit = reachedLimit(budget, spent);
  if (limit !== null) return { go: false, reached: { limit } };
  const writable = writableTokens(allowanceOf(role, budget, spent), asked);
  const most = Math.min(maxOutputTokens, writable.usd, writable.tokens);
  if (most >= minOutputTokens) return { go: true, maxOutputTokens: most };
  // Nobody comes after the reviewer: what it may spend is what there is.
  const whole = writableTokens(allowanceOf('reviewer', budget, spent), asked);
  const isShare = Math.min(whole.usd, whole.tokens) >= minOutputTokens;
  const reached: ReachedLimit = { limit: writable.usd < minOutputTokens ? 'usd' : 'tokens' };
  return { go: false, reached: isShare ? { ...reached, isShare } : reached };
}
