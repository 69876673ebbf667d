import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { Workspace } from '../ports/workspace.ts';
import { buildCandidate, folderOf } from './candidate-tree.ts';
import { GitFailure } from './git-command.ts';
import { createGitTree } from './git-tree.ts';
import { createListingCache } from './listing.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { assertRef, mirrorFolder } from './path-rules.ts';
import type { Remote, Remotes } from './remote.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface GitWorkspaceOptions {
  /** Cache on disk. Several processes may share it, and it may be emptied at any time. */
  readonly mirrorsDir: string;
  /** Where repositories are fetched from and pushed to. Closed with the workspace. */
  readonly remotes: Remotes;
}

/** Files of all cached listings together; about 200 bytes each. */
const maxListedFiles = 400_000;

/**
 * The `Workspace` over bare mirrors and git's plumbing.
 *
 * `close` it when no call is under way: that closes its remotes.
 */
export function createGitWorkspace(options: GitWorkspaceOptions): Workspace & { close(): Promise<void> } {
  const mirrorsDir = resolve(options.mirrorsDir);
  mkdirSync(mirrorsDir, { recursive: true, mode: 0o700 });
  const listings = createListingCache(maxListedFiles);

  return {
    async open(repository, commit) {
      const { mirror } = at(repository);
      await mirror.use([commit], () => assertPresent(mirror, commit));
      return createGitTree(mirror, commit, listings);
    },
    async build(repository, base, overlay, parent) {
      const changes = folderOf(overlay);
      const { mirror } = at(repository);
      return await mirror.use([base, parent], async () => {
        await assertPresent(mirror, parent);
        return await buildCandidate(mirror.gitDir, base, changes, parent);
      });
    },
    async diff(repository, from, to, maxBytes) {
      const { mirror } = at(repository);
      return await mirror.use([from, to], () => unifiedDiff(mirror.gitDir, from, to, maxBytes));
    },
    async push(repository, commit, ref) {
      assertRef(ref);
      const { mirror, remote } = at(repository);
      try {
        await mirror.use([commit], () => remote.push(mirror.gitDir, commit, ref));
      } catch (error) {
        if (!(await isLost(mirror, commit, error))) throw error;
        throw new ForgeError(`the mirror was made anew since ${commit} was built: build it again`, {
          isRetryable: true,
          cause: error,
        });
      }
    },
    async close() {
      options.remotes.close();
    },
  };

  function at(repository: RepositoryRef): { mirror: Mirror; remote: Remote } {
    // First: what is no repository's name has no address either.
    const folder = mirrorFolder(repository);
    const remote = options.remotes.of(repository);
    return { mirror: createMirror(mirrorsDir, folder, remote), remote };
  }
}

async function assertPresent(mirror: Mirror, object: Sha): Promise<void> {
  const missing = await mirror.missing([object]);
  if (missing.length > 0) throw new GitFailure(`fatal: the object ${object} is missing`);
}

/** Neither here nor, as the error then says, at the remote; an error with a status is about something else. */
async function isLost(mirror: Mirror, commit: Sha, error: unknown): Promise<boolean> {
  if (!(error instanceof ForgeError) || error.isRetryable || error.status !== undefined) return false;
  return (await mirror.use([], () => mirror.missing([commit]))).length > 0;
}
