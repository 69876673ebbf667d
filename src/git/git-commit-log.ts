import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import { fullName, type RepositoryRef, type Sha } from '../domain/ids.ts';
import type { CommitLog, LoggedCommit } from '../ports/commit-log.ts';
import { GitFailure } from './git-command.ts';
import { readLog } from './git-log.ts';
import { makeMirror } from './mirror-form.ts';
import type { Remote } from './remote.ts';

/** Logs of late, some hundred kilobytes each. */
const maxKept = 20;

/**
 * The `CommitLog` of a remote: commits and trees without files, fetched into a repository that lasts as long as the
 * reading.
 *
 * Mirrors hold commits without their past, and a fetch with a filter would write into their configuration what they must
 * not have; so it is no part of them. A remote that refuses, or is too slow, means that there is no history.
 */
export function createGitCommitLog(scratchDir: string, remoteOf: (repository: RepositoryRef) => Remote): CommitLog {
  const kept = new Map<string, readonly LoggedCommit[]>();
  return {
    async before(repository, commit, { limit, signal }) {
      const key = `${repository.installationId} ${fullName(repository)} ${commit} ${limit}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const read = await fetchLog(scratchDir, remoteOf(repository), commit, { limit, signal });
      if (read === null) return [];
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size + 1 - maxKept))) kept.delete(oldest);
      kept.set(key, read);
      return read;
    },
  };
}

/**
 * Whether work ends before the signal. What of git still waits for a silent server is not waited for: its own limit on
 * silence ends it.
 */
async function endsBefore(signal: AbortSignal, work: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const onAbort = (): void => late.resolve(false);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

/** Null where it cannot be had: nothing depends on it. */
async function fetchLog(
  scratchDir: string,
  remote: Remote,
  commit: Sha,
  options: { readonly limit: number; readonly signal: AbortSignal },
): Promise<readonly LoggedCommit[] | null> {
  if (options.signal.aborted) return null;
  const gitDir = await mkdtemp(join(scratchDir, '.history-'));
  try {
    await makeMirror(gitDir);
    const fetched = remote.fetchHistory(gitDir, commit, { depth: options.limit, signal: options.signal });
    if (!(await endsBefore(options.signal, fetched))) return null;
    return await readLog(gitDir, commit, options);
  } catch (error) {
    if (error instanceof GitFailure || error instanceof ForgeError) return null;
    throw error;
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}
