import type { RepositoryRef } from '../domain/ids.ts';

/**
 * What was once found out about blobs, by their ids: a cache that several processes may share, and that may be emptied
 * or damaged at any time. Nothing fails because of it: what cannot be read is not there, what cannot be written is lost.
 */
export interface RecordCache {
  /** All that is kept of a repository in this form; another `version` is another form. */
  load(repository: RepositoryRef, version: number): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Adds records; lets go of those that are not `needed` when room has to be made. */
  save(
    repository: RepositoryRef,
    version: number,
    added: ReadonlyMap<string, Uint8Array>,
    needed: ReadonlySet<string>,
  ): Promise<void>;
}
