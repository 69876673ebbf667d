import type { Annotation, CommitAuthor, CommitChecks } from '../domain/failing-checks.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { Actor } from '../domain/who.ts';

/** What others check about a commit, and where the commit is offered. */
export interface Checks {
  /** Check runs, commit statuses and workflow runs of a commit, those of earlier attempts too; at most some hundreds. */
  of(repository: RepositoryRef, commit: Sha): Promise<CommitChecks>;
  /** What a check run says about places in the code, at most 50. */
  annotations(repository: RepositoryRef, checkRun: number): Promise<readonly Annotation[]>;
  /** Starts the failed jobs of a run once more. Not idempotent: look at its attempt first. */
  repeat(repository: RepositoryRef, runId: number): Promise<'asked' | 'refused'>;
  /** Open pull requests that have this commit as their newest, from forks too. */
  offersOf(repository: RepositoryRef, commit: Sha): Promise<readonly Offer[]>;
  /** Null when there is no such pull request. */
  offer(repository: RepositoryRef, number: number): Promise<Offer | null>;
  /** Whoever put this label on a pull request last; null where nobody did that GitHub knows of. */
  labelledBy(repository: RepositoryRef, number: number, label: string): Promise<Actor | null>;
  /** The account behind a commit; null where its address belongs to none. */
  authorOf(repository: RepositoryRef, commit: Sha): Promise<CommitAuthor | null>;
}

/** A pull request, as far as its commits go. */
export interface Offer {
  readonly number: number;
  readonly isOpen: boolean;
  readonly branch: string;
  readonly head: Sha;
  readonly isFork: boolean;
  readonly labels: readonly string[];
}
