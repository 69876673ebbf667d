/** What one fix may spend. Every limit is hard: it is checked before the thing that would exceed it. */
export interface Budget {
  readonly usd: number;
  readonly tokens: number;
  readonly attempts: number;
  readonly minutes: number;
}

export interface Spending {
  readonly usd: number;
  readonly tokens: number;
  /** What of the tokens was read… */
  readonly inputTokens?: number;
  /** …and what of that came from the providers' caches, … */
  readonly cachedInputTokens?: number;
  /** …and went into them. */
  readonly cacheWriteTokens?: number;
  /** What of the tokens written was reasoning, where providers say so. */
  readonly reasoningTokens?: number;
  /** True when a reply came from a model whose price nobody knows: then `usd` is a lower bound and tokens are the limit. */
  readonly hasUnknownPrice: boolean;
  /** How many of them did. */
  readonly unpricedReplies?: number;
  /** Calls that were asked and not answered, or not yet: the most that they may come to. Counts against every limit. */
  readonly possible?: {
    readonly calls: number;
    readonly usd: number;
    readonly tokens: number;
    /** Those of them that are not answered yet; left out where there are none. */
    readonly underWay?: { readonly calls: number; readonly usd: number };
  };
  /** Time the models worked, from each question to the end of its tools. Waits and validation runs are no part of it. */
  readonly workedMs: number;
}

/** How much of what the models read came from caches, in percent; null where nobody counted. */
export function cachedPercent({ inputTokens = 0, cachedInputTokens = 0 }: Spending): number | null {
  return inputTokens === 0 ? null : Math.round((100 * cachedInputTokens) / inputTokens);
}

/** What counts against limits: what is spent, and what may have been. */
export const countedIn = ({ usd, tokens, possible }: Pick<Spending, 'usd' | 'tokens' | 'possible'>) => ({
  usd: usd + (possible?.usd ?? 0),
  tokens: tokens + (possible?.tokens ?? 0),
});

export type BudgetLimit = 'usd' | 'tokens' | 'attempts' | 'minutes';

/**
 * The first limit that is reached, or null.
 *
 * `nextUsd` and `nextTokens` are an estimate of the call about to be made: it is refused when it would not fit.
 */
export function reachedLimit(
  budget: Budget,
  spent: Spending & { readonly attempts: number },
  next: { readonly usd: number; readonly tokens: number } = { usd: 0, tokens: 0 },
): BudgetLimit | null {
  const { usd, tokens } = countedIn(spent);
  if (spent.attempts > budget.attempts) return 'attempts';
  if (usd + next.usd > budget.usd) return 'usd';
  if (tokens + next.tokens > budget.tokens) return 'tokens';
  if (spent.workedMs > budget.minutes * 60_000) return 'minutes';
  return null;
}

/** All limits in one go. */
export const sayLimits = ({ usd, attempts, minutes, tokens }: Budget): string =>
  `$${usd.toFixed(2)}, ${attempts} attempt${attempts === 1 ? '' : 's'}, ${minutes} minutes and ${tokens.toLocaleString('en-US')} tokens`;

/** The limit in a person's words, as it stands in comments. */
export function sayLimit(limit: BudgetLimit, budget: Budget): string {
  switch (limit) {
    case 'usd':
      return `the money limit of $${budget.usd.toFixed(2)}`;
    case 'tokens':
      return `the limit of ${budget.tokens.toLocaleString('en-US')} tokens`;
    case 'attempts':
      return `the limit of ${budget.attempts} attempt${budget.attempts === 1 ? '' : 's'}`;
    case 'minutes':
      return `the time limit of ${budget.minutes} minutes`;
  }
}
