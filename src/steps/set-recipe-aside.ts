import type { Fix } from '../domain/fix-facts.ts';
import { emptyOverlay } from '../domain/overlay.ts';
import { recipeAttempt } from '../domain/recipe.ts';
import type { Ports } from '../ports/ports.ts';
import { fixersAsideText } from '../thread/fixers-text.ts';
import { putComment } from './put-comment.ts';

/**
 * Takes the patch of the fixers out of what is built on, and says in the pull request why: models begin from the failing
 * commit. Idempotent.
 */
export async function setRecipeAside(ports: Pick<Ports, 'attempts' | 'thread' | 'effects'>, fix: Fix): Promise<void> {
  const { recipe, pullRequest, id, repository } = fix;
  if (recipe?.end?.kind !== 'none') return;
  const patch = (await ports.attempts.all(id)).find(({ number }) => number === recipeAttempt);
  if (patch !== undefined) await ports.attempts.put(id, { ...patch, status: 'dropped', overlay: emptyOverlay });
  if (pullRequest === null) return;
  const text = fixersAsideText(recipe.fixers, recipe.end.reason, recipe.run?.runUrl ?? null);
  await putComment(ports, { fix: id, repository, number: pullRequest.number, key: `fixers-${fix.lives}`, text });
}
