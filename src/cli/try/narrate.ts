import type { FixEvent } from '../../domain/event.ts';
import { sayShortage } from '../../domain/purse.ts';
import { recipeAttempt } from '../../domain/recipe.ts';

/** One event of a fix as a line of progress; null where nobody has to know. `before` are those that came before it. */
export function narrate(event: FixEvent, before: readonly FixEvent[] = []): string | null {
  switch (event.type) {
    case 'labelled':
      return `"${event.issue.title}"`;
    case 'checks-diagnosed':
      return event.recipe?.isFirst === true
        ? `these fixers may mend it without a model: ${event.recipe.fixers.join(', ')}`
        : 'what fails is read';
    case 'recipe-dispatched':
      return `the fixers go to work: ${(event.fixers ?? []).join(', ')}`;
    case 'recipe-fruitless':
      return `nothing of the fixers is used: ${event.reason}`;
    case 'opened':
      return `a ${event.ticket.complexity} ${event.ticket.kind}: ${event.ticket.title}`;
    case 'refused':
    case 'told':
    case 'checks-recovered':
      return `refused: ${event.reason}`;
    case 'planned':
      return event.waitsBecause === null ? 'the plan is written' : `the plan waits, because ${event.waitsBecause}`;
    case 'asked':
      return `you have to decide: ${event.reasons.join('; ')}`;
    case 'approved':
      return 'approved';
    case 'rejected':
      return `sent back: ${event.why}`;
    case 'attempt-started':
      return `attempt ${event.attempt}: the ${event.attempt === 1 ? 'coder' : 'debugger'} writes`;
    case 'patched':
      return `${attemptName(event.attempt)}: a patch is there`;
    case 'attempt-failed':
      return `${attemptName(event.attempt)} ended without a patch: ${firstLine(event.feedback)}`;
    case 'judged':
      return `${attemptName(event.attempt)}: ${sayVerdict(event)}`;
    case 'reviewed':
      return `the reviewer says: ${event.opinion}${event.feedback === '' ? '' : ` (${firstLine(event.feedback)})`}`;
    case 'proposed':
      return `commit ${event.sha.slice(0, 12)} passed everything`;
    case 'outage':
      return `${event.reason}; tries again in ${Math.max(1, Math.round(event.retryInMs / 1_000))} s`;
    case 'money-short':
      return `${sayShortage(event.shortage)}; looks again in ${Math.max(1, Math.round(event.retryInMs / 1_000))} s`;
    case 'stop-requested':
      return 'stops';
    case 'faulted':
      return event.of === 'models' && areFixersLeft(before)
        ? 'no model can do it, so the fixers are tried'
        : `given up: ${event.reason}`;
    case 'budget-reached':
      return `the budget is reached: ${event.limit}`;
    case 'deadline-passed':
      return event.waitingFor === 'outage' || event.waitingFor === 'money'
        ? 'tries again'
        : `nothing happened while waiting for ${event.waitingFor}`;
    case 'moved':
      return 'the work moves onto another commit';
    default:
      return null;
  }
}

/** Those that were not to come first do once no model can do it and nothing is written yet. */
const areFixersLeft = (before: readonly FixEvent[]): boolean =>
  before.findLast((event) => event.type === 'checks-diagnosed')?.recipe?.isFirst === false &&
  !before.some(({ type }) => type === 'recipe-fruitless' || type === 'attempt-started' || type === 'patched');

const attemptName = (attempt: number): string => (attempt === recipeAttempt ? 'the fixers' : `attempt ${attempt}`);

function sayVerdict({ verdict, results, reason, feedback }: Extract<FixEvent, { type: 'judged' }>): string {
  if (verdict === 'void') return `no verdict: ${reason}`;
  const failing = results.filter(({ conclusion }) => conclusion !== 'success');
  if (failing.length > 0)
    return `failed: ${failing.map(({ check, conclusion }) => `${check} ${conclusion}`).join(', ')}`;
  // Green checks that mean less than on the base are no pass.
  return verdict === 'passed' ? 'all checks passed' : `failed: ${firstLine(feedback)}`;
}

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 200) ?? '';
