import { isRunOf, readRun } from './awaited-runs.ts';
import type { EventOf, EventType, FixEvent } from './event.ts';
import type { Fix, FixState } from './fix-facts.ts';
import { afterOutage, onEnd, onOutage, onShortage, pauseOf } from './hindrances.ts';
import { deadlines, limits, type Next, overdue, waitForApproval, workOf } from './next.ts';
import { remember } from './remember.ts';
import {
  afterApproval,
  afterChange,
  afterOrder,
  afterPatience,
  afterPlanOrder,
  afterRebaseOrder,
  afterRejection,
  afterReopening,
  afterResume,
} from './steering.ts';
import {
  afterFailedAttempt,
  afterMove,
  afterOpening,
  afterPatch,
  afterProposal,
  afterRecipe,
  afterReproduction,
  afterReview,
  afterVerdict,
} from './turning-points.ts';

/**
 * The story of a fix, top to bottom: the pure table `(state, event) → (state, burst)`.
 *
 *   created → planning → awaiting-approval → approved → in-progress → review → complete → archived
 *
 * and the side exits `stopped`, `abandoned`, `expired`. A burst is minutes of durable work; it ends by appending an
 * event, which this table turns into the next burst, a wait, or rest. Nobody else decides what comes next; where it can
 * go more than one way, `turning-points.ts`, `steering.ts` and `hindrances.ts` say by which facts.
 */
type Row = { readonly [T in EventType]?: (fix: Fix, event: EventOf<T>) => Next | null };

/** Nothing new begins: what runs runs on, what is waited for is waited for. */
const stay = ({ state }: Fix): Next => ({ state, keepsWait: true });

/** What may come in any state in which work goes on. */
const anytime: Row = {
  'stop-requested': () => ({ state: 'stopped', burst: 'conclude' }),
  'budget-reached': onEnd,
  faulted: onEnd,
  // A merge may overtake the end of the proposal, for instance by auto-merge.
  // A pull request that is about to be opened again is closed, and that is no news.
  'pull-request-closed': (fix, event) =>
    fix.burst === 'reopen' && !event.isMerged
      ? null
      : { state: event.isMerged ? 'archived' : 'stopped', burst: 'conclude' },
  'budget-changed': stay,
  'review-submitted': stay,
};

/** While bursts run: an outage and a lack of money wait in place, and then the same burst runs again. */
const atWork: Row = {
  ...anytime,
  outage: onOutage,
  'money-short': onShortage,
  'deadline-passed': afterOutage,
  'retry-asked': ({ state, wait, burst }) =>
    (wait?.for === 'outage' || wait?.for === 'money') && burst !== null ? { state, burst } : null,
};

/** Of a bug a test is seen failing on the base; where that comes to nothing, the patch is written without. */
const testFirst: Row = {
  'reproduction-begun': () => ({ state: 'in-progress' }),
  'reproduction-dispatched': () => ({ state: 'in-progress', wait: { for: 'run', ms: deadlines.run } }),
  reproduced: afterReproduction,
  'reproduction-failed': afterReproduction,
  'reproduction-void': afterReproduction,
  unreproducible: afterReproduction,
};

/** Failing checks may be mended by the repository's own fixers, before a model is asked for anything. */
const fixersFirst: Row = {
  'recipe-dispatched': () => ({ state: 'created', wait: { for: 'run', ms: deadlines.run } }),
  'run-finished': (fix, event) =>
    fix.wait?.for === 'run' && isRunOf(fix, event.runId) ? { state: 'created', burst: 'harvest' } : null,
  'still-running': (_fix, event) => ({ state: 'created', wait: { for: 'run', ms: event.remainingMs } }),
  'recipe-fruitless': afterRecipe,
  patched: (fix) => afterPatch(fix),
};

/** Once there is a pull request: people may order another plan, another patch, another base. */
const steered: Row = {
  'plan-asked': (fix) => (fix.pullRequest === null ? null : afterPlanOrder(fix)),
  'revision-asked': (fix) => afterOrder(fix),
  'rebase-asked': afterRebaseOrder,
};

/** At the end. The farewell too waits for GitHub to come back; in the end it is left unsaid. */
const rest: Row = {
  'farewell-said': (fix) => ({ state: fix.state }),
  outage: (fix, event) => (fix.outages < limits.outages ? { state: fix.state, wait: pauseOf(event) } : null),
  'deadline-passed': afterOutage,
};

/** An end that a person may take back. */
const resumable: Row = {
  ...rest,
  'resume-asked': (fix) => afterResume(fix),
  'retry-asked': (fix) => afterResume(fix),
  'budget-changed': stay,
};

export const story: Readonly<Record<FixState, Row>> = {
  created: {
    labelled: () => ({ state: 'created', burst: 'open' }),
    'checks-failed': () => ({ state: 'created', burst: 'diagnose' }),
    'checks-changed': ({ wait }) => (wait?.for === 'checks' ? { state: 'created', burst: 'diagnose' } : null),
    'checks-pending': (_fix, { againInMs }) => ({ state: 'created', wait: { for: 'checks', ms: againInMs } }),
    'checks-repeated': (_fix, { againInMs }) => ({ state: 'created', wait: { for: 'checks', ms: againInMs } }),
    'checks-diagnosed': () => ({ state: 'created', burst: 'open' }),
    'checks-recovered': () => ({ state: 'archived', burst: 'conclude' }),
    opened: afterOpening,
    'opened-for-words': () => ({ state: 'planning', burst: 'plan' }),
    ...fixersFirst,
    refused: () => ({ state: 'stopped', burst: 'conclude' }),
    asked: (fix) => waitForApproval(fix),
    ...atWork,
    'deadline-passed': (fix, event) =>
      afterOutage(fix, event) ??
      overdue('checks', { state: 'created', burst: 'diagnose' })(fix, event) ??
      overdue('run', { state: 'created', burst: 'harvest' })(fix, event),
  },

  planning: {
    // What is to be changed lies where the App may change nothing.
    refused: () => ({ state: 'stopped', burst: 'conclude' }),
    told: () => ({ state: 'archived', burst: 'conclude' }),
    planned: (fix, event) =>
      event.waitsBecause === null ? { state: 'approved', burst: workOf(fix) } : waitForApproval(fix),
    ...atWork,
    ...steered,
  },

  'awaiting-approval': {
    approved: (fix) => afterApproval(fix),
    rejected: (fix) => afterRejection(fix),
    'words-changed': afterChange,
    asked: (fix) => waitForApproval(fix),
    reminded: (fix) => waitForApproval(fix),
    ...atWork,
    ...steered,
    'deadline-passed': (fix, event) => afterOutage(fix, event) ?? afterPatience(fix, event),
  },

  approved: {
    'reproduction-begun': () => ({ state: 'in-progress' }),
    'attempt-started': () => ({ state: 'in-progress' }),
    ...atWork,
    ...steered,
  },

  'in-progress': {
    'revision-begun': () => ({ state: 'in-progress', burst: 'attempt' }),
    ...testFirst,
    'attempt-started': () => ({ state: 'in-progress' }),
    patched: (fix) => afterPatch(fix),
    told: () => ({ state: 'archived', burst: 'conclude' }),
    'attempt-failed': afterFailedAttempt,
    'validation-started': () => ({ state: 'in-progress', wait: { for: 'run', ms: deadlines.run } }),
    'run-finished': (fix, event) => (fix.wait?.for === 'run' && isRunOf(fix, event.runId) ? readRun(fix) : null),
    'still-running': (_fix, event) => ({ state: 'in-progress', wait: { for: 'run', ms: event.remainingMs } }),
    judged: (fix, event) => afterVerdict(fix, event),
    'partly-passed': () => ({ state: 'in-progress', burst: 'attempt' }),
    moved: (fix) => afterMove(fix),
    'left-alone': (fix) => afterProposal(fix),
    reopened: (fix) => afterReopening(fix),
    ...atWork,
    ...steered,
    'deadline-passed': (fix, event) => afterOutage(fix, event) ?? overdue('run', readRun(fix))(fix, event),
  },

  review: {
    reviewed: (fix, event) => afterReview(fix, event),
    asked: (fix) => waitForApproval(fix),
    moved: (fix) => afterMove(fix),
    'attempt-failed': afterFailedAttempt,
    proposed: (fix) => afterProposal(fix),
    delivered: () => ({ state: 'archived', burst: 'conclude' }),
    ...atWork,
    ...steered,
  },

  complete: {
    ...anytime,
    'review-submitted': () => ({ state: 'in-progress', burst: 'revise' }),
    'revision-asked': () => ({ state: 'in-progress', burst: 'revise' }),
    'rebase-asked': () => ({ state: 'in-progress', burst: 'rebase' }),
    'deadline-passed': overdue('merge', { state: 'expired', burst: 'conclude' }),
  },

  archived: rest,
  stopped: resumable,
  abandoned: {
    ...resumable,
    // Somebody takes what there is.
    'pull-request-closed': (_fix, event) => (event.isMerged ? { state: 'archived', burst: 'conclude' } : null),
  },
  expired: resumable,
};

/**
 * What an event does to a fix. Null when the event means nothing in this state: it is then kept in the log and
 * changes nothing, so hints may come late, twice and in any order.
 */
export function advance(fix: Fix, event: FixEvent, nowMs: number): { fix: Fix; next: Next } | null {
  const remembered = remember(fix, event);
  const decide = story[fix.state][event.type] as ((fix: Fix, event: FixEvent) => Next | null) | undefined;
  const next = decide?.(remembered, event) ?? null;
  if (next === null) return null;
  return {
    fix: {
      ...remembered,
      state: next.state,
      wait: waitOf(fix, next, nowMs),
      burst: next.burst ?? fix.burst,
      recipe: next.callsFixers === true ? calledIn(remembered) : remembered.recipe,
    },
    next,
  };
}

const calledIn = ({ recipe }: Fix): Fix['recipe'] => (recipe === null ? null : { ...recipe, isFirst: true });

function waitOf({ wait }: Fix, next: Next, nowMs: number): Fix['wait'] {
  if (next.keepsWait === true) return wait;
  return next.wait === undefined ? null : { for: next.wait.for, untilMs: nowMs + next.wait.ms };
}
