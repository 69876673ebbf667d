import type { RepositoryRef, Sha } from '../domain/ids.ts';

/** Commits and refs on GitHub's side. */
export interface Commits {
  /**
   * Makes a commit over a tree that GitHub already holds, without author and committer: GitHub then signs it as the
   * App's bot. Not idempotent, yet harmless twice: a commit without a ref is nowhere to be seen.
   */
  create(repository: RepositoryRef, commit: { message: string; tree: Sha; parents: readonly Sha[] }): Promise<Sha>;
  /** The tree of a commit with one text file more, or with other words in it. Needs no mirror of the repository. */
  treeWith(repository: RepositoryRef, base: Sha, file: { path: string; text: string }): Promise<Sha>;
  describe(repository: RepositoryRef, commit: Sha): Promise<{ tree: Sha; parents: readonly Sha[]; message: string }>;
  /** The commit a full ref name points to, or null. */
  tipOf(repository: RepositoryRef, ref: string): Promise<Sha | null>;
  /** Creates or moves a ref. Idempotent. */
  setRef(
    repository: RepositoryRef,
    ref: string,
    commit: Sha,
    how: 'create' | 'fast-forward' | 'force',
  ): Promise<SetRefAnswer>;
  /** Idempotent. */
  deleteRef(repository: RepositoryRef, ref: string): Promise<void>;
}

/** `forbidden` is what GitHub says of a ref whose workflows differ from the default branch's. */
export type SetRefAnswer = 'set' | 'exists' | 'not-fast-forward' | 'forbidden';
