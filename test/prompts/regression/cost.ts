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
  const least = scripted.reduce((sum, one) => sum + leastOf(one, roster), 0) * limits.repeats;
  const count = scripted.length * limits.repeats;
  return [
    `${count} conversation${count === 1 ? '' : 's'} with ${roles.map((role) => `${role}: ${chains[role].join(', ')}`).join('; ')}`,
    `about ${sayUsd(least, false)} if they take as few turns as the scripted ones, and never more than ${sayUsd(limits.totalUsd, false)} (--budget); ${sayUsd(limits.eachUsd, false)} at most for one`,
    ...(unpriced.length === 0
      ? []
      : [
          `nobody knows the price of ${[...new Set(unpriced)].join(', ')}: there the limit is ${limits.eachTokens.toLocaleString('en-US')} tokens for a conversation, and not money`,
        ]),
  ].join('\n');
}

function leastOf({ of, held }: CaseRun, roster: Roster): number {
  const [first = ''] = roster.describe()[readTemplate(of.prompt).role];
  const price = roster.priceOf(first);
  if (price === null) return 0;
  return held.expectedTokens.reduce(
    (sum, inputTokens) => sum + costUsd({ ...noUsage, inputTokens, outputTokens: writtenTokens }, price),
    0,
  );
}
