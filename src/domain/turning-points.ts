import type { EventOf } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { givenUp, limits, type Next, open, plan, propose, validate, waitForMerge, write } from './next.ts';
import { isRecipeDue, isRecipeOver, isRecipesPatch } from './recipe-stage.ts';

/** Where the work itself can go more than one way, and by which facts it goes there. */

export const afterOpening = (fix: Fix): Next => (isRecipeDue(fix) ? { state: 'created', burst: 'mend' } : plan);

/** Models go on from the failing commit, without what the fixers changed. */
export const afterRecipe = (): Next => open;

/** A patch that cannot be validated goes back to whoever writes. */
export const afterFailedAttempt = (fix: Fix, { attempt }: EventOf<'attempt-failed'>): Next =>
  isRecipeOver(fix, attempt) ? open : { state: 'in-progress', burst: 'attempt' };

/** A patch that can only be told goes to people as it is. */
export const afterPatch = ({ wordsBecause }: Fix): Next =>
  wordsBecause === null ? validate : { state: 'in-progress', burst: 'tell' };

/** Once more, or on to the patch: by what is remembered of it. */
export const afterReproduction = (fix: Fix): Next => write(fix);

export function afterVerdict(fix: Fix, event: EventOf<'judged'>): Next {
  const isOfRecipe = isRecipesPatch(fix, event.attempt);
  if (isRecipeOver(fix, event.attempt)) return open;
  switch (event.verdict) {
    case 'passed':
      return isOfRecipe && fix.policy.fixers.review === 'person' ? propose : { state: 'review', burst: 'review' };
    case 'failed':
      return write(fix);
    case 'void':
      return fix.voidRuns < limits.voidRuns ? validate : givenUp;
  }
}

/** A patch that passes the checks and that the reviewer model sends back once too often is for a person to judge. */
export function afterReview(fix: Fix, event: EventOf<'reviewed'>): Next {
  if (isRecipeOver(fix, event.attempt)) return open;
  switch (event.opinion) {
    case 'accept':
      return propose;
    case 'send-back':
      return fix.sendBacks <= limits.sendBacks ? write(fix) : propose;
    case 'veto':
      return givenUp;
  }
}

/** Somebody pushed, or the base had to move; a branch that never rests is given up. */
export const afterMove = (fix: Fix): Next => (fix.moves <= limits.moves ? validate : givenUp);

/** What people said meanwhile is taken up at once. */
export const afterProposal = (fix: Fix): Next | null =>
  fix.pendingReviews.length + fix.orders.length > 0 ? { state: 'in-progress', burst: 'revise' } : waitForMerge(fix);
