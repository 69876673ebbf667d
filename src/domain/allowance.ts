import { type Budget, countedIn } from './budget.ts';
import type { Role } from './conversation.ts';
import { dearestOutput, mostUsd, type Price, ratesFor } from './cost.ts';

/** What of a budget one role may still spend, and what a single call may cost: decided before it is made. */

/**
 * The share of money and tokens that a role leaves for those after it: a plan that nobody can write any more, or a patch
 * that passed and cannot be reviewed, is money for nothing.
 */
const keptForLater: Readonly<Record<Role, number>> = {
  fast: 0.5,
  architect: 0.4,
  coder: 0.1,
  debugger: 0.1,
  reviewer: 0,
};

export interface Allowance {
  readonly usd: number;
  readonly tokens: number;
}

export function allowanceOf(role: Role, budget: Budget, spent: Counted): Allowance {
  const gone = countedIn(spent);
  return {
    usd: budget.usd * (1 - keptForLater[role]) - gone.usd,
    tokens: Math.floor(budget.tokens * (1 - keptForLater[role])) - gone.tokens,
  };
}

type Counted = Parameters<typeof countedIn>[0];

/** What is left of the allowance that the role began with, from 1 down to 0. */
export function leftShare(role: Role, budget: Budget, spent: Counted): number {
  const left = allowanceOf(role, budget, spent);
  const whole = allowanceOf(role, budget, { usd: 0, tokens: 0 });
  return Math.max(0, Math.min(left.usd / whole.usd, left.tokens / whole.tokens));
}

/** The most that a call can read, at a model that may answer it. */
export interface Asked {
  readonly inputTokens: number;
  /** Null where nobody knows it: then tokens alone are the limit. */
  readonly price: Price | null;
}

/** Whether so much more may be set aside, beside everything that is. */
export const holds = (left: Allowance, more: Allowance): boolean =>
  (more.usd === 0 || more.usd <= left.usd) && (more.tokens === 0 || more.tokens <= left.tokens);

/** How many tokens a call may write, so that whichever model answers, however much it reads and writes, all of it fits. */
export function writableTokens(
  left: Allowance,
  asked: readonly Asked[],
): { readonly usd: number; readonly tokens: number } {
  const forMoney = asked.map(({ inputTokens, price }) => {
    if (price === null) return Number.POSITIVE_INFINITY;
    const read = mostUsd(inputTokens, 0, price);
    const perMillion = dearestOutput(ratesFor(price, inputTokens));
    // What costs nothing takes nothing from anybody.
    if (read === 0 && perMillion === 0) return Number.POSITIVE_INFINITY;
    // Less than the errors of floating-point sums.
    const usd = left.usd - read - 1e-9;
    if (usd <= 0) return 0;
    return perMillion === 0 ? Number.POSITIVE_INFINITY : Math.floor((usd * 1_000_000) / perMillion);
  });
  const forTokens = asked.map(({ inputTokens }) => left.tokens - inputTokens);
  return { usd: Math.min(...forMoney), tokens: Math.min(...forTokens) };
}
