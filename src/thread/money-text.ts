import { type Budget, cachedPercent, type Spending } from '../domain/budget.ts';
import { type PurseKind, type PurseLimits, type PurseStandings, sayAmount } from '../domain/purse.ts';

/** What a fix cost, for people: never less than is known to be gone, and never more exact than it is. */

/** How the purses stand from which a repository's fixes are paid. */
export interface SharedMoney {
  readonly limits: PurseLimits;
  readonly standings: PurseStandings;
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
  const { calls, usd } = possible;
  return `up to ${dollars(usd)} more for ${calls === 1 ? 'a call that was' : `${count(calls)} calls that were`} not answered`;
}

function tokensText(spent: Spending): string {
  const { tokens, inputTokens, reasoningTokens = 0 } = spent;
  const all = `${count(tokens)} tokens`;
  if (inputTokens === undefined || inputTokens === 0) return all;
  const percent = cachedPercent(spent);
  const cached = percent === null ? '' : `, ${percent}% of them from caches`;
  const thought = reasoningTokens === 0 ? '' : `, ${count(reasoningTokens)} of them reasoning`;
  return `${all} (${count(inputTokens)} read${cached}; ${count(tokens - inputTokens)} written${thought})`;
}

const shown: readonly (readonly [PurseKind, string])[] = [
  ['repository-day', 'today in this repository'],
  ['organization-month', "this month by its owner's repositories"],
];

/** What of the shared limits is gone. The host's is nobody's business but its admin's. */
export const sharedMoneyText = ({ limits, standings }: SharedMoney): string =>
  shown
    .flatMap(([kind, where]) => {
      const { usd, tokens, heldUsd, heldTokens } = standings[kind];
      const { usd: mostUsd, tokens: mostTokens } = limits[kind];
      return [
        ...(mostUsd === null ? [] : [`${dollars(usd + heldUsd)} of ${dollars(mostUsd)} ${where}`]),
        ...(mostTokens === null ? [] : [`${count(tokens + heldTokens)} of ${count(mostTokens)} tokens ${where}`]),
      ];
    })
    .join('; ');
