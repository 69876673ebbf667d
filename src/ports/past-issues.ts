import type { RepositoryRef } from '../domain/ids.ts';

/** Issues that were solved before. A hint and no more: everything here works without it. */
export interface PastIssues {
  /**
   * Closed issues whose merged pull request is known and whose text holds these words, the best match first. The words
   * are letters, digits and underscores, the most telling first. One request.
   *
   * @throws {ForgeError} when GitHub does not answer within seconds.
   */
  solved(repository: RepositoryRef, words: readonly string[]): Promise<readonly SolvedIssue[]>;
}

export interface SolvedIssue {
  readonly number: number;
  /** As its author wrote it, who may be anybody. */
  readonly title: string;
  readonly pullRequest: {
    readonly number: number;
    /** What it changed; the first few. */
    readonly paths: readonly string[];
  };
}
