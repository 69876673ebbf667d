import type { EventOf, WaitReason } from './event.ts';
import type { BurstKind, Fix, FixState } from './fix-facts.ts';
import {
  isOfferedUnread,
  isRecipeDue,
  isRecipeOver,
  isRecipesPatch,
  mayMendMeanwhile,
  type WithoutModel,
} from './recipe-stage.ts';

/** Where the story of `fix.ts` can go more than one way, and by which facts it goes there. */

/** What comes next: a burst, a wait, or rest. */
export interface Next {
  readonly state: FixState;
  readonly burst?: BurstKind;
  readonly wait?: { readonly for: WaitReason; readonly ms: number };
  /** What is waited for stays waited for. */
  readonly keepsWait?: boolean;
  /** Fixers that were to come late come first from here on. */
  readonly callsFixers?: boolean;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** How long each wait may last; people's patience is the repository's to say. A run past its hour gives no verdict. */
export const deadlines = { run: 60 * minute, outage: 60 * minute, money: 60 * minute, checks: 120 * minute } as const;
export const limits = {
  voidRuns: 3,
  sendBacks: 2,
  outages: 12,
  moves: 5,
  reproductions: 2,
  unproven: 1,
  partial: 3,
} as const;

const givenUp: Next = { state: 'abandoned', burst: 'conclude' };
/** The patch, or the test that comes before it. */
const write = (fix: Fix): Next => ({ state: 'in-progress', burst: workOf(fix) });
const validate: Next = { state: 'in-progress', burst: 'validate' };
const propose: Next = { state: 'review', burst: 'propose' };
const plan: Next = { state: 'planning', burst: 'plan' };
/** After fixers that mended nothing, and before those that are called in. What is open already is found again. */
const open: Next = { state: 'created', burst: 'open' };

/** Until the one reminder, and then until it expires. */
export function waitForApproval({ policy, isReminded }: Fix): Next {
  const { approvalDays, reminderDays } = policy.patience;
  const days = isReminded ? approvalDays - reminderDays : reminderDays;
  return { state: 'awaiting-approval', wait: { for: 'approval', ms: days * day } };
}

/** A patch that can only be told goes to people as it is. */
export const afterPatch = ({ wordsBecause }: Fix): Next =>
  wordsBecause === null ? validate : { state: 'in-progress', burst: 'tell' };

/** Each change of the finished pull request begins the wait anew. Before there is code there is nothing to merge. */
const waitForMerge = ({ published, policy }: Fix): Next | null =>
  published === null ? null : { state: 'complete', wait: { for: 'merge', ms: policy.patience.staleDays * day } };

/** A deadline means something only to the wait that it ends: one that was read before the fix went on is stale. */
export const overdue =
  (wait: WaitReason, next: Next) =>
  (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
    fix.wait?.for === wait && event.waitingFor === wait ? next : null;

export const afterPatience = (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
  overdue('approval', fix.isReminded ? { state: 'expired', burst: 'conclude' } : { state: fix.state, burst: 'remind' })(
    fix,
    event,
  );

/** Whoever is away may ask for a longer pause than is sensible, by error or on purpose: `retry-after: 31536000`. */
export const pauseOf = ({ retryInMs }: EventOf<'outage'>): NonNullable<Next['wait']> => ({
  for: 'outage',
  ms: Math.min(retryInMs, deadlines.outage),
});

/** Longer than any month: whoever waits for the next one sees it. */
export const moneyPatienceMs = 35 * day;

/** Fixers that were not tried yet go to work, and a patch of theirs that passes goes to people; null where there is neither. */
function withoutModels(fix: Fix, event: WithoutModel): Next | null {
  if (isOfferedUnread(fix, event)) return propose;
  return mayMendMeanwhile(fix, event) ? { ...open, callsFixers: true } : null;
}

/** What no time mends: only work that asks no model goes on. */
export const onEnd = (fix: Fix, event: EventOf<'budget-reached' | 'faulted'>): Next =>
  withoutModels(fix, event) ?? givenUp;

/** Looks again every hour, for somebody may raise the limit; what no day and no month has room for is not waited for without end. */
export function onShortage(fix: Fix, event: EventOf<'money-short'>): Next {
  const waitedMs = event.atMs - (fix.shortage?.sinceMs ?? event.atMs);
  if (waitedMs > moneyPatienceMs) return { state: 'expired', burst: 'conclude' };
  const wait = { for: 'money', ms: Math.min(event.retryInMs, deadlines.money) } as const;
  return withoutModels(fix, event) ?? { state: fix.state, wait };
}

/** After about four hours of outages it is given up, unless something goes on without models. */
export function onOutage(fix: Fix, event: EventOf<'outage'>): Next {
  const wait = { state: fix.state, wait: pauseOf(event) };
  return withoutModels(fix, event) ?? (fix.outages < limits.outages ? wait : givenUp);
}

export const afterOpening = (fix: Fix): Next => (isRecipeDue(fix) ? { state: 'created', burst: 'mend' } : plan);

/** Models go on from the failing commit, without what the fixers changed. */
export const afterRecipe = (): Next => open;

/** A patch that cannot be validated goes back to whoever writes. */
export const afterFailedAttempt = (fix: Fix, { attempt }: EventOf<'attempt-failed'>): Next =>
  isRecipeOver(fix, attempt) ? open : { state: 'in-progress', burst: 'attempt' };

/** The outage may be over, or there is money again: the burst that met it runs again. */
export function afterOutage(fix: Fix, event: EventOf<'deadline-passed'>): Next | null {
  if (fix.burst === null) return null;
  const next = { state: fix.state, burst: fix.burst };
  return overdue('outage', next)(fix, event) ?? overdue('money', next)(fix, event);
}

/** Every run whose end is waited for, or was. */
export const runsOf = ({ candidate, reproduction, recipe }: Fix): readonly { readonly runId: number }[] => [
  ...(candidate === null ? [] : [candidate, ...(candidate.beside ?? [])]),
  ...[recipe?.run, reproduction?.run, reproduction?.base].filter((run) => run != null),
];

/** The run by whose end the work goes on; null where none is waited for. */
export function awaitedRun(fix: Fix): { readonly runId: number } | null {
  if (fix.wait?.for !== 'run') return null;
  if (fix.state === 'created') return fix.recipe?.run ?? null;
  return readRun(fix).burst === 'observe' ? (fix.reproduction?.run ?? null) : fix.candidate;
}

export const isRunOf = (fix: Fix, runId: number): boolean => runsOf(fix).some((run) => run.runId === runId);

/**
 * Whether a failing test comes before the patch: of a bug that people told, where reports tell tests by name. Failing
 * checks have failed already.
 */
const isTestFirst = (fix: Fix): boolean =>
  fix.ticket?.kind === 'bug' &&
  fix.origin.kind === 'issue' &&
  fix.policy.evidence.testFirst === 'auto' &&
  fix.keepsReports &&
  fix.wordsBecause === null &&
  fix.attempt === 0 &&
  (fix.reproduction?.end ?? null) === null;

export const workOf = (fix: Fix): 'reproduce' | 'attempt' => (isTestFirst(fix) ? 'reproduce' : 'attempt');

/** Who reads the run that ended: of the test that comes first, or of a patch. */
export const readRun = ({ reproduction }: Fix): Next => ({
  state: 'in-progress',
  burst: reproduction !== null && reproduction.end === null && reproduction.run !== null ? 'observe' : 'judge',
});

/** Reads what the approval did to the gate: one of something else than what was shown leaves it closed. */
export function afterApproval(fix: Fix): Next | null {
  const { gate, approvals, isPlanPartial } = fix;
  const newest = approvals.at(-1);
  if (gate !== null || newest === undefined) return null;
  switch (newest.gate) {
    case 'input':
      return { state: 'created', burst: 'open' };
    case 'plan':
      return isPlanPartial ? plan : { state: 'approved', burst: workOf(fix) };
    case 'patch':
      return { state: 'review', burst: 'propose' };
  }
}

/** The question is put anew; that about a patch by the burst that asks such questions. */
export const afterChange = ({ gate, state }: Fix): Next =>
  gate?.kind === 'patch' ? { state: 'review', burst: 'propose' } : { state, burst: 'ask-again' };

/** Where fixers were to do without a plan, no model has even looked at the ticket. */
export const afterPlanOrder = (fix: Fix): Next => (isRecipeOver(fix, fix.attempt) ? open : plan);

/** Words that nobody wants end it; a plan or a patch is made anew, with the reason. */
export function afterRejection(fix: Fix): Next | null {
  if (fix.gate !== null) return null;
  if (fix.ground === null) return { state: 'stopped', burst: 'conclude' };
  return fix.sentBackTo === 'patch' ? write(fix) : afterPlanOrder(fix);
}

/** A change that a person ordered goes to the plan while there is only a plan, else to the patch. */
export function afterOrder(fix: Fix): Next | null {
  if (fix.pullRequest === null) return null;
  switch (fix.sentBackTo) {
    case 'plan':
      return afterPlanOrder(fix);
    case 'gathering':
      return { state: 'in-progress', burst: 'revise' };
    case 'patch':
    case null:
      return write(fix);
  }
}

/** A patch that is being written, or a plan that is not settled, has nothing to rebase yet: it ends on the newest base anyway. */
export function afterRebaseOrder({ candidate, gate, state, burst }: Fix): Next | null {
  const isUnfinished = state === 'planning' || burst === 'attempt' || burst === 'revise' || burst === 'reopen';
  return candidate === null || gate !== null || isUnfinished ? null : { state: 'in-progress', burst: 'rebase' };
}

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

/** With branch and pull request gone they come first; without a branch yet it begins from the start. */
export function afterResume(fix: Fix): Next {
  if (fix.ground === null) return { state: 'created', burst: fix.origin.kind === 'checks' ? 'diagnose' : 'open' };
  // There is no branch to bring back.
  return fix.wordsBecause === null ? { state: 'in-progress', burst: 'reopen' } : plan;
}

/** From the last good state: a patch that was validated is validated again, since its refs are gone; that costs no model. */
export function afterReopening(fix: Fix): Next | null {
  if (fix.gate !== null) return fix.gate.kind === 'patch' ? validate : plan;
  switch (fix.halted) {
    case 'reproduce':
    case 'observe':
    case 'attempt':
      return write(fix);
    case 'validate':
    case 'judge':
    case 'review':
      return validate;
    case 'propose':
      return fix.published !== null && fix.published === fix.candidate?.sha ? waitForMerge(fix) : validate;
    case 'revise':
    case 'rebase':
      return { state: 'in-progress', burst: fix.halted };
    case 'open':
    case 'mend':
    case 'harvest':
      return open;
    case 'diagnose':
    case 'tell':
    case 'plan':
    case 'ask-again':
    case 'remind':
    case 'reopen':
    case 'conclude':
    case null:
      return plan;
  }
}
