import type { Sha } from '../domain/ids.ts';
import { GitFailure } from './git-command.ts';
import { assertRef } from './path-rules.ts';
import { runGit } from './run-git.ts';
import { objectsOf, type UserRepository } from './user-repository.ts';

export type Delivered =
  | { readonly kind: 'delivered'; readonly branch: string }
  /** `reason` is git's own. The objects are there either way; git's next clean-up takes them. */
  | { readonly kind: 'refused'; readonly reason: string };

const maxNames = 50;
const nothing = '0'.repeat(40);

/**
 * Puts a commit into the person's repository, as a new branch. Nothing else there changes: no work tree, index, `HEAD`,
 * configuration or log; no hook runs. A branch of that name is never moved: the next free name is taken.
 */
export async function deliverBranch(
  depot: string,
  repository: UserRepository,
  wanted: { readonly commit: Sha; readonly base: Sha; readonly branch: string },
): Promise<Delivered> {
  const { commit, base } = wanted;
  try {
    const pack = await runGit(['pack-objects', '--revs', '--stdout', '--quiet'], {
      gitDir: depot,
      stdin: `${commit}\n^${base}\n`,
    });
    const environment = { GIT_OBJECT_DIRECTORY: objectsOf(repository) };
    await runGit(['unpack-objects', '-q'], { gitDir: depot, environment, stdin: pack.output });
  } catch (error) {
    return refusedBy(error);
  }
  for (let count = 1; count <= maxNames; count++) {
    const branch = count === 1 ? wanted.branch : `${wanted.branch}-${count}`;
    const ref = `refs/heads/${branch}`;
    assertRef(ref);
    if (await isTaken(repository, ref)) continue;
    try {
      const args = ['-c', 'core.logAllRefUpdates=false', 'update-ref', '--no-deref', ref, commit, nothing];
      await runGit(args, { gitDir: repository.commonDir });
      return { kind: 'delivered', branch };
    } catch (error) {
      // Somebody may just have made a branch of that name.
      if (!(await isTaken(repository, ref))) return refusedBy(error);
    }
  }
  return { kind: 'refused', reason: `the names ${wanted.branch} to -${maxNames} are all taken; delete old branches` };
}

async function isTaken({ commonDir: gitDir }: UserRepository, ref: string): Promise<boolean> {
  const order = { gitDir, expectedExitCodes: [0, 1, 128] };
  return (await runGit(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], order)).code === 0;
}

function refusedBy(error: unknown): Delivered {
  if (!(error instanceof GitFailure)) throw error;
  const reason = error.stderr.trim().split('\n').at(-1) ?? '';
  return { kind: 'refused', reason: reason.slice(0, 300) || 'git gave no reason' };
}
