import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { CommitLog } from '../ports/commit-log.ts';
import type { Commits } from '../ports/commits.ts';
import type { History } from '../ports/history.ts';
import { createDepotCommitLog } from './depot-commit-log.ts';
import { createDepotCommits } from './depot-commits.ts';
import { createDepotFiles, type DepotFiles } from './depot-files.ts';
import { createDepotHistory } from './depot-history.ts';
import { exportTree } from './export-tree.ts';
import { GitFailure, gitIn, networkGitIn } from './git-command.ts';
import { makeMirror } from './mirror-form.ts';
import { assertRef } from './path-rules.ts';
import { held, historySwitches, type Remotes } from './remote.ts';
import { remoteFault } from './remote-failure.ts';
import { type Base, objectsOf, shallowOf, type UserRepository } from './user-repository.ts';

/**
 * A bare repository of a local run's own, which stands for the forge: candidates and the fix's branch live in it, and
 * the workspace fetches from it. It borrows the objects of a person's repository and nothing else of it, so that no
 * setting, hook or attribute from there can act here, and nothing that is made here shows there.
 */
export interface Depot extends DepotFiles {
  readonly gitDir: string;
  readonly commits: Commits;
  readonly history: History;
  readonly commitLog: CommitLog;
  /** For the workspace: every repository it names is this one. */
  readonly remotes: Remotes;
  /** Writes the files of a commit into an empty folder. */
  exportTree(commit: Sha, folder: string): Promise<void>;
}

/** @param prefix branches of the repository that begin with it are taken names. */
export async function openDepot(
  folder: string,
  repository: UserRepository,
  base: Base,
  prefix: string,
): Promise<Depot> {
  const gitDir = join(folder, 'depot.git');
  await mkdir(gitDir, { recursive: true, mode: 0o700 });
  await makeMirror(gitDir);
  await mkdir(join(gitDir, 'objects/info'), { recursive: true });
  await writeFile(join(gitDir, 'objects/info/alternates'), `${objectsOf(repository)}\n`);
  const shallow = await shallowOf(repository);
  if (shallow !== null) await writeFile(join(gitDir, 'shallow'), shallow);
  const taken = [...repository.branches].filter(([name]) => name.startsWith(prefix));
  const refs = [...taken.filter(([name]) => name !== base.branch), [base.branch, base.commit] as const];
  const orders = refs.map(([name, commit]) => `create refs/heads/${name} ${commit}\n`);
  await gitIn(gitDir, Buffer.from(orders.join(''))).raw(['update-ref', '--stdin']);
  return {
    gitDir,
    commits: createDepotCommits(gitDir),
    history: createDepotHistory(gitDir),
    commitLog: createDepotCommitLog(gitDir),
    ...createDepotFiles(gitDir),
    remotes: remotesTo(gitDir),
    exportTree: (commit, into) => exportTree(gitDir, commit, into),
  };
}

const limits = { silenceMs: 120_000, totalMs: 30 * 60_000 };

/** The depot is ours, so what serves it runs with no configuration but the one that we wrote. */
function remotesTo(depot: string): Remotes {
  const run = async (what: string, gitDir: string, args: readonly string[], signal?: AbortSignal): Promise<void> => {
    try {
      await networkGitIn(gitDir, { GIT_ALLOW_PROTOCOL: 'file' }, { ...limits, ...(signal && { signal }) }).raw([
        ...args,
      ]);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      throw remoteFault(error, what) ?? missingObjects(error, what) ?? error;
    }
  };
  return {
    of: ({ name }: RepositoryRef) => ({
      fetch: (gitDir, commits) => {
        const switches = ['--progress', '--depth=1', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
        return run(`fetch from ${name}`, gitDir, ['fetch', ...switches, '--', depot, ...commits.map(held)]);
      },
      fetchHistory: (gitDir, commit, { depth, signal }) =>
        run(
          `fetch the history of ${name}`,
          gitDir,
          ['fetch', ...historySwitches(depth), '--', depot, held(commit)],
          signal,
        ),
      push: async (gitDir, commit, ref) => {
        assertRef(ref);
        const switches = ['--progress', '--force', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];
        await run(`push to ${name}`, gitDir, ['push', ...switches, '--', depot, `${commit}:${ref}`]);
      },
    }),
    close: () => undefined,
  };
}

/** A partial clone promises objects that it does not have, and nothing here asks its remote for them. */
function missingObjects(failure: GitFailure, what: string): ForgeError | null {
  if (!/unable to read|missing (?:blob|tree|object)|bad object|not a valid object/i.test(failure.stderr)) return null;
  const advice = 'objects are missing; of a partial clone fetch them first: git fetch --refetch --no-filter';
  return new ForgeError(`${what}: ${advice}`, { isRetryable: false, cause: failure });
}
