import { isUtf8 } from 'node:buffer';
import type { FileMode } from '../domain/overlay.ts';
import type { Tree } from '../ports/workspace.ts';

export type TextAt = { readonly text: string; readonly mode: FileMode } | 'not-text' | null;

/** What stands at these paths of a commit; symlinks and bytes that are no UTF-8 are not text. */
export async function textsAt(tree: Tree, paths: readonly string[]): Promise<ReadonlyMap<string, TextAt>> {
  const modes = new Map((await tree.list()).map(({ path, mode }) => [path, mode]));
  const texts = await Promise.all(
    paths.map(async (path): Promise<readonly [string, TextAt]> => {
      const mode = modes.get(path);
      if (mode === undefined) return [path, null];
      const bytes = mode === '120000' ? null : await tree.read(path);
      if (mode === '120000' || bytes === null || !isUtf8(bytes) || bytes.includes(0)) return [path, 'not-text'];
      return [path, { text: bytes.toString('utf8'), mode }];
    }),
  );
  return new Map(texts);
}
