import type { Attempt } from '../domain/attempt.ts';
import { ownFailures, seenBefore } from '../domain/progress.ts';

const maxSummaryLength = 240;
const maxNames = 5;

/** One line for each earlier attempt: what it did and what failed then. For the debugger. */
export function triedText(trail: readonly Attempt[]): string {
  if (trail.length === 0) return 'Nothing yet.';
  const seen = seenBefore(trail);
  const lines = trail.map((attempt) => `Attempt ${attempt.number}: ${summaryOf(attempt)} ${outcomeOf(attempt)}`);
  return [...lines, ...(seen === null ? [] : [seenText(seen)])].join('\n');
}

const seenText = ({ attempt, what }: NonNullable<ReturnType<typeof seenBefore>>): string =>
  what === 'patch'
    ? `You were here before: attempt ${attempt} had exactly this patch. Do something else.`
    : `You were here before: attempt ${attempt} left exactly these failures. What was done since went in a circle; look for another cause.`;

function summaryOf({ summary, begunFrom }: Attempt): string {
  const anew =
    begunFrom === undefined
      ? ''
      : `(begun anew${begunFrom.attempt === null ? '' : ` from attempt ${begunFrom.attempt}`}) `;
  const text = (summary?.summary ?? 'it ended without a patch.').replaceAll(/\s+/g, ' ').trim();
  const short = text.length <= maxSummaryLength ? text : `${text.slice(0, maxSummaryLength - 1).toWellFormed()}…`;
  return `${anew}${short}`;
}

/** What failed, and of it what the patch is to blame for. */
function outcomeOf({ verdict }: Pick<Attempt, 'verdict'>): string {
  if (verdict === null) return 'It came to no verdict.';
  if (verdict.kind === 'passed') return 'It passed the checks.';
  const { failures = [], failed = failures.length, chosen = [] } = verdict;
  const alone = chosen.length === 0 ? '' : ` Only these checks ran: ${chosen.join(', ')}.`;
  if (failures.length === 0) return `It failed.${alone}`;
  const own = ownFailures(failures);
  const old = failures.length - own.length;
  const shown = own.length > 0 ? own : failures;
  const names = shown.slice(0, maxNames).map(({ name }) => name);
  const more = shown.length > maxNames ? `; and ${shown.length - maxNames} more` : '';
  const note = old === 0 ? '' : ` (${old} of them on the base as well)`;
  return `${failed === 1 ? 'It had 1 failure' : `It had ${failed} failures`}${note}: ${names.join('; ')}${more}.${alone}`;
}
