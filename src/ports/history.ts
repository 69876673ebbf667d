import type { RepositoryRef, Sha } from '../domain/ids.ts';

/** Who changed files, when and why. Names and messages are outsiders' text, as GitHub gives them. */
export interface History {
  /** The last commits up to this one that changed a file, newest first; empty where there is no such file. @throws {ForgeError} */
  ofFile(repository: RepositoryRef, path: string, commit: Sha, limit: number): Promise<readonly PastCommit[]>;
  /** Who changed each line last, in the order of the lines; null where there is no such text file. @throws {ForgeError} */
  ofLines(repository: RepositoryRef, path: string, commit: Sha): Promise<readonly BlamedLines[] | null>;
}

export interface PastCommit {
  readonly sha: Sha;
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  readonly message: string;
}

export interface BlamedLines {
  /** Lines count from 1; both belong to it. */
  readonly startLine: number;
  readonly endLine: number;
  readonly commit: PastCommit;
}
