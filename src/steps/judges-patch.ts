import type { Attempt } from '../domain/attempt.ts';
import type { Ground } from '../domain/event.ts';
import type { Fix } from '../domain/fix-facts.ts';
import { judgesOverlay } from '../domain/judge-tree.ts';
import { changedPaths, type Overlay } from '../domain/overlay.ts';
import type { Ports } from '../ports/ports.ts';
import { textsAt } from './texts-at.ts';

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
  const base = await textsAt(tree, changedPaths(patch.overlay));
  const { overlay, restored } = judgesOverlay(patch.overlay, base);
  return restored.length === 0 ? null : overlay;
}
