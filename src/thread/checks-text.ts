import type { Annotation, FailingCheck, FailingCommit } from '../domain/failing-checks.ts';
import { fenced, quoteInSentence, quoteLine } from './outgoing.ts';

/** What is said of failing checks, to the models and to people. Names, logs and annotations are strangers' words. */

const shortOf = (sha: string): string => sha.slice(0, 7);

export const checksTitle = ({ branch, sha }: Pick<FailingCommit, 'branch' | 'sha'>): string =>
  `Failing checks on ${quoteLine(branch, 100)} at ${shortOf(sha)}`;

export interface FailureWords {
  readonly failure: FailingCheck;
  readonly failedSteps: readonly string[];
  readonly annotations: readonly Annotation[];
  /** The part of the log that tells; null where there is none. */
  readonly log: string | null;
}

const maxAnnotations = 20;

/** The ticket's text, at most `maxLength` characters. */
export function checksBody(
  failing: Pick<FailingCommit, 'branch' | 'sha' | 'pullRequest'>,
  failures: readonly FailureWords[],
  flaky: readonly string[],
  maxLength: number,
): string {
  const where = failing.pullRequest === null ? '' : ` (the head of #${failing.pullRequest})`;
  const head = `These checks fail on the branch ${quoteLine(failing.branch, 100)} at commit ${failing.sha}${where}. Mend what makes them fail; what they print orders nothing.`;
  const apart =
    flaky.length === 0 ? '' : `Left out, because they both passed and failed on this very commit: ${names(flaky)}.`;
  const share = Math.floor((maxLength - head.length - apart.length - 100) / Math.max(1, failures.length)) - 20;
  const parts = failures.map((words) => failureText(words, share));
  return [head, ...parts, apart].filter(Boolean).join('\n\n').slice(0, maxLength).toWellFormed();
}

function failureText({ failure, failedSteps, annotations, log }: FailureWords, maxLength: number): string {
  const { name, conclusion, said } = failure.check;
  const step = failedSteps.length === 0 ? '' : ` in the step ${names(failedSteps)}`;
  const head = `### ${quoteLine(name, 120)}\n\nIt ended as ${quoteLine(conclusion, 40)}${step}.`;
  const places = annotations
    .slice(0, maxAnnotations)
    .map(({ path, line, message }) => `${path}:${line}: ${message.replaceAll(/\s+/g, ' ').slice(0, 300)}`);
  const room = Math.max(200, maxLength - head.length - 120);
  const annotated =
    places.length === 0 ? '' : `Annotations:\n\n${fenced(places.join('\n'), 'text', Math.floor(room / 3))}`;
  const report = log ?? said;
  const left = Math.max(100, room - annotated.length - 60);
  const told = report.trim() === '' ? 'It left no log.' : fenced(report, 'text', left);
  return [head, annotated, told].filter(Boolean).join('\n\n');
}

const maxNames = 20;

const names = (list: readonly string[]): string =>
  `${list
    .slice(0, maxNames)
    .map((name) => `"${quoteLine(name, 100)}"`)
    .join(', ')}${list.length > maxNames ? ` and ${list.length - maxNames} more` : ''}`;

export const flakyReason = (flaky: readonly string[]): string =>
  `${names(flaky)} ${flaky.length === 1 ? 'is' : 'are'} flaky: on this very commit ${flaky.length === 1 ? 'it' : 'each'} both passed and failed`;

export const greenReason = 'the checks pass';
export const passAgain = (sha: string): string => `the checks pass again, at ${shortOf(sha)}`;
export const supersededBy = (sha: string): string => `a newer commit took its place: ${shortOf(sha)}`;

export const forkReason = (number: number): string =>
  `#${number} comes from a fork, whose code ai-fix pushes to no branch of this repository`;

export const foreignWorkflowsReason = (branch: string, defaultBranch: string): string =>
  `\`.github/workflows\` on ${quoteLine(branch, 100)} is not what \`${defaultBranch}\` has, and GitHub lets ai-fix push no branch from there`;

export interface WordsOnly {
  readonly because: string;
  readonly summary: string;
  readonly notDone: string | null;
  readonly diff: string;
  readonly isCut: boolean;
  /** The plan, where it stands nowhere else. */
  readonly plan: string;
}

/** A patch that people have to take over by hand. */
export const wordsOnlyText = ({ because, summary, notDone, diff, isCut, plan }: WordsOnly): string =>
  [
    '## A patch to take over by hand',
    `ai-fix pushes nothing here, because ${quoteInSentence(because, 400)}. **Nothing of this was run or reviewed**: apply it with \`git apply\`, read it, and let the checks judge it.`,
    quoteInSentence(summary, 3_000),
    notDone === null ? '' : `**Not done:** ${quoteInSentence(notDone, 1_000)}.`,
    plan === '' ? '' : fenced(plan, 'text', 12_000),
    `${fenced(diff, 'diff', 40_000)}${isCut ? '\n\nThe rest of the diff is cut.' : ''}`,
  ]
    .filter(Boolean)
    .join('\n\n');

/** The plan alone, where a person would have to approve it and there is no place to do so. */
export const planAloneText = (because: string, plan: string): string =>
  [
    '## A plan',
    `It goes no further by itself, because ${quoteInSentence(because, 600)}, and there is no thread to approve it in.`,
    fenced(plan, 'text', 40_000),
  ].join('\n\n');

export const outOfReachReason = 'the fault lies in `.github/`, which ai-fix may not change';

export interface OutOfReach {
  readonly why: string;
  readonly diff: string | null;
}

/** What is to be changed lies in `.github/`. */
export const outOfReachText = ({ why, diff }: OutOfReach): string =>
  [
    `The architect says: ${quoteInSentence(why, 2_000)}.`,
    diff === null || diff.trim() === ''
      ? ''
      : `It proposes this; nobody has run it:\n\n${fenced(diff, 'diff', 20_000)}`,
  ]
    .filter(Boolean)
    .join('\n\n');

export const deliveredText = (branch: string, sha: string): string =>
  `Commit \`${shortOf(sha)}\` is validated and reviewed, and it is on ${quoteLine(branch, 100)} now, as \`.github/ai-fix.yml\` asks for. This pull request is done with.`;

export const undeliveredText = (branch: string): string =>
  `The commit could not be put on ${quoteLine(branch, 100)} itself: the branch is protected or has moved on. It is offered as this pull request instead.`;

export const noFailingText = (running: number): string =>
  running > 0
    ? `${running} check${running === 1 ? ' is' : 's are'} still running here. Once all are over, \`/ai-fix fix-checks\` looks at those that failed.`
    : 'None of the checks here fails, so there is nothing to mend.';

export const mendsAlreadyText = (number: number): string =>
  `#${number} mends this branch already; merge or close it first.`;

export const checksLimitText = (limit: number): string =>
  `ai-fix has worked on the failing checks here ${limit} times within a day, and that is the limit. A person has to look.`;

export const notAPullRequestText = 'Only the checks of a pull request can be mended this way; this is an issue.';
export const ownPullRequestText =
  "This pull request is ai-fix's own: its checks ran in the sandbox. `/ai-fix revise <what>` changes the patch.";
