import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
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

/** A reading lasts minutes at most; what is older was left by a process that is gone. Others may share the folder. */
const maxScratchAgeMs = 24 * 60 * 60_000;
const scratchPrefix = '.history-';

/**
 * The `CommitLog` of a remote: commits and trees without files, fetched into a repository that lasts as long as the
 * reading.
 *
 * Mirrors hold commits without their past, and a fetch with a filter would write into their configuration what they must
 * not have; so it is no part of them. A remote that refuses, or is too slow, means that there is no history.
 */
export function createGitCommitLog(scratchDir: string, remoteOf: (repository: RepositoryRef) => Remote): CommitLog {
  const kept = new Map<string, readonly LoggedCommit[]>();
  void sweepScratch(scratchDir);
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
  const gitDir = await mkdtemp(join(scratchDir, scratchPrefix));
  try {
    await makeMirror(gitDir);
    const fetched = remote.fetchHistory(gitDir, commit, { depth: options.limit, signal: options.signal });
    if (!(await endsBefore(options.signal, fetched))) return null;
    return await readLog(gitDir, commit, options);
  } catch (error) {
    if (error instanceof GitFailure || error instanceof ForgeError) return null;
    throw error;
  } finally {
    await removeScratch(gitDir);
  }
}

/** A git that is still ending may write meanwhile. What cannot be removed now is swept later, and fails nobody's work. */
const removeScratch = (gitDir: string): Promise<void> =>
  rm(gitDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);

async function sweepScratch(scratchDir: string): Promise<void> {
  const names = await readdir(scratchDir).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(scratchPrefix))) {
    const folder = join(scratchDir, name);
    const stats = await stat(folder).catch(() => null);
    if (stats !== null && Date.now() - stats.mtimeMs > maxScratchAgeMs) await removeScratch(folder);
  }
}
