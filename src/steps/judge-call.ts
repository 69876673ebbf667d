import type { TurnAsk } from '../agent/conversation.ts';
import { type Allowance, type Asked, allowanceOf, holds, writableTokens } from '../domain/allowance.ts';
import { type Budget, type BudgetLimit, reachedLimit } from '../domain/budget.ts';
import type { Role } from '../domain/conversation.ts';
import { mostUsd } from '../domain/cost.ts';
import { leftIn, type PurseLimits, type PurseStandings, purseKinds, type Shortage } from '../domain/purse.ts';
import type { Decision, Funds, Most } from '../ports/purses.ts';

/** Under what a call has to fit. */
export interface CallLimits {
  /** Whose share of the budget it is paid from. */
  readonly role: Role;
  readonly budget: Budget;
  readonly limits: PurseLimits;
  /** What of them the files say. */
  readonly ofFiles: PurseLimits;
  readonly attempts: number;
  readonly nowMs: number;
  /** Since when it waits for money; null where it does not. */
  readonly shortSinceMs: number | null;
}

export interface ReachedLimit {
  readonly limit: BudgetLimit;
  /** What is left is kept for the roles after this one. */
  readonly isShare?: boolean;
}

export type Refusal =
  | ({ readonly kind: 'reached' } & ReachedLimit)
  | { readonly kind: 'short'; readonly shortage: Shortage; readonly retryInMs: number };

type Judged =
  | { readonly kind: 'hold'; readonly maxOutputTokens: number; readonly most: Most }
  | Extract<Decision<Refusal>, { readonly kind: 'refuse' }>;

/**
 * Whether a call may be made, and how much it may write, so that whichever model answers, it fits into the fix's own
 * budget and into every purse. Pure: nothing is looked up, so it can be asked in the middle of a transaction.
 *
 * The fix's own limit ends it; a purse's makes it wait.
 */
export function judgeCall(under: CallLimits, { fix, purses }: Funds, ask: TurnAsk, asked: readonly Asked[]): Judged {
  const { role, budget, limits, attempts } = under;
  const limit = reachedLimit(budget, { ...fix, attempts });
  if (limit !== null) return refused({ limit });
  const { minOutputTokens } = ask;
  const own = writableTokens(allowanceOf(role, budget, fix), asked);
  if (Math.min(ask.maxOutputTokens, own.usd, own.tokens) < minOutputTokens) {
    // Nobody comes after the reviewer: what it may spend is what there is.
    const isShare = canWrite(allowanceOf('reviewer', budget, fix), asked, minOutputTokens);
    const reached: ReachedLimit = { limit: own.usd < minOutputTokens ? 'usd' : 'tokens' };
    return refused(isShare ? { ...reached, isShare } : reached);
  }
  const shortage = shortageIn(under, purses, asked, minOutputTokens);
  if (shortage !== null) return { kind: 'refuse', refusal: { kind: 'short', ...shortage } };
  const shared = purseKinds.map((kind) => writableTokens(leftIn(limits[kind], purses[kind]).now, asked));
  const maxOutputTokens = Math.min(
    ask.maxOutputTokens,
    ...[own, ...shared].flatMap(({ usd, tokens }) => [usd, tokens]),
  );
  return { kind: 'hold', maxOutputTokens, most: mostOf(asked, maxOutputTokens) };
}

/** Whether a call that is under way may come to so much more, because it has to be tried again. */
export function mayComeToMore(
  { role, budget, limits }: Pick<CallLimits, 'role' | 'budget' | 'limits'>,
  { fix, purses }: Funds,
  more: Most,
): boolean {
  const shared = purseKinds.map((kind) => leftIn(limits[kind], purses[kind]).now);
  return [allowanceOf(role, budget, fix), ...shared].every((left) => holds(left, more));
}

const refused = (reached: ReachedLimit): Judged => ({ kind: 'refuse', refusal: { kind: 'reached', ...reached } });

function canWrite(left: Allowance, asked: readonly Asked[], tokens: number): boolean {
  const writable = writableTokens(left, asked);
  return Math.min(writable.usd, writable.tokens) >= tokens;
}

/** The most that the call comes to, at the dearest model of the chain. One without a price is counted in tokens alone. */
const mostOf = (asked: readonly Asked[], maxOutputTokens: number): Most => ({
  usd: Math.max(
    0,
    ...asked.map(({ inputTokens, price }) => (price === null ? 0 : mostUsd(inputTokens, maxOutputTokens, price))),
  ),
  tokens: Math.max(0, ...asked.map(({ inputTokens }) => inputTokens + maxOutputTokens)),
});

/** Calls under way are answered within minutes, most of them within seconds: whoever has waited for long looks less often. */
const heldPauseMs = { least: 15_000, most: 5 * 60_000 };
const pauseAfter = (waitedMs: number): number => Math.min(Math.max(heldPauseMs.least, waitedMs / 2), heldPauseMs.most);
/** The database's clock and ours may differ a little. */
const afterTheEndMs = 2_000;

/** The first purse that has too little; one that only the next day or month fills is told before one that others hold. */
function shortageIn(
  { limits, ofFiles, nowMs, shortSinceMs }: CallLimits,
  purses: PurseStandings,
  asked: readonly Asked[],
  tokens: number,
): { readonly shortage: Shortage; readonly retryInMs: number } | null {
  const short = purseKinds.flatMap((purse) => {
    const left = leftIn(limits[purse], purses[purse]);
    if (canWrite(left.now, asked, tokens)) return [];
    const waitsFor: Shortage['waitsFor'] = canWrite(left.atBest, asked, tokens) ? 'others' : 'period';
    const limit: Shortage['limit'] = writableTokens(left.now, asked).usd < tokens ? 'usd' : 'tokens';
    const { usd, heldUsd, heldTokens, tokens: spentTokens, endsInMs } = purses[purse];
    const shortage: Shortage = {
      purse,
      limit,
      amount: limits[purse][limit] ?? 0,
      spent: limit === 'usd' ? usd : spentTokens,
      held: limit === 'usd' ? heldUsd : heldTokens,
      waitsFor,
      endsAtMs: nowMs + endsInMs,
      ...(limits[purse][limit] !== ofFiles[purse][limit] && { isUntold: true }),
    };
    return [
      {
        shortage,
        retryInMs: waitsFor === 'others' ? pauseAfter(nowMs - (shortSinceMs ?? nowMs)) : endsInMs + afterTheEndMs,
      },
    ];
  });
  return short.find(({ shortage }) => shortage.waitsFor === 'period') ?? short[0] ?? null;
}
