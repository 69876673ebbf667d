import type { EventOf } from './event.ts';
import type { BurstKind, Fix, FixState } from './fix-facts.ts';
import type { WaitReason } from './wait.ts';

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
/** Longer than any month: whoever waits for the next one sees it. */
export const moneyPatienceMs = 35 * day;
export const limits = {
  voidRuns: 3,
  sendBacks: 2,
  outages: 12,
  moves: 5,
  reproductions: 2,
  unproven: 1,
  partial: 3,
} as const;

export const givenUp: Next = { state: 'abandoned', burst: 'conclude' };
export const validate: Next = { state: 'in-progress', burst: 'validate' };
export const propose: Next = { state: 'review', burst: 'propose' };
export const plan: Next = { state: 'planning', burst: 'plan' };
/** After fixers that mended nothing, and before those that are called in. What is open already is found again. */
export const open: Next = { state: 'created', burst: 'open' };

/** Until the one reminder, and then until it expires. */
export function waitForApproval({ policy, isReminded }: Fix): Next {
  const { approvalDays, reminderDays } = policy.patience;
  const days = isReminded ? approvalDays - reminderDays : reminderDays;
  return { state: 'awaiting-approval', wait: { for: 'approval', ms: days * day } };
}

/** Each change of the finished pull request begins the wait anew. Before there is code there is nothing to merge. */
export const waitForMerge = ({ published, policy }: Fix): Next | null =>
  published === null ? null : { state: 'complete', wait: { for: 'merge', ms: policy.patience.staleDays * day } };

/** A deadline means something only to the wait that it ends: one that was read before the fix went on is stale. */
export const overdue =
  (wait: WaitReason, next: Next) =>
  (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
    fix.wait?.for === wait && event.waitingFor === wait ? next : null;

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

/** The patch, or the test that comes before it. */
export const write = (fix: Fix): Next => ({ state: 'in-progress', burst: workOf(fix) });
