import type { RepositoryRef, Sha } from '../domain/ids.ts';

/** What GitHub says about a repository as it stands now. */
export interface Repositories {
  facts(repository: RepositoryRef): Promise<RepositoryFacts>;
  /** A file at a commit, at most `maxBytes` of it; null when there is none. */
  file(
    repository: RepositoryRef,
    path: string,
    commit: Sha,
    maxBytes: number,
  ): Promise<{ text: string; blob: Sha } | null>;
  /** Names the content of a folder at a commit: equal digests, equal files. Null when there is no such folder. */
  folder(repository: RepositoryRef, path: string, commit: Sha): Promise<Sha | null>;
  issue(repository: RepositoryRef, number: number): Promise<{ isOpen: boolean; labels: readonly string[] }>;
  permission(repository: RepositoryRef, login: string): Promise<Permission>;
}

/** GitHub's `permission`, where `maintain` already counts as write and `triage` as read. */
export type Permission = 'admin' | 'write' | 'read' | 'none';

export interface RepositoryFacts {
  readonly defaultBranch: string;
  /** The default branch's tip; null in an empty repository. */
  readonly head: Sha | null;
  readonly isArchived: boolean;
  readonly webUrl: string;
}
