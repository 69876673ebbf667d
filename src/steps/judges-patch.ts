import type { Attempt } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { judgesOverlay } from '../domain/judge-tree.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import type { FileContent } from '../domain/patched-file.ts';
import type { Ports } from '../ports/ports.ts';
import { contentsAt } from './contents-at.ts';

/**
 * The patch with the base's own tests, scripts and test configuration in place of its own; null where it touches none
 * of them, so that the candidate is judged as it is.
 */
export async function judgesPatch(
  { workspace }: Pick<Ports, 'workspace'>,
  fix: Fix,
  patch: Attempt,
  ground: Ground,
): Promise<Overlay | null> {
  const tree = await workspace.open(fix.repository, ground.base);
  const contents = await contentsAt(tree, changedPaths(patch.overlay));
  const base = new Map([...contents].map(([path, file]) => [path, isPlain(file) ? file : ('not-text' as const)]));
  const { overlay, restored } = judgesOverlay(patch.overlay, base);
  return restored.length === 0 ? null : overlay;
}

/** The same text in another encoding is not the same file. */
const isPlain = (file: FileContent | null): file is Extract<FileContent, { kind: 'text' }> | null =>
  file === null || (file.kind === 'text' && file.encoding === 'utf-8');
