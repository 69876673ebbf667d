import type { FileContent } from '../domain/patched-file.ts';
import { decodeText } from '../domain/text-encoding.ts';
import type { Tree, TreeEntry } from '../ports/workspace.ts';

/** What is larger is taken for no text: no patch of ours is that large, and it is not read into memory. */
const maxTextBytes = 8 * 1024 * 1024;

/** What stands at these paths of a commit; null where nothing does. */
export async function contentsAt(
  tree: Tree,
  paths: readonly string[],
): Promise<ReadonlyMap<string, FileContent | null>> {
  const entries = new Map((await tree.list()).map((entry) => [entry.path, entry]));
  const submodules = new Set(await tree.submodules());
  const contents = await Promise.all(
    paths.map(async (path): Promise<readonly [string, FileContent | null]> => {
      const entry = entries.get(path);
      if (entry !== undefined) return [path, await contentOf(tree, entry)];
      return [path, submodules.has(path) ? { kind: 'submodule' } : null];
    }),
  );
  return new Map(contents);
}

async function contentOf(tree: Tree, { path, mode, sizeBytes }: TreeEntry): Promise<FileContent> {
  if (mode === '120000') return { kind: 'symlink' };
  const bytes = sizeBytes > maxTextBytes ? null : await tree.read(path);
  const decoded = bytes === null ? null : decodeText(bytes);
  return decoded === null ? { kind: 'binary', mode } : { kind: 'text', ...decoded, mode };
}
