import { copyFile, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha } from '../domain/ids.ts';
import { GitFailure } from './git-command.ts';
import { runGit } from './run-git.ts';
import type { UserRepository } from './user-repository.ts';

/**
 * What a person's work tree holds beyond its commit, seen from a repository of ours: with a copy of the index and none of
 * the configuration, so that no filter and no file system monitor is started.
 */
export interface WorkTreeState {
  /** Files that differ from the commit, or that git does not know; at most some thousand. Null where git cannot tell. */
  uncommitted(commit: Sha): Promise<readonly string[] | null>;
  /** Whether a folder stands there, is no link, and git is told to ignore it. */
  isIgnoredFolder(path: string): Promise<boolean>;
}

export function workTreeState(depot: string, repository: UserRepository): WorkTreeState | null {
  const { workTree, gitDir } = repository;
  if (workTree === null) return null;
  const index = join(depot, 'copied-index');
  const environment = { GIT_WORK_TREE: workTree, GIT_INDEX_FILE: index };
  const names = async (args: readonly string[]): Promise<string[]> => {
    const { output } = await runGit(args, { gitDir: depot, environment });
    return output.toString().split('\0').filter(Boolean);
  };
  return {
    uncommitted: async (commit) => {
      try {
        await copyFile(join(gitDir, 'index'), index);
        const kinds = await Promise.all([
          names(['diff-index', '--cached', '--name-only', '--no-renames', '-z', '--ignore-submodules=all', commit]),
          names(['diff-files', '--name-only', '-z', '--ignore-submodules=all']),
          names(['ls-files', '--others', '--exclude-standard', '--directory', '--no-empty-directory', '-z']),
        ]);
        return [...new Set(kinds.flat())].sort();
      } catch (error) {
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!isMissing && !(error instanceof GitFailure)) throw error;
        return null;
      }
    },
    isIgnoredFolder: async (path) => {
      const stats = await lstat(join(workTree, path)).catch(() => null);
      if (stats?.isDirectory() !== true) return false;
      // check-ignore takes no literal pathspecs; the names are ours.
      const order = {
        gitDir: depot,
        environment: { ...environment, GIT_LITERAL_PATHSPECS: '0' },
        expectedExitCodes: [0, 1, 128],
      };
      return (await runGit(['-C', workTree, 'check-ignore', '--quiet', '--no-index', '--', path], order)).code === 0;
    },
  };
}
