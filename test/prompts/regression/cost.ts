import { sayUsd } from '../../../src/cli/eval/tables.ts';
import { costUsd, noUsage } from '../../../src/domain/cost.ts';
import type { Roster } from '../../../src/ports/roster.ts';
import { readTemplate } from '../../../src/prompts/template.ts';
import type { CaseRun, LiveLimits } from './run-cases.ts';

/** What models write in a turn, about. */
const writtenTokens = 800;

/** What it will cost, said before anything is asked: after the scripted conversations, which took as many turns as are needed at least. */
export function saidCost(scripted: readonly CaseRun[], roster: Roster, limits: LiveLimits): string {
  const chains = roster.describe();
  const roles = [...new Set(scripted.map(({ of }) => readTemplate(of.prompt).role))];
  const unpriced = roles.flatMap((role) => chains[role]).filter((id) => roster.priceOf(id) === null);
  const count = scripted.length * limits.repeats;
  return [
    `${count} conversation${count === 1 ? '' : 's'} with ${roles.map((role) => `${role}: ${chains[role].join(', ')}`).join('; ')}`,
    ...moneyLines(scripted, roster, limits),
    ...(unpriced.length === 0
      ? []
      : [
          `nobody knows the price of ${[...new Set(unpriced)].join(', ')}: there the limit is tokens and not money, ${limits.eachTokens.toLocaleString('en-US')} for a conversation and at most ${(limits.eachTokens * count).toLocaleString('en-US')} in all`,
        ]),
  ].join('\n');
}

/** Where a price is unknown no amount is a bound. */
function moneyLines(scripted: readonly CaseRun[], roster: Roster, limits: LiveLimits): readonly string[] {
  const known = scripted.map((one) => leastOf(one, roster)).filter((usd) => usd !== null);
  if (known.length === 0 && scripted.length > 0) return ['cost unknown'];
  const usd = sayUsd(known.reduce((sum, one) => sum + one, 0) * limits.repeats, false);
  const bound = `${sayUsd(limits.totalUsd, false)} (--budget)`;
  const each = `${sayUsd(limits.eachUsd, false)} at most for one`;
  return known.length === scripted.length
    ? [`about ${usd} if they take as few turns as the scripted ones, and never more than ${bound}; ${each}`]
    : [
        `at least ${usd} if they take as few turns as the scripted ones, and what those cost whose price nobody knows; of what is known never more than ${bound}; ${each}`,
      ];
}

/** Null where nobody knows what a model costs that may be asked. */
function leastOf({ of, held }: CaseRun, roster: Roster): number | null {
  const chain = roster.describe()[readTemplate(of.prompt).role];
  const [price, ...others] = chain.map((id) => roster.priceOf(id));
  if (price === undefined || price === null || others.includes(null)) return null;
  return held.expectedTokens.reduce(
    (sum, inputTokens) => sum + costUsd({ ...noUsage, inputTokens, outputTokens: writtenTokens }, price),
    0,
  );
}
