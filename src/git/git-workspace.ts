import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import type { RepositoryRef, Sha } from '../domain/ids.ts';
import type { History } from '../ports/history.ts';
import type { Workspace } from '../ports/workspace.ts';
import { createAskpass } from './askpass.ts';
import { buildCandidate, folderOf } from './candidate-tree.ts';
import { GitFailure } from './git-command.ts';
import { createGitHistory } from './git-history.ts';
import { createGitTree } from './git-tree.ts';
import { createListingCache } from './listing.ts';
import { createMirror, type Mirror } from './mirror.ts';
import { assertRef, mirrorFolder } from './path-rules.ts';
import { createRemote, type GitAccess, type Remote } from './remote.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface GitWorkspaceOptions {
  /** Cache on disk. Several processes may share it, and it may be emptied at any time. */
  readonly mirrorsDir: string;
  /** An https address without credentials; http only on loopback. */
  remoteUrl(repository: RepositoryRef): string;
  /**
   * An installation token that may do this and no more, fresh or cached. Asked once more when GitHub refused one, which is then `refusedToken`: a
   * cache should not give that one again.
   */
  token(repository: RepositoryRef, access: GitAccess, refusedToken?: string): Promise<string>;
  /** How long to wait before the second token: GitHub may not know a new one for about five seconds. */
  readonly unauthorizedPauseMs?: number;
}

/** Files of all cached listings together; about 200 bytes each. */
const maxListedFiles = 400_000;

/**
 * The `Workspace` over bare mirrors and git's plumbing.
 *
 * `close` it when no call is under way: that removes the script by which git asks for credentials.
 */
export function createGitWorkspace(
  options: GitWorkspaceOptions,
): Workspace & { readonly history: History; close(): Promise<void> } {
  const mirrorsDir = resolve(options.mirrorsDir);
  mkdirSync(mirrorsDir, { recursive: true, mode: 0o700 });
  const askpass = createAskpass();
  const listings = createListingCache(maxListedFiles);

  return {
    history: createGitHistory(mirrorsDir, (repository) => at(repository).remote),
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
      askpass.close();
    },
  };

  function at(repository: RepositoryRef): { mirror: Mirror; remote: Remote } {
    // First: what is no repository's name has no address either.
    const folder = mirrorFolder(repository);
    const remote = createRemote({
      repository,
      url: options.remoteUrl(repository),
      askpass,
      token: (asked, access, refusedToken) => options.token(asked, access, refusedToken),
      unauthorizedPauseMs: options.unauthorizedPauseMs ?? 5_000,
    });
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
