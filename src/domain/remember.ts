import type { EventOf, EventType, FixEvent } from './event.ts';
import type { Fix } from './fix-facts.ts';
import { rememberGate } from './remember-gate.ts';
import { rememberHalt } from './remember-halt.ts';
import { rememberJudgement } from './remember-judgement.ts';
import { rememberOrder } from './remember-order.ts';
import { overOutages } from './remember-outage.ts';
import { judgeRecipe, recipePatched, rememberRecipe } from './remember-recipe.ts';
import { notReproduced, rememberReproduction } from './remember-reproduction.ts';

/** What may happen between two outages of one burst, or two lacks of money; whatever else comes means that it got through. */
const keepsOutages: readonly EventType[] = [
  'outage',
  'money-short',
  'deadline-passed',
  'budget-changed',
  'review-submitted',
  'attempt-started',
  'reproduction-begun',
];

/** The facts an event adds, whatever comes next. */
export function remember(before: Fix, event: FixEvent): Fix {
  const fix = keepsOutages.includes(event.type) ? before : overOutages(before);
  switch (event.type) {
    case 'checks-failed':
      return { ...fix, origin: { kind: 'checks', failing: event.failing } };
    case 'checks-repeated':
      return { ...fix, recheck: event.recheck };
    case 'checks-diagnosed':
      return {
        ...fix,
        issue: event.issue,
        recipe: event.recipe === undefined ? null : { ...event.recipe, ...untried },
      };
    case 'opened':
      return {
        ...fix,
        ticket: event.ticket,
        ground: event.ground,
        pullRequest: event.pullRequest,
        keepsReports: event.keepsReports ?? false,
      };
    case 'opened-for-words':
      return { ...fix, ticket: event.ticket, ground: event.ground, wordsBecause: event.because };
    case 'checks-recovered':
    case 'told':
      return { ...fix, epilogue: event.reason };
    case 'attempt-started':
      return { ...fix, attempt: Math.max(fix.attempt, event.attempt) };
    case 'attempt-failed':
      return judgeRecipe({ ...fix, ground: event.ground, feedback: event.feedback, soFar: null }, event);
    case 'patched': {
      const patched = { ...fix, voidRuns: 0, asks: event.asks, chosenChecks: event.checks ?? null, soFar: null };
      return recipePatched(patched, event.attempt);
    }
    case 'validation-started':
      return { ...fix, ground: event.ground, candidate: event.candidate, results: [] };
    case 'proposed':
      return published(fix, event);
    case 'delivered':
      return { ...published(fix, event), epilogue: `the validated commit is on \`${event.branch}\`` };
    case 'moved':
      return { ...fix, ground: event.ground, moves: fix.moves + 1, gate: null, voidRuns: 0 };
    case 'reopened':
      return reopened(fix, event);
    case 'reminded':
      return { ...fix, isReminded: true };
    case 'recipe-dispatched':
    case 'recipe-fruitless':
      return rememberRecipe(fix, event);
    case 'reproduction-begun':
      return { ...fix, reproduction: fix.reproduction ?? notReproduced };
    case 'reproduction-dispatched':
    case 'reproduced':
    case 'reproduction-failed':
    case 'reproduction-void':
    case 'unreproducible':
      return rememberReproduction(fix, event);
    case 'planned':
    case 'asked':
    case 'words-changed':
    case 'approved':
      return rememberGate(fix, event);
    case 'judged':
    case 'partly-passed':
    case 'reviewed':
      return rememberJudgement(fix, event);
    case 'rejected':
    case 'plan-asked':
    case 'revision-asked':
    case 'revision-begun':
    case 'review-submitted':
    case 'left-alone':
    case 'rebase-asked':
    case 'retry-asked':
    case 'resume-asked':
    case 'budget-changed':
      return rememberOrder(fix, event);
    case 'refused':
    case 'pull-request-closed':
    case 'stop-requested':
    case 'faulted':
    case 'budget-reached':
    case 'outage':
    case 'money-short':
    case 'deadline-passed':
      return rememberHalt(fix, event);
    case 'labelled':
    case 'checks-changed':
    case 'checks-pending':
    case 'run-finished':
    case 'still-running':
    case 'farewell-said':
      return fix;
  }
}

/** Of the fixers, before anybody ran them. */
const untried = { run: null, end: null } as const;

const reopened = (fix: Fix, { ground, pullRequest }: EventOf<'reopened'>): Fix => ({
  ...fix,
  ground,
  pullRequest,
  // Its runs were cancelled.
  reproduction: fix.reproduction === null ? null : { ...fix.reproduction, run: null, base: null },
  recipe: fix.recipe === null ? null : { ...fix.recipe, run: null },
});

function published(fix: Fix, { sha }: EventOf<'proposed' | 'delivered'>): Fix {
  const { pullRequest, ground } = fix;
  return {
    ...fix,
    pullRequest: pullRequest === null ? null : { ...pullRequest, isDraft: false },
    ground: ground === null ? null : { ...ground, tip: sha, merges: null },
    published: sha,
    gate: null,
    threads: [],
    hasOrders: false,
    reviewers: [],
    revision: null,
    moves: 0,
    epilogue: null,
  };
}
