import type { Spending } from '../domain/budget.ts';
import { type Fix, isOver } from '../domain/fix-facts.ts';
import { adminPart, type ModelHealth } from '../domain/model-health.ts';
import { isRecipesPatch } from '../domain/recipe-stage.ts';
import { lastValidApplies } from './configuration-text.ts';
import { inputGateText } from './gate-text.ts';
import { visibleLine, visibleText } from './incoming.ts';
import { costText, type SharedMoney, sharedMoneyText } from './money-text.ts';
import { quoteInSentence, quoteLine } from './outgoing.ts';
import { sayDuration, sayMoment } from './times.ts';

/** The one comment on the issue that is edited for the rest of the fix's life. */
export function statusComment(
  fix: Fix,
  spent: Spending,
  unwell: readonly ModelHealth[] = [],
  money?: SharedMoney,
  grownTo?: number,
): string {
  const rows: [string, string][] = [['State', `\`${fix.state}\`${attemptText(fix)}`]];
  if (fix.pullRequest !== null)
    rows.push(['Pull request', `#${fix.pullRequest.number}${fix.pullRequest.isDraft ? ' (draft)' : ''}`]);
  if (fix.candidate !== null) rows.push(['Validation', validation(fix)]);
  rows.push(['Time', timeText(fix, spent)]);
  rows.push(['Cost', costText(fix.policy.budget, spent)]);
  const shared = money === undefined ? '' : sharedMoneyText(money);
  if (shared !== '') rows.push(['Limit of all fixes', shared]);
  const table = ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
  const growth = grownTo === undefined ? '' : ` ${sayGrowth(grownTo)}`;
  return [`**ai-fix** ${headline(fix)}${growth}`, table, configurationNote(fix), adminNote(fix, unwell), footer(fix)]
    .filter(Boolean)
    .join('\n\n');
}

/** Of an answer that is being written, which takes long. */
export const sayGrowth = (characters: number): string =>
  `The model is writing an answer: ${characters.toLocaleString('en-US')} characters so far.`;

/** The same in the pull request, for those who come there; the rest of the thread says what is in it. */
export function pullRequestStatus(fix: Fix, spent: Spending): string {
  const where = fix.issue.number === fix.pullRequest?.number ? '' : ` The status in #${fix.issue.number} says more.`;
  const orders = isOver(fix.state) ? '' : ' `/ai-fix help` lists what you can order here.';
  return `**ai-fix** is \`${fix.state}\`${attemptText(fix)}. Cost ${costText(fix.policy.budget, spent)}.${where}${orders}`;
}

function attemptText({ attempt, attemptsBefore, policy }: Fix): string {
  const made = attempt - attemptsBefore;
  return made > 0 ? `, attempt ${made} of ${policy.budget.attempts}` : '';
}

const timeText = (fix: Fix, { workedMs }: Spending): string =>
  `began ${sayMoment(fix.createdAtMs)} UTC, models worked ${sayDuration(workedMs)}`;

/** One sentence about where it stands; a name of the App stands before it. */
export function headline(fix: Fix): string {
  if (fix.wait?.for === 'money') return shortOfMoney(fix);
  switch (fix.state) {
    case 'created':
      return fix.wait?.for === 'outage' ? waiting(fix) : beginning(fix);
    case 'planning':
      return fix.wait?.for === 'outage' ? waiting(fix) : 'is planning.';
    case 'awaiting-approval':
      return awaiting(fix);
    case 'approved':
      return fix.wait?.for === 'outage' ? waiting(fix) : 'has a plan and starts to write.';
    case 'in-progress':
      if (fix.wait?.for === 'outage') return waiting(fix);
      return working(fix);
    case 'review':
      return fix.wait?.for === 'outage' ? waiting(fix) : reviewing(fix);
    case 'complete':
      return `has a validated patch in #${fix.pullRequest?.number ?? 0}, ready for your review.`;
    case 'archived':
      return `is done: ${quoteInSentence(fix.epilogue ?? 'the pull request is closed', 500)}.`;
    case 'stopped':
      return `stopped: ${quoteInSentence(fix.epilogue ?? 'somebody asked for it', 500)}.`;
    case 'abandoned':
      return `gave up: ${whyAbandoned(fix)}.`;
    case 'expired':
      return `closed this: ${quoteInSentence(fix.epilogue ?? 'nobody answered in time', 300)}.`;
  }
}

function working({ wait, burst, reproduction }: Fix): string {
  const isTestFirst =
    reproduction !== null && reproduction.end === null && (burst === 'reproduce' || burst === 'observe');
  if (wait?.for === 'run')
    return isTestFirst
      ? 'has a test for the bug; the sandbox shows whether it fails.'
      : 'has a patch; the sandbox is running the checks.';
  return isTestFirst ? 'is writing a test that shows the bug.' : 'is writing a patch.';
}

/** What fixers made goes to people unread, unless the repository has a model read it and one answers. */
function reviewing(fix: Fix): string {
  if (fix.burst !== 'propose') return 'has a patch that passes the checks; a second model reviews it.';
  if (!isRecipesPatch(fix, fix.attempt))
    return 'has a patch that passes the checks and was reviewed; people get it now.';
  const unread = fix.policy.fixers.review === 'person' ? '; no model reviews that' : '';
  return `has what the repository's own fixers changed, and it passes the checks${unread}; people get it now.`;
}

function beginning({ origin, wait, recheck, recipe, burst }: Fix): string {
  if (origin.kind === 'issue') return 'took this issue and looks at it.';
  const { branch, sha } = origin.failing;
  const which = `the failing checks of ${quoteLine(branch, 100)} at ${sha.slice(0, 7)}`;
  if (recipe !== null && recipe.end === null && (burst === 'mend' || burst === 'harvest'))
    return `has the repository's own fixers run for ${which}; no model is asked yet.`;
  if (wait?.for !== 'checks') return `looks at ${which}.`;
  return recheck === null
    ? `saw ${which} and waits until all of them are over.`
    : `has ${which} run once more, to rule out chance.`;
}

function awaiting(fix: Fix): string {
  const there = `#${fix.pullRequest?.number ?? 0}`;
  switch (fix.gate?.kind) {
    case 'input':
      return `waits: ${quoteInSentence(fix.gate.reasons.join('; '), 500)}. Nothing was begun yet.`;
    case 'patch':
      return `has a validated patch that a person has to allow; ${there} says why. Comment \`/ai-fix approve\` there.`;
    case 'plan':
    case undefined:
      return `has a plan in ${there} and waits for somebody to comment \`/ai-fix approve\` there.`;
  }
}

const whereTried = ({ pullRequest }: Fix): string =>
  pullRequest === null
    ? ''
    : `What was tried stands in #${pullRequest.number}${pullRequest.isDraft ? ', which stays a draft' : ''}. `;

/** Why a fix was given up, in a person's words. */
export const whyAbandoned = (fix: Fix): string => quoteInSentence(fix.epilogue ?? 'no reason was recorded', 1_500);

/** When it goes on follows from the limits, not from the next look. */
function shortOfMoney({ shortage, epilogue, ground }: Fix): string {
  const why = quoteInSentence(epilogue ?? 'there is no money for the next call', 500);
  const begun = ground === null ? ' Nothing was begun yet.' : '';
  if (shortage === null || shortage.waitsFor === 'others')
    return `waits: ${why}. It goes on by itself within minutes.${begun}`;
  return `waits: ${why}. It goes on by itself at ${sayMoment(shortage.endsAtMs)} UTC, or within the hour should the limit be raised before.${begun}`;
}

const waiting = (fix: Fix): string =>
  `waits: ${quoteInSentence(fix.epilogue ?? 'none answers', 300)}. It tries again by itself${
    fix.wait === null
      ? ''
      : ` at ${new Date(fix.wait.untilMs).toISOString().slice(0, 16).replace('T', ' ')} UTC, which costs no attempt; \`/ai-fix retry\` makes it try now`
  }.`;

function validation(fix: Fix): string {
  const link = `[run](${fix.candidate?.runUrl ?? ''})`;
  if (fix.results.length === 0) return fix.state === 'in-progress' ? `${link} under way` : link;
  return `${link}: ${fix.results.map((result) => `${result.check} ${result.conclusion === 'success' ? '✅' : `❌ ${result.conclusion}`}`).join(', ')}`;
}

function footer(fix: Fix): string {
  switch (fix.state) {
    case 'archived':
      return '';
    case 'expired':
      return howToResume(fix);
    case 'awaiting-approval':
      return [fix.gate?.kind === 'input' ? inputGateText(fix, wordsOf(fix)) : '', `${howLong(fix)} ${howToStop(fix)}`]
        .filter(Boolean)
        .join('\n\n');
    case 'complete':
      return 'Nothing is merged by itself. Reviews and `/ai-fix revise <what>` are answered with work.';
    case 'stopped':
      return fix.advice ?? howToResume(fix);
    case 'abandoned':
      return `${whereTried(fix)}${howToResume(fix)}`;
    default:
      return howToStop(fix);
  }
}

const howToResume = ({ origin, policy }: Fix): string =>
  origin.kind === 'checks'
    ? '`/ai-fix resume` goes on from where it was; the next failing commit starts anew.'
    : `\`/ai-fix resume\` goes on from where it was; the label \`${policy.label}\`, taken off and put on again, starts anew.`;

/** When it expires, should nobody decide. */
function howLong({ wait, isReminded, policy }: Fix): string {
  const { approvalDays, reminderDays } = policy.patience;
  if (wait === null) return 'It waits for a decision.';
  const leftMs = isReminded ? 0 : (approvalDays - reminderDays) * 24 * 60 * 60_000;
  return `It waits until ${sayMoment(wait.untilMs + leftMs).slice(0, 10)}.`;
}

const configurationNote = ({ policyProblem }: Fix): string =>
  policyProblem === undefined ? '' : lastValidApplies(policyProblem);

/** Whoever reads this may be, or know, who can mend it; a fix that is over needs nobody any more. */
function adminNote({ state }: Fix, unwell: readonly ModelHealth[]): string {
  const parts = unwell.flatMap(({ modelId, fault }) => {
    const part = fault === null ? null : adminPart(fault);
    return part === null ? [] : [`${quoteLine(modelId, 150)}: ${part}`];
  });
  if (parts.length === 0 || isOver(state)) return '';
  return `For whoever runs this App: a model cannot be asked. ${parts.join('; ')}. Others of the roster are asked meanwhile, where there are any.`;
}

const howToStop = ({ origin, policy }: Fix): string =>
  origin.kind === 'checks' && origin.failing.pullRequest === null
    ? 'To stop: comment `/ai-fix stop`.'
    : `To stop: remove the label \`${policy.label}\`, or comment \`/ai-fix stop\`. \`/ai-fix help\` lists everything.`;

const wordsOf = ({ issue }: Fix): string =>
  `${visibleLine(issue.title, 300)}\n\n${visibleText(issue.body, 18_000).text}`;
