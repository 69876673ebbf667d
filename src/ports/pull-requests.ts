import type { RepositoryRef } from '../domain/ids.ts';
import type { PullRequest } from '../domain/pull-request.ts';

export interface PullRequests {
  /** Open pull requests of a branch of this repository, oldest first. */
  ofBranch(repository: RepositoryRef, branch: string): Promise<readonly PullRequest[]>;
  /** The open pull request of a branch of this repository, else the last one it had. */
  newestOfBranch(repository: RepositoryRef, branch: string): Promise<PullRequestState | null>;
  /** Not idempotent: look with `ofBranch` first. */
  open(repository: RepositoryRef, wanted: WantedPullRequest): Promise<OpenAnswer>;
  state(repository: RepositoryRef, number: number): Promise<PullRequestState['state']>;
  /** Leaves a title that a person gave it. Idempotent. */
  retitle(repository: RepositoryRef, number: number, title: { from: string; to: string }): Promise<void>;
  /** Idempotent. */
  markReady(repository: RepositoryRef, pullRequest: PullRequest): Promise<void>;
  /** Idempotent. */
  close(repository: RepositoryRef, number: number): Promise<void>;
  /** `refused` where its branch is gone or stands elsewhere. Idempotent. */
  reopen(repository: RepositoryRef, number: number): Promise<'reopened' | 'refused'>;
}

export interface PullRequestState {
  readonly number: number;
  readonly state: 'open' | 'merged' | 'closed';
}

export interface WantedPullRequest {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly isDraft: boolean;
}

export type OpenAnswer =
  | { readonly kind: 'opened'; readonly pullRequest: PullRequest }
  /** Private repositories of free plans have no drafts: GitHub answers 422. */
  | { readonly kind: 'drafts-unsupported' };
