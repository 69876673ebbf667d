import type { CommitChecks } from '../domain/failing-checks.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { PullRequest } from '../domain/pull-request.ts';
import type { IssueSnapshot } from '../domain/ticket.ts';
import type { CheckRuns } from '../ports/check-runs.ts';
import type { Checks } from '../ports/checks.ts';
import type { PullRequestState, PullRequests } from '../ports/pull-requests.ts';
import type { Reach } from '../ports/reach.ts';
import type { Repositories } from '../ports/repositories.ts';
import type { Reviews } from '../ports/reviews.ts';
import type { Thread } from '../ports/thread.ts';

/** What the forge knows of the repository's files: a repository of git's own. */
export interface ForgeFiles {
  file(path: string, commit: Sha, maxBytes: number): Promise<{ text: string; blob: Sha } | null>;
  folder(path: string, commit: Sha): Promise<Sha | null>;
  rootFiles(commit: Sha): Promise<readonly string[]>;
}

export interface LocalForgeOptions {
  readonly repository: RepositoryRef;
  readonly base: { readonly branch: string; readonly commit: Sha };
  readonly issue: IssueSnapshot;
  readonly label: string;
  readonly files: ForgeFiles;
  /** What was reported about a commit; only the base has any checks but ours. */
  checksOf(commit: Sha): CommitChecks;
}

/**
 * What GitHub is to the App, for one issue of one repository on this disk, as long as the process lives: the issue, the
 * comments, the pull request. The person at the terminal may do everything; nobody else is there.
 */
export interface LocalForge {
  readonly thread: Thread;
  readonly pullRequests: PullRequests;
  readonly repositories: Repositories;
  readonly reviews: Reviews;
  readonly checkRuns: CheckRuns;
  readonly checks: Checks;
  readonly reach: Reach;
  /** The number of a comment that somebody writes now. */
  nextCommentId(): number;
  /** The newest of our comments whose hidden first line names this key. */
  ownComment(key: string): string | null;
}

export function createLocalForge(options: LocalForgeOptions): LocalForge {
  const comments = new Map<number, { readonly number: number; body: string }>();
  const pulls: { pullRequest: PullRequest; state: PullRequestState['state']; branch: string }[] = [];
  let lastId = 0;
  const nextId = (): number => ++lastId;
  const pull = (number: number) => pulls.find(({ pullRequest }) => pullRequest.number === number);

  return {
    nextCommentId: nextId,
    ownComment: (key) =>
      [...comments.values()].findLast(({ body }) => body.slice(0, body.indexOf('\n')).includes(` ${key} -->`))?.body ??
      null,
    thread: {
      ownComments: async (_repository, number) =>
        [...comments].filter(([, one]) => one.number === number).map(([id, { body }]) => ({ id, body })),
      otherComments: async () => [],
      comment: async (_repository, number, body) => {
        const id = nextId();
        comments.set(id, { number, body });
        return id;
      },
      edit: async (_repository, id, body) => {
        const comment = comments.get(id);
        if (comment !== undefined) comment.body = body;
        return comment !== undefined;
      },
      remove: async (_repository, id) => void comments.delete(id),
      react: async () => undefined,
      setOwnLabels: async () => undefined,
    },
    pullRequests: {
      ofBranch: async (_repository, branch) =>
        pulls.filter((one) => one.branch === branch && one.state === 'open').map(({ pullRequest }) => pullRequest),
      newestOfBranch: async (_repository, branch) => {
        const found = pulls.findLast((one) => one.branch === branch);
        return found === undefined ? null : { number: found.pullRequest.number, state: found.state };
      },
      open: async (_repository, { branch, isDraft }) => {
        const number = options.issue.number + pulls.length + 1;
        const pullRequest = { number, nodeId: String(number), isDraft, url: '' };
        pulls.push({ pullRequest, state: 'open', branch });
        return { kind: 'opened', pullRequest };
      },
      state: async (_repository, number) => pull(number)?.state ?? 'closed',
      retitle: async () => undefined,
      markReady: async (_repository, { number }) => {
        const found = pull(number);
        if (found !== undefined) found.pullRequest = { ...found.pullRequest, isDraft: false };
      },
      close: async (_repository, number) => {
        const found = pull(number);
        if (found !== undefined) found.state = 'closed';
      },
      reopen: async (_repository, number) => {
        const found = pull(number);
        if (found === undefined) return 'refused';
        found.state = 'open';
        return 'reopened';
      },
    },
    repositories: repositoriesOf(options),
    ...quiet,
    checks: { ...quiet.checks, of: async (_repository, commit) => options.checksOf(commit) },
  };
}

function repositoriesOf({ base, issue, label, files }: LocalForgeOptions): Repositories {
  return {
    facts: async () => ({
      defaultBranch: base.branch,
      head: base.commit,
      isArchived: false,
      isDisabled: false,
      isFork: false,
      webUrl: '',
    }),
    file: (_repository, path, commit, maxBytes) => files.file(path, commit, maxBytes),
    // Other repositories are out of reach here.
    sharedFile: async () => null,
    folder: (_repository, path, commit) => files.folder(path, commit),
    rootFiles: (_repository, commit) => files.rootFiles(commit),
    issue: async (_repository, number) =>
      number === issue.number
        ? { isOpen: true, labels: [label], title: issue.title, body: issue.body, edited: null }
        : null,
    labelledIssues: async () => [],
    standing: async () => 'admin',
    teamsOf: async () => [],
  };
}

/** Nobody reviews, offers commits or installs anything here. */
const quiet: Pick<LocalForge, 'reviews' | 'checkRuns' | 'checks' | 'reach'> = {
  reviews: {
    openThreads: async () => [],
    submitted: async () => [],
    approvals: async () => [],
    dismiss: async () => 'dismissed',
    answer: async () => undefined,
    askAgain: async () => undefined,
  },
  checkRuns: { put: async () => undefined },
  checks: {
    of: async () => ({ checks: [], runs: [] }),
    annotations: async () => [],
    repeat: async () => 'refused',
    offersOf: async () => [],
    offer: async () => null,
    labelledBy: async () => null,
    authorOf: async () => null,
  },
  reach: { repositories: async () => null },
};
