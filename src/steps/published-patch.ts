import type { Attempt, ThreadAnswer } from '../domain/attempt.ts';
import type { Fix } from '../domain/fix-facts.ts';
import type { Ground } from '../domain/ground.ts';
import { emptyOverlay, type Overlay } from '../domain/overlay.ts';
import { overlayDigest } from '../domain/progress.ts';

/**
 * The patch that people already have, as edits of the ground's base; null where nothing tells it. Where others' commits
 * are on the branch it lies below them, and there are no edits.
 */
export function publishedPatch(
  attempts: readonly Pick<Attempt, 'base' | 'overlay' | 'candidate'>[],
  { published }: Pick<Fix, 'published'>,
  { base, isShared = false }: Pick<Ground, 'base' | 'isShared'>,
): Overlay | null {
  if (published === null) return null;
  const row = attempts.findLast((attempt) => attempt.candidate === published && attempt.base === base);
  return row?.overlay ?? (isShared ? emptyOverlay : null);
}

/**
 * Whether reviewers asked for nothing that should be done, so that the finished patch stays what it is. It is held
 * against what people have: edits of an earlier attempt that nobody published are a change.
 */
export const leavesAllAsIs = (
  { feedback }: Pick<Fix, 'feedback'>,
  published: Overlay | null,
  answers: readonly Pick<ThreadAnswer, 'isDone'>[],
  overlay: Overlay,
): boolean =>
  published !== null &&
  feedback === null &&
  answers.every(({ isDone }) => !isDone) &&
  overlayDigest(overlay) === overlayDigest(published);
