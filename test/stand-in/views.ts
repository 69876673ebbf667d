/** The state of a repository as a test wants to look at it. */
import type { Actions } from './actions.ts';

import type { PullRequestRow } from './emulate-core.ts';
import type { JsonObject } from './json.ts';
import type { Reactions } from './reactions.ts';
import type { Repository } from './repository.ts';
import type { WorkflowRun } from './run-records.ts';
import type { Site } from './site.ts';

export interface CommentView {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

export interface IssueView {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
}

/** The conversation of an issue or pull request, oldest first; comments on code are not in it. */
export function commentsOf({ core: { store } }: Site, repository: Repository, number: number): CommentView[] {
  return store.comments
    .findBy('repo_id', repository.id)
    .filter((row) => row.comment_type === 'issue' && row.issue_number === number)
    .toSorted((a, b) => a.id - b.id)
    .map((row) => ({ id: row.id, author: store.users.get(row.user_id)?.login ?? 'ghost', body: row.body }));
}

/** Pull requests are issues too, here as on GitHub. */
export function issuesOf({ core: { store } }: Site, repository: Repository): IssueView[] {
  const rows = store.issues.findBy('repo_id', repository.id).toSorted((a, b) => a.number - b.number);
  return rows.map((row) => ({
    number: row.number,
    title: row.title,
    body: row.body,
    state: row.state,
    labels: row.label_ids.map((id) => store.labels.get(id)?.name ?? ''),
  }));
}

export type PullRequestView = Pick<
  PullRequestRow,
  'number' | 'title' | 'body' | 'state' | 'draft' | 'merged' | 'head_ref' | 'head_sha' | 'base_ref' | 'base_sha'
>;

export const pullRequestsOf = ({ core: { store } }: Site, repository: Repository): readonly PullRequestView[] =>
  store.pullRequests.findBy('repo_id', repository.id);

export interface ReactionView {
  readonly author: string;
  readonly content: string;
}

/** An issue or pull request itself, or one of its comments. */
export type ReactionSubject = { readonly issue: number } | { readonly comment: number };

export function reactionsOf(reactions: Reactions, repository: Repository, subject: ReactionSubject): ReactionView[] {
  const key = 'issue' in subject ? `issue ${subject.issue}` : `comment ${subject.comment}`;
  return reactions
    .filter((reaction) => reaction.subject === `${repository.fullName} ${key}`)
    .map(({ login, content }) => ({ author: login, content }));
}

export interface RunView {
  readonly id: number;
  readonly title: string;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly attempt: number;
  readonly inputs: JsonObject;
  readonly jobs: readonly JobView[];
}

export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string | null;
  readonly steps: readonly { readonly name: string; readonly conclusion: string | null }[];
  readonly log: string;
}

/** In the order of their start. */
export const runsOf = (actions: Actions, repository: Repository): readonly RunView[] =>
  actions.runs.filter((run) => run.repository.id === repository.id).map(runView);

export const runView = ({
  id,
  title,
  event,
  branch,
  sha,
  status,
  conclusion,
  attempt,
  inputs,
  jobs,
}: WorkflowRun): RunView => ({
  id,
  title,
  event,
  branch,
  sha,
  status,
  conclusion,
  attempt,
  inputs,
  jobs: jobs.map((job) => ({
    id: job.id,
    name: job.name,
    conclusion: job.conclusion,
    steps: job.steps.map((step) => ({ name: step.name, conclusion: step.conclusion })),
    log: job.log.text(),
  })),
});
