import type { RepositoryRef } from '../domain/ids.ts';

/** The conversation of one issue or pull request, as the App may write in it. */
export interface Thread {
  /** Comments the App itself made, oldest first. Other people's are never returned. */
  ownComments(repository: RepositoryRef, number: number): Promise<readonly OwnComment[]>;
  /**
   * What everybody said, oldest first, at most `limit` comments; the App's own are left out. What was edited carries
   * its newest words.
   */
  otherComments(repository: RepositoryRef, number: number, limit: number): Promise<readonly ThreadComment[]>;
  /** Not idempotent: look with `ownComments` first. */
  comment(repository: RepositoryRef, number: number, body: string): Promise<number>;
  /** False when somebody deleted the comment. */
  edit(repository: RepositoryRef, commentId: number, body: string): Promise<boolean>;
  remove(repository: RepositoryRef, commentId: number): Promise<void>;
  /** Idempotent. */
  react(
    repository: RepositoryRef,
    to: { issue: number } | { comment: number },
    reaction: 'eyes' | '+1' | 'confused',
  ): Promise<void>;
  /** Idempotent: labels of ours that are not in `labels` go, others' labels stay. */
  setOwnLabels(repository: RepositoryRef, number: number, prefix: string, labels: readonly string[]): Promise<void>;
}

export interface OwnComment {
  readonly id: number;
  readonly body: string;
}

export interface ThreadComment {
  readonly id: number;
  readonly author: string;
  readonly authorId: number;
  readonly isBot: boolean;
  readonly createdAtMs: number;
  readonly editedAtMs: number;
  readonly body: string;
}
