import type { TurnAsk, TurnLedger, TurnPermit } from '../agent/conversation.ts';
import { type Asked, leftShare } from '../domain/allowance.ts';
import { countedIn } from '../domain/budget.ts';
import type { ModelReply, Role, Usage } from '../domain/conversation.ts';
import { costUsd, mostUsd, noUsage } from '../domain/cost.ts';
import { ModelReplyError, ProviderError } from '../domain/faults.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { HoldId } from '../domain/purse.ts';
import type { Ports } from '../ports/ports.ts';
import type { Most, Unanswered } from '../ports/purses.ts';
import type { Roster } from '../ports/roster.ts';
import type { ConversationKey, PaidTurn } from '../ports/stores.ts';
import { judgeCall, mayComeToMore, type Refusal } from './judge-call.ts';

export type LedgerPorts = Pick<Ports, 'turns' | 'purses' | 'purseLimitsOf' | 'engine' | 'now'> & {
  readonly fixes: Pick<Ports['fixes'], 'find'>;
};

/** Which limit ended the conversation, or which purse it waits for. */
type Reached = { readonly kind: 'none' } | Refusal;

/**
 * The purse of one conversation. A turn is asked for only when whatever it may read and write, at whichever model of the
 * chain, fits into what the budget and the shared purses still hold; where little is left it may write less. That much
 * is set aside before it is asked, and what a failed try used on top of it before another is made.
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
  let estimatedTokens = 0;
  return {
    load: async () => {
      const paid = await turns.load(key);
      newest = paid.at(-1) ?? null;
      return paid;
    },
    beforeTurn: async (index, ask) => {
      await engine.holdWhileStopping();
      // Somebody may have changed the limits since the burst began.
      const { policy, shortage } = (await fixes.find(fix.id)) ?? fix;
      const limits = await purseLimitsOf(fix);
      const asked = askedOf(roster, key.role, ask, newest?.reply.modelId ?? null);
      const attempts = fix.attempt - fix.attemptsBefore;
      let maxOutputTokens = 0;
      const reserved = await purses.reserve<Refusal>({ ...key, index, repository: fix.repository }, (funds) => {
        const under = { role: purse, budget: policy.budget, limits, ofFiles: policy.purses, attempts, nowMs: now() };
        const judged = judgeCall({ ...under, shortSinceMs: shortage?.sinceMs ?? null }, funds, ask, asked);
        if (judged.kind === 'refuse') return judged;
        maxOutputTokens = judged.maxOutputTokens;
        return { kind: 'hold', most: judged.most };
      });
      if (reserved.kind === 'refused') {
        reached = reserved.refusal;
        return { go: false, why: reached.kind === 'short' ? 'money' : 'budget' };
      }
      const held = reserved.hold;
      hold = held;
      estimatedTokens = ask.estimatedTokens;
      let lost: Most = { usd: 0, tokens: 0 };
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
        mayAskAgain: async (usage) => {
          const all = lostMost(usage ?? noUsage, roster, key.role);
          const by = { usd: Math.max(0, all.usd - lost.usd), tokens: Math.max(0, all.tokens - lost.tokens) };
          const under = { role: purse, budget: policy.budget, limits };
          const mayGo = await purses.grow(held, by, (funds) => mayComeToMore(under, funds, by));
          if (mayGo) lost = all;
          return mayGo;
        },
      } satisfies TurnPermit;
    },
    record: async (turn, trace) => {
      const usd = replyUsd(turn.reply, roster, key.role);
      const end = await turns.record(key, turn, { usd, ...(hold === null ? {} : { hold }) }, trace);
      hold = null;
      newest = turn;
      return end;
    },
    unanswered: async (fault) => {
      if (hold === null) return;
      await purses.release(hold, unansweredBy(fault, estimatedTokens, roster, key.role));
      hold = null;
    },
    fail: (index, fault) => turns.fail(key, index, fault),
    reached: () => reached,
  };
}

/**
 * A refusal costs nothing. What is known to have been used is counted, and so is what a call may have read of which
 * nothing was heard. A stop may come while an answer is written: how much of it, nobody knows.
 */
function unansweredBy(fault: unknown, estimatedTokens: number, roster: Roster, role: Role): Unanswered {
  if (!(fault instanceof ProviderError || fault instanceof ModelReplyError)) return { kind: 'unknown' };
  const isUnheard = fault instanceof ProviderError ? fault.mayBeCharged : fault.usage === undefined;
  const known = fault.usage;
  if (known === undefined && !isUnheard) return { kind: 'charged-nothing' };
  const lost = lostMost(known ?? noUsage, roster, role);
  const read = isUnheard ? mostRead(estimatedTokens, roster, role) : { usd: 0, tokens: 0 };
  const most = { usd: lost.usd + read.usd, tokens: lost.tokens + read.tokens };
  return { kind: 'bounded', most, isHeard: known !== undefined };
}

const pricesOf = (roster: Roster, role: Role) => roster.describe()[role].flatMap((id) => roster.priceOf(id) ?? []);

const mostRead = (tokens: number, roster: Roster, role: Role): Most => ({
  usd: Math.max(0, ...pricesOf(roster, role).map((price) => mostUsd(tokens, 0, price))),
  tokens,
});

/** Nobody says which model of the chain used what came to nothing: it counts as the dearest one's. */
const lostMost = (lost: Usage, roster: Roster, role: Role): Most => ({
  usd: Math.max(0, ...pricesOf(roster, role).map((price) => costUsd(lost, price))),
  tokens: lost.inputTokens + lost.outputTokens,
});

function replyUsd({ modelId, usage, lostUsage = noUsage }: ModelReply, roster: Roster, role: Role): number | null {
  const price = roster.priceOf(modelId);
  if (price === null) return null;
  return costUsd(usage, price) + Math.max(costUsd(lostUsage, price), lostMost(lostUsage, roster, role).usd);
}

/** Every model that may answer, with what the request can come to there. */
const askedOf = (roster: Roster, role: Role, ask: TurnAsk, counted: string | null): Asked[] =>
  roster.describe()[role].map((id) => ({
    inputTokens: id === counted ? ask.mostTokens : ask.mostTokensElsewhere,
    price: roster.priceOf(id),
  }));
