import { type Budget, cachedPercent, type Spending } from '../domain/budget.ts';
import { type PurseLimit, type PurseStanding, sayAmount } from '../domain/purse.ts';

/** What a fix cost, for people: never less than is known to be gone, and never more exact than it is. */

/** The day of a fix's repository, as `toldLimit` lets it be told. */
export interface SharedMoney {
  readonly limit: PurseLimit;
  readonly standing: PurseStanding;
}

const dollars = (usd: number): string => sayAmount('usd', usd);
const count = (amount: number): string => amount.toLocaleString('en-US');

/** With what is left of the budget. */
export function costText({ usd: most }: Budget, spent: Spending): string {
  const { usd, hasUnknownPrice, possible } = spent;
  const left = Math.max(0, most - usd - (possible?.usd ?? 0));
  const money = `${hasUnknownPrice ? 'at least ' : ''}${dollars(usd)} of ${dollars(most)}`;
  const rest = hasUnknownPrice ? '' : `${dollars(left)} left`;
  return [money, unpricedText(spent), possibleText(spent), rest, tokensText(spent)].filter(Boolean).join('; ');
}

/** At the end, where no limit matters any more. */
export const spentText = (spent: Spending): string =>
  [
    `${spent.hasUnknownPrice ? 'at least ' : ''}${dollars(spent.usd)}`,
    unpricedText(spent),
    possibleText(spent),
    tokensText(spent),
  ]
    .filter(Boolean)
    .join('; ');

function unpricedText({ hasUnknownPrice, unpricedReplies }: Spending): string {
  if (!hasUnknownPrice) return '';
  if (unpricedReplies === undefined) return "a model's price is unknown";
  return `${count(unpricedReplies)} ${unpricedReplies === 1 ? 'reply' : 'replies'} of a model without a known price`;
}

function possibleText({ possible }: Spending): string {
  if (possible === undefined) return '';
  const { underWay = { calls: 0, usd: 0 } } = possible;
  const lost = { calls: possible.calls - underWay.calls, usd: possible.usd - underWay.usd };
  return [
    moreText(underWay, 'a call that is under way', 'calls that are under way'),
    moreText(lost, 'a call that was not answered', 'calls that were not answered'),
  ]
    .filter(Boolean)
    .join('; ');
}

const moreText = (
  { calls, usd }: { readonly calls: number; readonly usd: number },
  one: string,
  many: string,
): string => (calls === 0 ? '' : `up to ${dollars(usd)} more for ${calls === 1 ? one : `${count(calls)} ${many}`}`);

function tokensText(spent: Spending): string {
  const { tokens, inputTokens, reasoningTokens = 0 } = spent;
  const all = `${count(tokens)} tokens`;
  if (inputTokens === undefined || inputTokens === 0) return all;
  const percent = cachedPercent(spent);
  const cached = percent === null ? '' : `, ${percent}% of them from caches`;
  const thought = reasoningTokens === 0 ? '' : `, ${count(reasoningTokens)} of them reasoning`;
  return `${all} (${count(inputTokens)} read${cached}; ${count(tokens - inputTokens)} written${thought})`;
}

/** What of the repository's day is gone, where it has a limit that may be told. */
export const sharedMoneyText = ({ limit, standing }: SharedMoney): string =>
  [
    limit.usd === null ? '' : `${dollars(standing.usd + standing.heldUsd)} of ${dollars(limit.usd)}`,
    limit.tokens === null ? '' : `${count(standing.tokens + standing.heldTokens)} of ${count(limit.tokens)} tokens`,
  ]
    .filter(Boolean)
    .map((said) => `${said} today in this repository`)
    .join('; ');
