import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { recipeAttempt } from './recipe.ts';

/** How far the fixers of a fix are, and whether it is their turn. */

/** How a burst ends that got no word of a model. */
export type WithoutModel = EventOf<'outage' | 'money-short' | 'budget-reached' | 'faulted'>;

/** Whether models are what is missing, and for more than the moment that others need to hand back money they hold. */
function isForLackOfModels(event: WithoutModel): boolean {
  switch (event.type) {
    case 'outage':
    case 'faulted':
      return event.of === 'models';
    case 'money-short':
      return event.shortage.waitsFor !== 'others';
    case 'budget-reached':
      return true;
  }
}

/** Whether fixers run before a model is asked for anything. */
export const isRecipeDue = ({ recipe, wordsBecause }: Pick<Fix, 'recipe' | 'wordsBecause'>): boolean =>
  recipe?.isFirst === true && recipe.end === null && wordsBecause === null;

/** Whether fixers that were not to come first do now, because no model can do it and nothing is written yet. Once. */
export const mayMendMeanwhile = ({ recipe, wordsBecause, attempt, state }: Fix, event: WithoutModel): boolean =>
  isForLackOfModels(event) &&
  recipe?.end === null &&
  !recipe.isFirst &&
  wordsBecause === null &&
  attempt === 0 &&
  (state === 'created' || state === 'planning');

/** Whether an attempt is what fixers made, and nobody has it yet: then nothing is built on it. */
export const isRecipesPatch = ({ recipe, published }: Pick<Fix, 'recipe' | 'published'>, attempt: number): boolean =>
  recipe !== null && attempt === recipeAttempt && published === null;

export const isRecipeOver = (fix: Fix, attempt: number): boolean =>
  isRecipesPatch(fix, attempt) && fix.recipe?.end?.kind === 'none';

/** Whether a patch of fixers that passes goes to people unread, since no model can read it. */
export const isOfferedUnread = (fix: Fix, event: WithoutModel): boolean =>
  isForLackOfModels(event) &&
  fix.state === 'review' &&
  isRecipesPatch(fix, fix.attempt) &&
  fix.recipe?.end?.kind === 'patched';
