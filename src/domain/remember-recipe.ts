import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { limits } from './next.ts';
import { isRecipesPatch } from './recipe-stage.ts';

type RecipeEvent = EventOf<'recipe-dispatched' | 'recipe-fruitless'>;

/** The fixers run once: whatever they come to, it is remembered with its reason. */
export function rememberRecipe(fix: Fix, event: RecipeEvent): Fix {
  if (fix.recipe === null) return fix;
  switch (event.type) {
    case 'recipe-dispatched':
      return {
        ...fix,
        ground: event.ground,
        recipe: { ...fix.recipe, run: event.run, fixers: event.fixers ?? fix.recipe.fixers },
      };
    case 'recipe-fruitless':
      return withoutRecipe(fix, event.reason);
  }
}

/** The patch of the fixers is there; from here it is judged like any other. */
export const recipePatched = (fix: Fix, attempt: number): Fix =>
  fix.recipe !== null && isRecipesPatch(fix, attempt)
    ? { ...fix, recipe: { ...fix.recipe, end: { kind: 'patched' } } }
    : fix;

/** Their patch is not good enough, so it is as if there had been none: models begin from the failing commit. */
const withoutRecipe = (fix: Fix, reason: string): Fix =>
  fix.recipe === null
    ? fix
    : {
        ...fix,
        recipe: { ...fix.recipe, end: { kind: 'none', reason } },
        candidate: null,
        results: [],
        asks: [],
        feedback: null,
        epilogue: null,
        voidRuns: 0,
        sendBacks: 0,
        unproven: 0,
      };

/** A person wants something else than the patch of the fixers that nobody has yet; any other patch is let be. */
export const withoutRecipesPatch = (fix: Fix): Fix =>
  isRecipesPatch(fix, fix.attempt) && fix.recipe?.end?.kind === 'patched'
    ? withoutRecipe(fix, 'a person wants another patch')
    : fix;

/** What a verdict, a review or a conflict does to the patch of the fixers; any other patch is let be. */
export function judgeRecipe(fix: Fix, event: EventOf<'judged' | 'reviewed' | 'attempt-failed'>): Fix {
  if (!isRecipesPatch(fix, event.attempt)) return fix;
  switch (event.type) {
    case 'attempt-failed':
      return withoutRecipe(fix, 'somebody changed the same files meanwhile');
    case 'judged':
      if (event.verdict === 'failed')
        return withoutRecipe(fix, event.reason || 'the checks fail with what they changed');
      return event.verdict === 'void' && fix.voidRuns >= limits.voidRuns
        ? withoutRecipe(fix, `its validation runs gave no verdict: ${event.reason}`)
        : fix;
    case 'reviewed':
      return event.opinion === 'accept'
        ? fix
        : withoutRecipe(fix, 'the reviewer model did not accept what they changed');
  }
}
