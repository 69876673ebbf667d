import { allowanceOf } from '../../domain/allowance.ts';
import type { Budget } from '../../domain/budget.ts';
import { mostUsd } from '../../domain/cost.ts';
import { ConfigError } from '../../domain/faults.ts';
import type { Roster } from '../../ports/roster.ts';

/** Less than what the first request, which profiles the issue, holds; and what an answer has to have room for. */
const least = { inputTokens: 1_000, outputTokens: 1_500 };

/**
 * A budget that cannot buy one call is a word of the person's, said before anything is started. A call is made only
 * where the most that it may come to fits into the share of its role.
 *
 * @throws {ConfigError} with what to set.
 */
export function assertBuysCall(roster: Pick<Roster, 'describe' | 'priceOf'>, budget: Budget): void {
  const share = allowanceOf('fast', budget, { usd: 0, tokens: 0 }).usd;
  const calls = roster.describe().fast.map((id) => {
    const price = roster.priceOf(id);
    return { id, usd: price === null ? 0 : mostUsd(least.inputTokens, least.outputTokens, price) };
  });
  const dearest = calls.toSorted((a, b) => b.usd - a.usd)[0];
  if (dearest === undefined || dearest.usd <= share) return;
  // Twice the least: a real request is larger.
  const needed = Math.ceil((2 * dearest.usd * budget.usd * 100) / share) / 100;
  throw new ConfigError([
    `--budget: found $${budget.usd.toFixed(2)}, which buys no call: the first one (${dearest.id}) may cost $${dearest.usd.toFixed(3)} and more, and its role may spend $${share.toFixed(3)}, because the rest is kept for those after it; allowed: $${needed.toFixed(2)} for a first call, a few dollars for a fix`,
  ]);
}
