import type { EventOf } from './event.ts';
import { type Fix, isOver } from './fix-facts.ts';
import { withoutRecipesPatch } from './remember-recipe.ts';
import { testAnew } from './remember-reproduction.ts';

type Order = EventOf<
  | 'rejected'
  | 'plan-asked'
  | 'revision-asked'
  | 'revision-begun'
  | 'review-submitted'
  | 'left-alone'
  | 'rebase-asked'
  | 'retry-asked'
  | 'resume-asked'
  | 'budget-changed'
>;

/** What people want otherwise, and what of it was taken up. */
export function rememberOrder(fix: Fix, event: Order): Fix {
  switch (event.type) {
    case 'rejected':
      return rejected(fix, event);
    case 'plan-asked':
      return planAnew({
        ...withoutRecipesPatch(fix),
        planNotes: withNote(fix, event.notes),
        settledDocuments: [],
        feedback: null,
      });
    case 'revision-asked':
      return asked(fix, `${event.by} asks for this change of the patch:\n\n${event.what}`);
    case 'revision-begun':
      return revised(fix, event);
    case 'review-submitted':
      return { ...fix, pendingReviews: [...new Set([...fix.pendingReviews, event.review])].slice(-maxPending) };
    case 'left-alone':
      return {
        ...fix,
        pendingReviews: without(fix, event.reviews ?? []),
        threads: [],
        hasOrders: false,
        revision: null,
      };
    case 'rebase-asked':
      return {
        ...fix,
        moves: 0,
        ...(fix.gate?.kind === 'patch' ? { gate: null } : {}),
        ...(fix.state === 'complete' ? countAnew(fix) : {}),
      };
    case 'retry-asked':
      return {
        ...resumed(fix),
        attemptsBefore: Math.max(fix.attemptsBefore, fix.attempt + 1 - fix.policy.budget.attempts),
      };
    case 'resume-asked':
      return resumed(fix);
    case 'budget-changed':
      return { ...fix, policy: { ...fix.policy, budget: { ...fix.policy.budget, ...event.budget } } };
  }
}

const revised = (fix: Fix, event: EventOf<'revision-begun'>): Fix => ({
  ...anew(fix),
  ground: event.ground,
  revision: event.feedback,
  feedback: null,
  threads: event.threads,
  hasOrders: event.hasOrders ?? false,
  reviewers: event.reviewers ?? [],
  orders: [],
  pendingReviews: without(fix, event.reviews),
});

const without = ({ pendingReviews }: Fix, taken: readonly number[]): readonly number[] =>
  pendingReviews.filter((review) => !taken.includes(review));

const maxPending = 50;
const maxNotes = 8;

const withNote = ({ planNotes }: Fix, note: string | null): readonly string[] =>
  note === null ? planNotes : [...planNotes, note].slice(-maxNotes);

/** What was spent of attempts before an order counts no more; money and tokens do. */
const countAnew = ({ attempt }: Fix) => ({
  attemptsBefore: attempt,
  sendBacks: 0,
  voidRuns: 0,
  unproven: 0,
  partialPasses: 0,
  soFar: null,
});

/** A person ordered further work: its attempts count from here, and what is under way is not gone on with. */
const anew = (fix: Fix): Fix => ({
  ...fix,
  round: fix.round + 1,
  ...countAnew(fix),
  moves: 0,
  gate: null,
  isReminded: false,
});

/** The test that comes first followed the plan of before, so it comes anew too, or is not spoken of any more. */
const planAnew = (fix: Fix): Fix => ({ ...anew(fix), reproduction: testAnew(fix) });

/** Before there is code it is the plan that changes; after the proposal the burst that gathers says what to do. */
function asked(fix: Fix, feedback: string): Fix {
  if (fix.state === 'complete' || fix.burst === 'revise')
    return { ...fix, orders: [...fix.orders, feedback].slice(-maxNotes), sentBackTo: 'gathering' };
  if (fix.state === 'planning' || fix.gate?.kind === 'plan')
    return planAnew({ ...fix, planNotes: withNote(fix, feedback), sentBackTo: 'plan' });
  return changed(fix, feedback);
}

function rejected(fix: Fix, { by, why }: EventOf<'rejected'>): Fix {
  switch (fix.gate?.kind) {
    case undefined:
      return fix;
    case 'input':
      return { ...fix, gate: null, epilogue: `${by} does not want these words: ${why}` };
    case 'plan':
      return planAnew({ ...fix, planNotes: withNote(fix, `${by} rejected the plan: ${why}`), sentBackTo: 'plan' });
    case 'patch':
      return changed(fix, `${by} rejected the patch: ${why}`);
  }
}

/**
 * The patch is to be changed; what was ordered before and is not offered yet still holds. Of fixers nothing is changed:
 * what they were sent back for is planned, as nothing was before.
 */
function changed(fix: Fix, order: string): Fix {
  const without = withoutRecipesPatch(fix);
  return without === fix
    ? rewritten(fix, order)
    : planAnew({ ...without, planNotes: withNote(fix, order), sentBackTo: 'plan' });
}

const rewritten = (fix: Fix, order: string): Fix => ({
  ...anew(fix),
  // Before the first attempt the order is the test's too.
  reproduction: fix.attempt === 0 ? testAnew(fix) : fix.reproduction,
  revision: [fix.revision, order].filter((text) => text !== null).join('\n\n'),
  hasOrders: true,
  sentBackTo: 'patch',
  feedback: null,
});

const resumed = (fix: Fix): Fix => ({
  ...fix,
  lives: fix.lives + (isOver(fix.state) ? 1 : 0),
  // A patch that a person was asked about comes back to that person: its review is not fought out again.
  sendBacks: fix.gate?.kind === 'patch' ? fix.sendBacks : 0,
  voidRuns: 0,
  outages: 0,
  shortage: null,
  moves: 0,
  isReminded: false,
  epilogue: null,
  advice: null,
});
