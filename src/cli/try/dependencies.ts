import { join } from 'node:path';
import type { UserRepository } from '../../git/user-repository.ts';
import type { WorkTreeState } from '../../git/work-tree-state.ts';
import { isRoot } from '../../local/bubblewrap.ts';
import { runTool } from '../../local/cell.ts';
import { isOpenToAll } from '../../local/open-to-all.ts';

/**
 * What a person has installed in the work tree and git does not know. Builds' own folders (`target`, `build`) are none of
 * these: they are written to, and hold what the work tree was built from.
 */
const folders = ['node_modules', '.venv', 'venv', 'vendor'] as const;

export interface Dependency {
  readonly path: string;
  /** Where it lies on this host. */
  readonly from: string;
}

/** Offered to the checks read-only. As root, what the checks' user could not reach is copied first. */
export async function dependenciesIn(
  { workTree }: UserRepository,
  state: WorkTreeState,
  runFolder: string,
): Promise<readonly Dependency[]> {
  if (workTree === null) return [];
  const found: Dependency[] = [];
  for (const path of folders) {
    if (!(await state.isIgnoredFolder(path))) continue;
    const own = join(workTree, path);
    if (!isRoot || (await isOpenToAll(own))) {
      found.push({ path, from: own });
      continue;
    }
    const copy = join(runFolder, `copied-${path}`);
    await runTool('cp', ['-a', '-T', '--reflink=auto', own, copy]);
    found.push({ path, from: copy });
  }
  return found;
}
