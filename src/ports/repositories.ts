import type { IssueNow } from '../domain/frozen-input.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { IssueSnapshot } from '../domain/ticket.ts';
import type { Standing } from '../domain/who.ts';

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
  /**
   * A file on the default branch of another repository, with this one's rights and no more than GitHub gives the
   * installation: null when there is none, or none that it may read. Public repositories may be anybody's.
   */
  sharedFile(
    repository: RepositoryRef,
    from: { readonly owner: string; readonly name: string },
    path: string,
    maxBytes: number,
  ): Promise<string | null>;
  /** Names the content of a folder at a commit: equal digests, equal files. Null when there is no such folder. */
  folder(repository: RepositoryRef, path: string, commit: Sha): Promise<Sha | null>;
  /** Names of the files at the root of a commit. */
  rootFiles(repository: RepositoryRef, commit: Sha): Promise<readonly string[]>;
  /** Null when there is no such issue (any more). */
  issue(repository: RepositoryRef, number: number): Promise<IssueNow | null>;
  /** Open issues that carry a label and changed since then, with who put it there last; the newest change first. */
  labelledIssues(repository: RepositoryRef, label: string, sinceMs: number): Promise<readonly LabelledIssue[]>;
  /** What somebody may do here, `none` of whoever GitHub does not know. */
  standing(repository: RepositoryRef, login: string): Promise<Standing>;
  /**
   * Of these teams of the repository's organization, those the person is an active member of.
   *
   * @throws {ForgeError} when the App may not read the organization's members; nobody then counts as a member.
   */
  teamsOf(repository: RepositoryRef, login: string, teams: readonly string[]): Promise<readonly string[]>;
}

export interface LabelledIssue {
  /** As it stands now, with the moment of its label. */
  readonly issue: IssueSnapshot & { readonly labelledAtMs: number };
  readonly by: { readonly login: string; readonly id?: number; readonly isBot: boolean };
}

export interface RepositoryFacts {
  readonly defaultBranch: string;
  /** The default branch's tip; null in an empty repository. */
  readonly head: Sha | null;
  readonly isArchived: boolean;
  /** By GitHub itself, for instance over a bill. */
  readonly isDisabled: boolean;
  readonly isFork: boolean;
  readonly webUrl: string;
}
