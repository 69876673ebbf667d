import { GitFailure } from '../../../src/git/git-command.ts';
import { usedCommits } from '../../../src/localization/localize.ts';
import type { LoggedCommit } from '../../../src/ports/commit-log.ts';
import type { Tree, TreeEntry } from '../../../src/ports/workspace.ts';
import type { Clone } from './clone.ts';
import type { PastFix } from './fixes.ts';

/** What was there before a fix: nothing later is seen. */
export interface Ground {
  readonly tree: Tree;
  readonly entries: readonly TreeEntry[];
  readonly past: readonly LoggedCommit[];
}

/** The ground of each fix; while one is worked on, git reads the next. What git said instead, where it lacks something. */
export async function* groundsOf(
  clone: Clone,
  fixes: readonly PastFix[],
): AsyncGenerator<readonly [PastFix, Ground | GitFailure]> {
  let next = fixes[0] === undefined ? null : groundOf(clone, fixes[0]);
  for (const [at, fix] of fixes.entries()) {
    const ground = await next;
    const following = fixes[at + 1];
    next = following === undefined ? null : groundOf(clone, following);
    // Nobody may be left to wait for it.
    next?.catch(() => undefined);
    if (ground !== null) yield [fix, ground];
  }
}

async function groundOf(clone: Clone, { parent, changed }: PastFix): Promise<Ground | GitFailure> {
  const tree = clone.tree(parent);
  try {
    const [entries, past] = await Promise.all([tree.list(), clone.log(parent, usedCommits)]);
    const lost = entries.find(({ path, sizeBytes }) => Number.isNaN(sizeBytes) && changed.includes(path));
    return lost === undefined ? { tree, entries, past } : new GitFailure(`fatal: the blob of ${lost.path} is missing`);
  } catch (error) {
    if (error instanceof GitFailure) return error;
    throw error;
  }
}
