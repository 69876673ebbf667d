import type { TurnAsk, TurnLedger, TurnPermit } from '../agent/conversation.ts';
import { type Asked, leftShare } from '../domain/allowance.ts';
import { countedIn } from '../domain/budget.ts';
import type { ModelReply, Role } from '../domain/conversation.ts';
import { costUsd } from '../domain/cost.ts';
import { ProviderError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { HoldId } from '../domain/purse.ts';
import type { Ports } from '../ports/ports.ts';
import type { Roster } from '../ports/roster.ts';
import type { ConversationKey, PaidTurn } from '../ports/stores.ts';
import { judgeCall, type Refusal } from './judge-call.ts';

export type LedgerPorts = Pick<Ports, 'turns' | 'purses' | 'purseLimitsOf' | 'engine' | 'now'> & {
  readonly fixes: Pick<Ports['fixes'], 'find'>;
};

/** Which limit ended the conversation, or which purse it waits for. */
type Reached = { readonly kind: 'none' } | Refusal;

/**
 * The purse of one conversation. A turn is asked for only when whatever it may read and write, at whichever model of the
 * chain, fits into what the budget and the shared purses still hold; where little is left it may write less. That much
 * is set aside before it is asked.
 */
export function createLedger(
  { turns, purses, purseLimitsOf, engine, fixes, now }: LedgerPorts,
  fix: Fix,
  key: ConversationKey,
  roster: Roster,
): TurnLedger & { reached(): Reached } {
  // Who plans anew after a failing test or attempts leaves what a coder leaves: the work they paid for is done.
  const hasBegun = fix.attempt > 0 || fix.reproduction !== null;
  const purse: Role = key.role === 'architect' && hasBegun ? 'coder' : key.role;
  let reached: Reached = { kind: 'none' };
  let newest: PaidTurn | null = null;
  let hold: HoldId | null = null;
  return {
    load: async () => {
      const paid = await turns.load(key);
      newest = paid.at(-1) ?? null;
      return paid;
    },
    beforeTurn: async (index, ask) => {
      await engine.holdWhileStopping();
      // Somebody may have changed the limits since the burst began.
      const { policy } = (await fixes.find(fix.id)) ?? fix;
      const limits = await purseLimitsOf(fix);
      const asked = askedOf(roster, key.role, ask, newest?.reply.modelId ?? null);
      const attempts = fix.attempt - fix.attemptsBefore;
      let maxOutputTokens = 0;
      const reserved = await purses.reserve<Refusal>({ ...key, index, repository: fix.repository }, (funds) => {
        const judged = judgeCall(
          { role: purse, budget: policy.budget, limits, attempts, nowMs: now() },
          funds,
          ask,
          asked,
        );
        if (judged.kind === 'refuse') return judged;
        maxOutputTokens = judged.maxOutputTokens;
        return { kind: 'hold', most: judged.most };
      });
      if (reserved.kind === 'refused') {
        reached = reserved.refusal;
        return { go: false, why: reached.kind === 'short' ? 'money' : 'budget' };
      }
      hold = reserved.hold;
      const spent = countedIn(reserved.fix);
      await turns.begin(key, index, {
        estimatedInputTokens: ask.estimatedTokens,
        mostInputTokens: Math.max(...asked.map(({ inputTokens }) => inputTokens)),
        maxOutputTokens,
        spentUsd: spent.usd,
        spentTokens: spent.tokens,
      });
      return {
        go: true,
        maxOutputTokens,
        leftShare: leftShare(purse, policy.budget, reserved.fix),
      } satisfies TurnPermit;
    },
    record: async (turn, trace) => {
      const usd = replyUsd(turn.reply, roster, key.role);
      await turns.record(key, turn, { usd, ...(hold === null ? {} : { hold }) }, trace);
      hold = null;
      newest = turn;
    },
    unanswered: async (fault) => {
      if (hold === null) return;
      // A refusal costs nothing. What broke off, was cut short by a stop or was no reply may have been charged.
      const isFree = fault instanceof ProviderError && !fault.mayBeCharged && fault.usage === undefined;
      await purses.release(hold, isFree ? 'charged-nothing' : 'may-be-charged');
      hold = null;
    },
    fail: (index, fault) => turns.fail(key, index, fault),
    reached: () => reached,
  };
}

/** Nobody says which model of the chain used what came to nothing: it counts as the dearest one's. */
function replyUsd({ modelId, usage, lostUsage }: ModelReply, roster: Roster, role: Role): number | null {
  const price = roster.priceOf(modelId);
  if (price === null) return null;
  const prices = roster.describe()[role].map((id) => roster.priceOf(id) ?? price);
  const lost = lostUsage === undefined ? 0 : Math.max(...[price, ...prices].map((one) => costUsd(lostUsage, one)));
  return costUsd(usage, price) + lost;
}

/** Every model that may answer, with what the request can come to there. */
const askedOf = (roster: Roster, role: Role, ask: TurnAsk, counted: string | null): Asked[] =>
  roster.describe()[role].map((id) => ({
    inputTokens: id === counted ? ask.mostTokens : ask.mostTokensElsewhere,
    price: roster.priceOf(id),
  }));
