import type { Sha } from './ids.ts';

/** The commit whose checks fail, and who wants that mended. */
export interface FailingCommit {
  /** Of this repository; where `isFork`, of the fork. */
  readonly branch: string;
  readonly sha: Sha;
  /** The pull request whose label or command asks for it; null of a branch that is configured. */
  readonly pullRequest: number | null;
  readonly isFork: boolean;
  /** The person who ordered it; null where the configuration does. */
  readonly orderedBy: string | null;
  readonly author: CommitAuthor | null;
}

export interface CommitAuthor {
  readonly login: string;
  readonly id: number;
}

/** What a fix is for. */
export type Origin = { readonly kind: 'issue' } | { readonly kind: 'checks'; readonly failing: FailingCommit };

/** Runs of Actions that were started once more, each with the attempt that failed. */
export interface Recheck {
  readonly runs: readonly { readonly id: number; readonly attempt: number }[];
  readonly atMs: number;
}

/** There is one live fix at a time for an issue, a branch, or a fork's pull request. */
export const subjectOf = (origin: Origin, issueNumber: number): string =>
  origin.kind === 'issue' ? `issue:${issueNumber}` : subjectOfChecks(origin.failing);

export const subjectOfChecks = ({
  branch,
  pullRequest,
  isFork,
}: Pick<FailingCommit, 'branch' | 'pullRequest' | 'isFork'>): string =>
  isFork ? `fork:${pullRequest}` : `checks:${branch}`;

/** A check of a commit as GitHub has it: a check run, or a commit status. */
export interface CommitCheck {
  /** Rises with time. Of a check run of Actions it is the job's number too. */
  readonly id: number;
  readonly name: string;
  /** The App that reports it, by its short name; null of a commit status. */
  readonly app: string | null;
  readonly state: 'pending' | 'passed' | 'failed' | 'neutral';
  /** GitHub's word, for instance `timed_out`. */
  readonly conclusion: string;
  readonly url: string;
  /** What the reporter says of it; written by code that nobody has read. */
  readonly said: string;
  readonly annotations: number;
  readonly suite: number | null;
}

/** What a check run says of a place in the code. */
export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: string;
  readonly message: string;
}

/** A workflow run on the commit. */
export interface CommitRun {
  readonly id: number;
  readonly suite: number | null;
  readonly attempt: number;
  readonly event: string;
  readonly workflowPath: string;
  readonly isCompleted: boolean;
}

export interface CommitChecks {
  /** All that were ever reported, those of earlier attempts too. */
  readonly checks: readonly CommitCheck[];
  readonly runs: readonly CommitRun[];
}

export interface FailingCheck {
  readonly check: CommitCheck;
  readonly run: CommitRun | null;
}

export interface ChecksReading {
  /** What is not over yet; only once nothing is, the rest means something. */
  readonly running: readonly string[];
  readonly failing: readonly FailingCheck[];
  /** Names of checks that both passed and failed on this very commit. */
  readonly flaky: readonly string[];
  readonly hasPassed: boolean;
}

/**
 * How the checks of a commit stand. The newest word of each check counts; one that failed after it had passed on the same
 * commit, or passed after it had failed, is flaky: nothing but chance lies between.
 *
 * The same name under another workflow or another event is another check: for a pull request the merge is tested.
 */
export function readChecks(
  { checks, runs }: CommitChecks,
  recheck: Recheck | null,
  ignored: IgnoredChecks,
): ChecksReading {
  const ours = runs.filter(({ workflowPath }) => workflowPath === ignored.workflowPath);
  const known = runs.filter((run) => !ours.includes(run));
  const counted = checks.filter(
    ({ app, suite }) => app !== ignored.app && !ours.some((run) => suite !== null && run.suite === suite),
  );
  const runOf = ({ suite }: CommitCheck): CommitRun | null =>
    suite === null ? null : (known.find((run) => run.suite === suite) ?? null);
  const histories = [...Map.groupBy(counted, (check) => keyOf(check, runOf(check))).values()].map((history) =>
    history.toSorted((a, b) => a.id - b.id),
  );
  const running = unfinished(known, recheck);
  const failing: FailingCheck[] = [];
  const flaky: string[] = [];
  let hasPassed = false;
  for (const history of histories) {
    const newest = history.at(-1);
    if (newest === undefined) continue;
    const states = new Set(history.map(({ state }) => state));
    if (newest.state === 'pending') running.push(newest.name);
    else if (states.has('passed') && states.has('failed')) flaky.push(newest.name);
    else if (newest.state === 'failed') failing.push({ check: newest, run: runOf(newest) });
    hasPassed ||= newest.state === 'passed';
  }
  return { running, failing, flaky, hasPassed };
}

export interface IgnoredChecks {
  /** The App itself, by its short name. */
  readonly app: string;
  /** The sandbox's own workflow. */
  readonly workflowPath: string;
}

const keyOf = ({ app, name }: CommitCheck, run: CommitRun | null): string =>
  JSON.stringify([app, name, run?.workflowPath, run?.event]);

/** A run that was started once more still shows its old attempt for a while. */
const unfinished = (runs: readonly CommitRun[], recheck: Recheck | null): string[] =>
  runs
    .filter(({ id, attempt, isCompleted }) => {
      const asked = recheck?.runs.find((run) => run.id === id);
      return !isCompleted || (asked !== undefined && attempt <= asked.attempt);
    })
    .map(({ workflowPath }) => workflowPath);

const maxReruns = 10;

/** The runs that failed in their first attempt: chance is ruled out before anybody is paid. */
export function runsToRepeat(failing: readonly FailingCheck[]): readonly { id: number; attempt: number }[] {
  const first = failing.flatMap(({ run }) => (run !== null && run.attempt === 1 ? [run] : []));
  return [...new Map(first.map(({ id, attempt }) => [id, { id, attempt }])).values()].slice(0, maxReruns);
}
