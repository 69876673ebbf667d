import { asSha, type Sha } from '../domain/ids.ts';
import type { TreeEntry } from '../ports/workspace.ts';
import { catFile } from './git-command.ts';
import { readListing } from './listing.ts';
import { runGit } from './run-git.ts';

/** What a forge's API tells of the files of a commit. */
export interface DepotFiles {
  /** Null for what is no file: a folder, a submodule, a link. */
  file(path: string, commit: Sha, maxBytes: number): Promise<{ text: string; blob: Sha } | null>;
  folder(path: string, commit: Sha): Promise<Sha | null>;
  rootFiles(commit: Sha): Promise<readonly string[]>;
  /** All of them. */
  listFiles(commit: Sha): Promise<readonly TreeEntry[]>;
}

export function createDepotFiles(gitDir: string): DepotFiles {
  const entry = async (path: string, commit: Sha) => {
    const { output } = await runGit(['ls-tree', '-z', '--full-tree', commit, '--', path], { gitDir });
    const line = /^(\d+) (\w+) ([0-9a-f]{40})\t([^\0]*)\0/.exec(output.toString());
    if (line?.[4] !== path) return null;
    return { mode: line[1], type: line[2], object: asSha(line[3] ?? '') };
  };
  return {
    file: async (path, commit, maxBytes) => {
      const found = await entry(path, commit);
      if (found?.type !== 'blob' || found.mode === '120000') return null;
      const bytes = await catFile(gitDir, ['blob', found.object]);
      return { text: bytes.subarray(0, maxBytes).toString('utf8'), blob: found.object };
    },
    folder: async (path, commit) => {
      const found = await entry(path, commit);
      return found?.type === 'tree' ? found.object : null;
    },
    listFiles: async (commit) => [...(await readListing(gitDir, commit)).files.values()],
    rootFiles: async (commit) => {
      const { output } = await runGit(['ls-tree', '-z', '--full-tree', commit], { gitDir });
      return output
        .toString()
        .split('\0')
        .flatMap((line) => (/^\d+ blob /.test(line) ? [line.slice(line.indexOf('\t') + 1)] : []));
    },
  };
}
