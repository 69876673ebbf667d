import type { RepositoryRef, Sha } from '../domain/ids.ts';

/** What happened before a commit. A hint and no more: everything here works without it. */
export interface CommitLog {
  /**
   * The commits that led to this one, itself first, at most `limit`; merges are left out. None where the remote does not
   * give them in time.
   */
  before(
    repository: RepositoryRef,
    commit: Sha,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly LoggedCommit[]>;
}

export interface LoggedCommit {
  /** Cut to a sensible length. */
  readonly message: string;
  readonly timeMs: number;
  /** What it changed, added or removed; the first hundred. */
  readonly paths: readonly string[];
}
