import { type Budget, type Spending, sayLimits } from '../domain/budget.ts';
import type { FixEvent } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { sayShortage } from '../domain/purse.ts';
import { recipeAttempt } from '../domain/recipe.ts';
import { costText } from './money-text.ts';
import { folded, quoteInSentence, quoteLine } from './outgoing.ts';
import { headline } from './status-comment.ts';
import { sayDuration, sayMoment } from './times.ts';

/** The limits that an order names; the others stay. */
const sayChange = ({ usd, tokens, attempts, minutes }: Partial<Budget>): string =>
  [
    ...(usd === undefined ? [] : [`$${usd.toFixed(2)}`]),
    ...(tokens === undefined ? [] : [`${tokens.toLocaleString('en-US')} tokens`]),
    ...(attempts === undefined ? [] : [`${attempts} attempt${attempts === 1 ? '' : 's'}`]),
    ...(minutes === undefined ? [] : [`${minutes} minute${minutes === 1 ? '' : 's'}`]),
  ].join(', ');

interface Happened {
  readonly event: FixEvent;
  readonly atMs: number;
}

const maxRows = 60;

/** Where a fix stands, how it came there and what it cost: the answer to `/ai-fix explain`. */
export function explanationText(
  fix: Fix,
  log: readonly Happened[],
  { spent, models, nowMs }: { readonly spent: Spending; readonly models: readonly string[]; readonly nowMs: number },
): string {
  const rows = log.flatMap(({ event, atMs }) => {
    const said = sayEvent(event);
    return said === null ? [] : [`| ${sayMoment(atMs)} | ${said} |`];
  });
  const left = rows.length - maxRows;
  const table = ['| when (UTC) | what |', '|---|---|', ...rows.slice(-maxRows)].join('\n');
  return [
    `ai-fix ${headline(fix)}`,
    `It began ${sayDuration(nowMs - fix.createdAtMs)} ago, made ${fix.attempt} attempt${fix.attempt === 1 ? '' : 's'} and cost ${costText(fix.policy.budget, spent)}. The models worked ${sayDuration(spent.workedMs)}. Its limits: ${sayLimits(fix.policy.budget)}.`,
    models.length === 0 ? '' : `Models: ${models.map((model) => `\`${model}\``).join(', ')}.`,
    folded('What happened', `${left > 0 ? `The ${left} oldest rows are left out.\n\n` : ''}${table}`),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const person = (login: string): string => quoteLine(login, 60);
const because = (reason: string): string => quoteInSentence(reason, 300).replaceAll('|', '¦');

/** An event as a person tells it; null for what only the machine cares about. */
function sayEvent(event: FixEvent): string | null {
  switch (event.type) {
    case 'labelled':
      return `${person(event.by)} labelled it`;
    case 'checks-failed':
      return `checks failed at \`${event.failing.sha.slice(0, 7)}\``;
    case 'checks-repeated':
      return `${event.recheck.runs.length} failing run${event.recheck.runs.length === 1 ? ' was' : 's were'} started once more`;
    case 'checks-diagnosed':
      return 'what fails was read';
    case 'recipe-dispatched':
      return "the repository's own fixers went to work";
    case 'recipe-fruitless':
      return `nothing of the fixers is used: ${because(event.reason)}`;
    case 'checks-recovered':
    case 'told':
      return because(event.reason);
    case 'opened-for-words':
      return `nothing can be pushed: ${because(event.because)}`;
    case 'delivered':
      return `\`${event.sha.slice(0, 12)}\` was put on ${person(event.branch)} itself`;
    case 'refused':
      return `it could not begin: ${because(event.reason)}`;
    case 'opened':
      return `#${event.pullRequest.number} was opened for a ${event.ticket.complexity} ${event.ticket.kind}`;
    case 'planned':
      return event.waitsBecause === null ? 'the plan was posted' : `the plan waits: ${because(event.waitsBecause)}`;
    case 'asked':
      return `a person was asked: ${because(event.reasons.join('; '))}`;
    case 'approved':
      return `${person(event.by)} approved`;
    case 'rejected':
      return `${person(event.by)} rejected: ${because(event.why)}`;
    case 'plan-asked':
      return `${person(event.by)} ordered another plan`;
    case 'revision-asked':
      return `${person(event.by)} ordered a change: ${because(event.what)}`;
    case 'rebase-asked':
      return `${person(event.by)} ordered a rebase`;
    case 'retry-asked':
      return `${person(event.by)} ordered another try`;
    case 'resume-asked':
      return `${person(event.by)} resumed it`;
    case 'budget-changed':
      return `${person(event.by)} set the budget to ${sayChange(event.budget)}`;
    case 'review-submitted':
      return `${person(event.by)} reviewed the pull request`;
    case 'words-changed':
      return `what was shown counts no more: ${because(event.reason)}`;
    case 'reproduction-begun':
      return `a test was begun that is to fail first (${event.number})`;
    case 'reproduction-dispatched':
      return `[a run](${event.run.runUrl}) has the test on the base`;
    case 'reproduced':
      return 'the test fails on the base, as it should';
    case 'reproduction-failed':
      return `the test was not seen failing: ${because(event.feedback)}`;
    case 'reproduction-void':
      return `the run of the test gave no verdict: ${because(event.reason)}`;
    case 'unreproducible':
      return `there is no failing test: ${because(event.reason)}`;
    case 'partly-passed':
      return `chosen checks passed: ${because(event.results.map(({ check }) => check).join(', '))}`;
    case 'attempt-started':
      return `attempt ${event.attempt} began`;
    case 'attempt-failed':
      return `${event.attempt === recipeAttempt ? 'the patch of the fixers' : `attempt ${event.attempt}`} came to nothing: ${because(event.feedback)}`;
    case 'patched':
      return `a patch was written`;
    case 'validation-started':
      return `[a run](${event.candidate.runUrl}) validates \`${event.candidate.sha.slice(0, 12)}\``;
    case 'judged':
      return judgedText(event);
    case 'reviewed':
      return `the reviewer model said ${event.opinion}`;
    case 'proposed':
      return `\`${event.sha.slice(0, 12)}\` was put on the branch`;
    case 'revision-begun':
      return `a revision began, with ${event.threads.length} thread${event.threads.length === 1 ? '' : 's'} to answer`;
    case 'moved':
      return 'the work moved onto another commit';
    case 'left-alone':
      return event.note === null ? 'there was nothing to change' : because(event.note);
    case 'reopened':
      return `it went on in #${event.pullRequest.number}`;
    case 'reminded':
      return 'a reminder was sent';
    case 'pull-request-closed':
      return `${person(event.by)} ${event.isMerged ? 'merged' : 'closed'} the pull request`;
    case 'stop-requested':
      return `it was stopped: ${because(event.reason)}`;
    case 'budget-reached':
      return `the limit of ${event.limit} was reached`;
    case 'money-short':
      return `it waited for money: ${because(sayShortage(event.shortage))}`;
    case 'outage':
    case 'faulted':
      return because(event.reason);
    case 'checks-changed':
    case 'checks-pending':
    case 'run-finished':
    case 'still-running':
    case 'deadline-passed':
    case 'farewell-said':
      return null;
  }
}

function judgedText({ verdict, reason, results }: Extract<FixEvent, { type: 'judged' }>): string {
  if (verdict === 'void') return `the run gave no verdict: ${because(reason)}`;
  const failed = results.filter(({ conclusion }) => conclusion !== 'success').map(({ check }) => check);
  return verdict === 'passed'
    ? 'the checks passed'
    : `failed: ${because(failed.join(', ') || 'the comparison with the base')}`;
}
