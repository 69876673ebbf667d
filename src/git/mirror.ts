import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import type { Sha } from '../domain/ids.ts';
import { catFile, GitFailure } from './git-command.ts';
import { assertMirror, makeMirror } from './mirror-form.ts';
import { withMirrorLock } from './mirror-lock.ts';
import type { Remote } from './remote.ts';
import { explanation } from './remote-failure.ts';

/**
 * A bare repository on our disk that holds some commits of one remote, each without its history.
 *
 * Mirrors are caches: whoever finds one missing, half-made or damaged makes it anew from the remote. Only what was
 * built here and not pushed yet is lost then.
 */
export interface Mirror {
  readonly gitDir: string;
  /**
   * Runs `act`; when git fails in it, brings the mirror in order and runs it again: first by fetching what is missing
   * of `needs`, then by making the whole mirror anew. So `act` must bear to run three times.
   *
   * @throws {ForgeError} when the remote is at fault, or the mirror is still damaged after that.
   */
  use<T>(needs: readonly Sha[], act: () => Promise<T>): Promise<T>;
  /** Which of the objects are not here. @throws {GitFailure} when the mirror is missing or damaged. */
  missing(objects: readonly Sha[]): Promise<Sha[]>;
}

export function createMirror(mirrorsDir: string, folder: string, remote: Remote): Mirror {
  const gitDir = join(mirrorsDir, folder);
  const lockPath = `${gitDir}.lock`;

  return { gitDir, use, missing: (objects) => missingObjects(gitDir, objects) };

  async function use<T>(needs: readonly Sha[], act: () => Promise<T>): Promise<T> {
    const seen = await identityOf(gitDir);
    const first = await attempt(async () => {
      await assertMirror(gitDir);
      return await act();
    });
    if (first.kind === 'done') return first.value;
    const afterFetch = async (): Promise<T> => {
      await fetchMissing(needs);
      return await act();
    };
    const second = await attempt(afterFetch);
    if (second.kind === 'done') return second.value;
    await discard(seen);
    const last = await attempt(afterFetch);
    if (last.kind === 'done') return last.value;
    throw new ForgeError(`a new mirror is unusable too: ${explanation(last.failure.stderr)}`, {
      isRetryable: true,
      cause: last.failure,
    });
  }

  async function fetchMissing(needs: readonly Sha[]): Promise<void> {
    await withMirrorLock(lockPath, async () => {
      if ((await identityOf(gitDir)) === null) await initialize();
      await assertMirror(gitDir);
      const wanted = await missingObjects(gitDir, needs);
      if (wanted.length === 0) return;
      // We hold the lock, so this one was left by a git that was killed.
      await rm(join(gitDir, 'shallow.lock'), { force: true });
      await remote.fetch(gitDir, wanted);
    });
  }

  /** Made aside and renamed, so that nobody ever sees a half-made one. */
  async function initialize(): Promise<void> {
    await mkdir(dirname(gitDir), { recursive: true });
    const fresh = await mkdtemp(join(mirrorsDir, '.new-'));
    await makeMirror(fresh);
    await rename(fresh, gitDir);
  }

  /** Removes the mirror that failed, unless somebody else has already put another in its place. */
  async function discard(seen: string | null): Promise<void> {
    await withMirrorLock(lockPath, async () => {
      if (seen === null || (await identityOf(gitDir)) !== seen) return;
      const aside = await mkdtemp(join(mirrorsDir, '.old-'));
      await rename(gitDir, join(aside, 'mirror'));
      await rm(aside, { recursive: true, force: true });
    });
  }
}

type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: GitFailure };

async function attempt<T>(act: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'done', value: await act() };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (error.isTimeout) throw new ForgeError('a local git did not end in time', { isRetryable: true, cause: error });
    return { kind: 'failed', failure: error };
  }
}

async function missingObjects(gitDir: string, objects: readonly Sha[]): Promise<Sha[]> {
  if (objects.length === 0) return [];
  const answer = await catFile(gitDir, ['--batch-check'], Buffer.from(`${objects.join('\n')}\n`));
  const lines = answer.toString().split('\n');
  return objects.filter((object) => lines.includes(`${object} missing`));
}

/** Tells a mirror from the one that stood there before; an inode's number alone is used again. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { ino, birthtimeMs } = await stat(path);
    return `${ino} ${birthtimeMs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
