import type { RepositoryRef } from '../domain/ids.ts';

/** What people say about the code of a pull request, and the answers to it. */
export interface Reviews {
  /** Conversations about places in the code that nobody has resolved, oldest first, at most 100. */
  openThreads(repository: RepositoryRef, pullRequest: number): Promise<readonly OpenThread[]>;
  /** Reviews that were submitted, oldest first, at most 300. */
  submitted(repository: RepositoryRef, pullRequest: number): Promise<readonly SubmittedReview[]>;
  /** Approving reviews that stand, whatever commit they were given for. */
  approvals(repository: RepositoryRef, number: number): Promise<readonly StandingApproval[]>;
  /** Idempotent. `refused` where rules of the branch let only others dismiss. */
  dismiss(repository: RepositoryRef, number: number, review: number, why: string): Promise<'dismissed' | 'refused'>;
  /** Answers below the first comment of a thread. Not idempotent: look with `openThreads` first. */
  answer(repository: RepositoryRef, pullRequest: number, comment: number, body: string): Promise<void>;
  /** Asks somebody to look again. Idempotent; who cannot be asked is let be. */
  askAgain(repository: RepositoryRef, pullRequest: number, login: string): Promise<void>;
}

export interface StandingApproval {
  readonly review: number;
  readonly by: string;
  /** The commit that was on the branch then. */
  readonly commit: string | null;
}

export interface OpenThread {
  readonly path: string;
  /** In the newest version of the file; null where the line is gone. */
  readonly line: number | null;
  /** Oldest first, never empty. */
  readonly comments: readonly ThreadRemark[];
}

export interface ThreadRemark {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly isOwn: boolean;
  readonly body: string;
}

export interface SubmittedReview {
  readonly id: number;
  readonly author: string;
  readonly isBot: boolean;
  readonly state: 'approved' | 'changes-requested' | 'commented' | 'dismissed';
  readonly body: string;
}
