import { sayLimit } from './budget.ts';
import type { Candidate, EventOf, EventType, FixEvent, Ground, PullRequest, WaitReason } from './event.ts';
import type { FixId, RepositoryRef } from './ids.ts';
import type { Policy } from './policy.ts';
import type { IssueSnapshot, Ticket } from './ticket.ts';
import type { CheckResult } from './verdict.ts';

/**
 * The story of a fix, top to bottom: the pure table `(state, event) → (state, burst)`.
 *
 *   created → planning → awaiting-approval → approved → in-progress → review → complete → archived
 *
 * and the side exits `stopped`, `abandoned`, `expired`. A burst is minutes of durable work; it ends by appending an
 * event, which this table turns into the next burst, a wait, or rest. Nobody else decides what comes next.
 */
export const fixStates = [
  'created',
  'planning',
  'awaiting-approval',
  'approved',
  'in-progress',
  'review',
  'complete',
  'archived',
  'stopped',
  'abandoned',
  'expired',
] as const;
export type FixState = (typeof fixStates)[number];

export const burstKinds = ['open', 'plan', 'attempt', 'validate', 'judge', 'review', 'propose', 'conclude'] as const;
export type BurstKind = (typeof burstKinds)[number];

/** What the events so far add up to. Small: texts, patches and turns lie in their own rows. */
export interface Fix {
  readonly id: FixId;
  readonly repository: RepositoryRef;
  readonly issue: IssueSnapshot;
  readonly requester: string;
  /** GitHub's number of the requester, by which a co-author is recognised. */
  readonly requesterId?: number;
  readonly policy: Policy;
  readonly createdAtMs: number;
  readonly state: FixState;
  readonly wait: Wait | null;
  /** The newest burst the story asked for; after an outage the same one runs again. */
  readonly burst: BurstKind | null;
  readonly ticket: Ticket | null;
  readonly ground: Ground | null;
  readonly pullRequest: PullRequest | null;
  readonly planDigest: string | null;
  /** Attempts begun so far; the newest one's number. */
  readonly attempt: number;
  /** What the last attempt, verdict or review taught; the next attempt starts from it. */
  readonly feedback: string | null;
  readonly candidate: Candidate | null;
  readonly results: readonly CheckResult[];
  /** Validation runs in a row that gave no verdict. */
  readonly voidRuns: number;
  readonly sendBacks: number;
  /** Times in a row that a burst met an outage. */
  readonly outages: number;
  /** Who approved the plan, where a person did. */
  readonly approvedBy: string | null;
  /** Why it rests, for the last comment. */
  readonly epilogue: string | null;
  /** What a person can do about it, when there is something. */
  readonly advice: string | null;
}

export interface Wait {
  readonly for: WaitReason;
  readonly untilMs: number;
}

export interface Next {
  readonly state: FixState;
  readonly burst?: BurstKind;
  readonly wait?: { readonly for: WaitReason; readonly ms: number };
}

type Row = { readonly [T in EventType]?: (fix: Fix, event: EventOf<T>) => Next | null };

const minute = 60_000;
const day = 24 * 60 * minute;

/** How long each wait may last. A run that has not ended within its hour is cancelled and gives no verdict. */
export const deadlines = { approval: 14 * day, run: 60 * minute, outage: 60 * minute, merge: 30 * day } as const;
export const limits = { voidRuns: 3, sendBacks: 2, outages: 12 } as const;

/** Ends that can come in any state in which work goes on. */
const anytime: Row = {
  'stop-requested': () => ({ state: 'stopped', burst: 'conclude' }),
  'budget-reached': () => ({ state: 'abandoned', burst: 'conclude' }),
  faulted: () => ({ state: 'abandoned', burst: 'conclude' }),
  // A merge may overtake the end of the proposal, for instance by auto-merge.
  'pull-request-closed': (_fix, event) => ({ state: event.isMerged ? 'archived' : 'stopped', burst: 'conclude' }),
};

/** While bursts run: an outage waits in place, and then the same burst runs again. */
const atWork: Row = {
  ...anytime,
  outage: (fix, event) =>
    fix.outages < limits.outages
      ? { state: fix.state, wait: pauseOf(event) }
      : { state: 'abandoned', burst: 'conclude' },
  'deadline-passed': (fix, event) => afterOutage(fix, event),
};

/** Whoever is away may ask for a longer pause than is sensible, by error or on purpose: `retry-after: 31536000`. */
const pauseOf = ({ retryInMs }: EventOf<'outage'>): NonNullable<Next['wait']> => ({
  for: 'outage',
  ms: Math.min(retryInMs, deadlines.outage),
});

/** The farewell too waits for GitHub to come back; in the end it is left unsaid. */
const rest: Row = {
  'farewell-said': (fix) => ({ state: fix.state }),
  outage: (fix, event) => (fix.outages < limits.outages ? { state: fix.state, wait: pauseOf(event) } : null),
  'deadline-passed': (fix, event) => afterOutage(fix, event),
};

/** A deadline means something only to the wait that it ends: one that was read before the fix went on is stale. */
const overdue =
  (wait: WaitReason, next: Next) =>
  (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
    fix.wait?.for === wait && event.waitingFor === wait ? next : null;

/** The outage may be over: the burst that met it runs again. After about four hours of them it is given up. */
const afterOutage = (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
  fix.burst === null ? null : overdue('outage', { state: fix.state, burst: fix.burst })(fix, event);

export const story: Readonly<Record<FixState, Row>> = {
  created: {
    labelled: () => ({ state: 'created', burst: 'open' }),
    opened: () => ({ state: 'planning', burst: 'plan' }),
    refused: () => ({ state: 'stopped', burst: 'conclude' }),
    ...atWork,
  },

  planning: {
    planned: (_fix, event) =>
      event.waitsBecause === null
        ? { state: 'approved', burst: 'attempt' }
        : { state: 'awaiting-approval', wait: { for: 'approval', ms: deadlines.approval } },
    ...atWork,
  },

  'awaiting-approval': {
    approved: (fix, event) => (event.digest === fix.planDigest ? { state: 'approved', burst: 'attempt' } : null),
    ...anytime,
    'deadline-passed': overdue('approval', { state: 'expired', burst: 'conclude' }),
  },

  approved: {
    'attempt-started': () => ({ state: 'in-progress' }),
    ...atWork,
  },

  'in-progress': {
    'attempt-started': () => ({ state: 'in-progress' }),
    patched: () => ({ state: 'in-progress', burst: 'validate' }),
    'attempt-failed': () => ({ state: 'in-progress', burst: 'attempt' }),
    'validation-started': () => ({ state: 'in-progress', wait: { for: 'run', ms: deadlines.run } }),
    'run-finished': (fix, event) =>
      fix.wait?.for === 'run' && fix.candidate?.runId === event.runId ? { state: 'in-progress', burst: 'judge' } : null,
    'still-running': (_fix, event) => ({ state: 'in-progress', wait: { for: 'run', ms: event.remainingMs } }),
    judged: (fix, event) => afterVerdict(fix, event),
    ...atWork,
    'deadline-passed': (fix, event) =>
      afterOutage(fix, event) ?? overdue('run', { state: 'in-progress', burst: 'judge' })(fix, event),
  },

  review: {
    reviewed: (fix, event) => afterReview(fix, event),
    proposed: () => ({ state: 'complete', wait: { for: 'merge', ms: deadlines.merge } }),
    ...atWork,
  },

  complete: {
    'pull-request-closed': () => ({ state: 'archived', burst: 'conclude' }),
    'deadline-passed': overdue('merge', { state: 'archived', burst: 'conclude' }),
  },

  archived: rest,
  stopped: rest,
  abandoned: rest,
  expired: rest,
};

function afterVerdict(fix: Fix, event: EventOf<'judged'>): Next {
  switch (event.verdict) {
    case 'passed':
      return { state: 'review', burst: 'review' };
    case 'failed':
      return { state: 'in-progress', burst: 'attempt' };
    case 'void':
      return fix.voidRuns < limits.voidRuns
        ? { state: 'in-progress', burst: 'validate' }
        : { state: 'abandoned', burst: 'conclude' };
  }
}

function afterReview(fix: Fix, event: EventOf<'reviewed'>): Next {
  switch (event.opinion) {
    case 'accept':
      return { state: 'review', burst: 'propose' };
    case 'send-back':
      return fix.sendBacks <= limits.sendBacks
        ? { state: 'in-progress', burst: 'attempt' }
        : { state: 'abandoned', burst: 'conclude' };
    case 'veto':
      return { state: 'abandoned', burst: 'conclude' };
  }
}

export function beginFix(
  start: Pick<Fix, 'id' | 'repository' | 'issue' | 'requester' | 'requesterId' | 'policy' | 'createdAtMs'>,
): Fix {
  return {
    ...start,
    state: 'created',
    wait: null,
    burst: null,
    ticket: null,
    ground: null,
    pullRequest: null,
    planDigest: null,
    attempt: 0,
    feedback: null,
    candidate: null,
    results: [],
    voidRuns: 0,
    sendBacks: 0,
    outages: 0,
    approvedBy: null,
    epilogue: null,
    advice: null,
  };
}

/** States in which nothing more is expected; the same issue may then start a new fix. */
export const isOver = (state: FixState): boolean =>
  state === 'archived' || state === 'stopped' || state === 'abandoned' || state === 'expired';

/**
 * What an event does to a fix. Null when the event means nothing in this state: it is then kept in the log and
 * changes nothing, so hints may come late, twice and in any order.
 */
export function advance(fix: Fix, event: FixEvent, nowMs: number): { fix: Fix; next: Next } | null {
  const remembered = remember(fix, event);
  const decide = story[fix.state][event.type] as ((fix: Fix, event: FixEvent) => Next | null) | undefined;
  const next = decide?.(remembered, event) ?? null;
  if (next === null) return null;
  const wait = next.wait === undefined ? null : { for: next.wait.for, untilMs: nowMs + next.wait.ms };
  return { fix: { ...remembered, state: next.state, wait, burst: next.burst ?? fix.burst }, next };
}

/** What did not happen in time, as the last comment says it. */
const missed: Partial<Record<WaitReason, string>> = {
  approval: 'nobody approved the plan in 14 days',
  merge: 'nobody merged or closed the pull request in 30 days',
};

/** What may happen between two outages of one burst; anything else means that it got through. */
const keepsOutages: readonly EventType[] = ['outage', 'deadline-passed', 'attempt-started'];

/** The facts an event adds, whatever comes next. */
function remember(before: Fix, event: FixEvent): Fix {
  const fix = keepsOutages.includes(event.type) ? before : { ...before, outages: 0 };
  switch (event.type) {
    case 'refused':
      return { ...fix, epilogue: event.reason, advice: event.message };
    case 'opened':
      return { ...fix, ticket: event.ticket, ground: event.ground, pullRequest: event.pullRequest };
    case 'planned':
      return { ...fix, planDigest: event.digest };
    case 'attempt-started':
      return { ...fix, attempt: Math.max(fix.attempt, event.attempt) };
    case 'attempt-failed':
      return { ...fix, ground: event.ground, feedback: event.feedback };
    case 'patched':
      return { ...fix, voidRuns: 0 };
    case 'validation-started':
      return { ...fix, ground: event.ground, candidate: event.candidate, results: [] };
    case 'judged':
      return {
        ...fix,
        results: event.results,
        feedback: event.verdict === 'failed' ? event.feedback : fix.feedback,
        voidRuns: event.verdict === 'void' ? fix.voidRuns + 1 : fix.voidRuns,
        epilogue: event.verdict === 'void' ? event.reason : fix.epilogue,
      };
    case 'reviewed':
      return {
        ...fix,
        feedback: event.feedback,
        sendBacks: fix.sendBacks + (event.opinion === 'send-back' ? 1 : 0),
        epilogue: event.opinion === 'accept' ? null : `the reviewer model did not accept the patch: ${event.feedback}`,
      };
    case 'proposed':
      return {
        ...fix,
        pullRequest: fix.pullRequest === null ? null : { ...fix.pullRequest, isDraft: false },
        epilogue: null,
      };
    case 'pull-request-closed':
      return { ...fix, epilogue: `${event.by} ${event.isMerged ? 'merged' : 'closed'} the pull request` };
    case 'stop-requested':
      return { ...fix, epilogue: event.reason };
    case 'budget-reached':
      return { ...fix, epilogue: `${sayLimit(event.limit, fix.policy.budget)} is reached` };
    case 'outage':
      return { ...fix, outages: fix.outages + 1, epilogue: event.reason };
    case 'approved':
      return { ...fix, approvedBy: event.by };
    case 'faulted':
      return { ...fix, epilogue: event.reason };
    case 'deadline-passed':
      return { ...fix, epilogue: missed[event.waitingFor] ?? fix.epilogue };
    case 'labelled':
    case 'run-finished':
    case 'still-running':
    case 'farewell-said':
      return fix;
  }
}
