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
  readonly policy: Policy;
  readonly createdAtMs: number;
  /** When the newest event that meant something came. */
  readonly changedAtMs: number;
  /** Time spent at work so far, waits for people and for models left out. The budget's minutes count this. */
  readonly workedMs: number;
  readonly state: FixState;
  readonly wait: Wait | null;
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
  /** Times in a row that no model answered. */
  readonly modelOutages: number;
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

/** How long each wait may last. GitHub ends a job after 6 hours; a run that says nothing for one is taken for lost. */
export const deadlines = { approval: 14 * day, run: 60 * minute, merge: 30 * day } as const;
export const limits = { voidRuns: 3, sendBacks: 2, modelOutages: 12 } as const;

/** Ends that can come in any state in which work goes on. */
const anytime: Row = {
  'stop-requested': () => ({ state: 'stopped', burst: 'conclude' }),
  'budget-reached': () => ({ state: 'abandoned', burst: 'conclude' }),
  faulted: () => ({ state: 'abandoned', burst: 'conclude' }),
  'pull-request-closed': () => ({ state: 'stopped', burst: 'conclude' }),
};

/** A deadline means something only to the wait that it ends: one that was read before the fix went on is stale. */
const overdue =
  (wait: WaitReason, next: Next) =>
  (fix: Fix, event: EventOf<'deadline-passed'>): Next | null =>
    fix.wait?.for === wait && event.waitingFor === wait ? next : null;

/** No model answers: wait in place, then run the same burst again. After half a day it is given up. */
const outage = (state: FixState, again: BurstKind): Row => ({
  'models-unavailable': (fix, event) =>
    fix.modelOutages < limits.modelOutages
      ? { state, wait: { for: 'models', ms: event.retryInMs } }
      : { state: 'abandoned', burst: 'conclude' },
  'deadline-passed': overdue('models', { state, burst: again }),
});

export const story: Readonly<Record<FixState, Row>> = {
  created: {
    labelled: () => ({ state: 'created', burst: 'open' }),
    opened: () => ({ state: 'planning', burst: 'plan' }),
    refused: () => ({ state: 'stopped', burst: 'conclude' }),
    ...outage('created', 'open'),
    ...anytime,
  },

  planning: {
    planned: (_fix, event) =>
      event.waitsBecause === null
        ? { state: 'approved', burst: 'attempt' }
        : { state: 'awaiting-approval', wait: { for: 'approval', ms: deadlines.approval } },
    ...outage('planning', 'plan'),
    ...anytime,
  },

  'awaiting-approval': {
    approved: (fix, event) => (event.digest === fix.planDigest ? { state: 'approved', burst: 'attempt' } : null),
    'deadline-passed': overdue('approval', { state: 'expired', burst: 'conclude' }),
    ...anytime,
  },

  approved: {
    'attempt-started': () => ({ state: 'in-progress' }),
    ...anytime,
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
    ...outage('in-progress', 'attempt'),
    'deadline-passed': (fix, event) =>
      overdue('models', { state: 'in-progress', burst: 'attempt' })(fix, event) ??
      overdue('run', { state: 'in-progress', burst: 'judge' })(fix, event),
    ...anytime,
  },

  review: {
    reviewed: (fix, event) => afterReview(fix, event),
    proposed: () => ({ state: 'complete', wait: { for: 'merge', ms: deadlines.merge } }),
    ...outage('review', 'review'),
    ...anytime,
  },

  complete: {
    'pull-request-closed': () => ({ state: 'archived', burst: 'conclude' }),
    'deadline-passed': overdue('merge', { state: 'archived', burst: 'conclude' }),
  },

  archived: { 'farewell-said': () => ({ state: 'archived' }) },
  stopped: { 'farewell-said': () => ({ state: 'stopped' }) },
  abandoned: { 'farewell-said': () => ({ state: 'abandoned' }) },
  expired: { 'farewell-said': () => ({ state: 'expired' }) },
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
  start: Pick<Fix, 'id' | 'repository' | 'issue' | 'requester' | 'policy' | 'createdAtMs'>,
): Fix {
  return {
    ...start,
    changedAtMs: start.createdAtMs,
    workedMs: 0,
    state: 'created',
    wait: null,
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
    modelOutages: 0,
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
  return { fix: { ...remembered, state: next.state, wait, workedMs: workedMs(fix, nowMs), changedAtMs: nowMs }, next };
}

/** Work up to a moment: bursts and validation runs count, waits for a person, a model or a merge don't. */
export function workedMs(fix: Fix, nowMs: number): number {
  const isAtWork = fix.wait === null || fix.wait.for === 'run';
  return fix.workedMs + (isAtWork ? Math.max(0, nowMs - fix.changedAtMs) : 0);
}

/** The facts an event adds, whatever comes next. */
function remember(fix: Fix, event: FixEvent): Fix {
  switch (event.type) {
    case 'refused':
      return { ...fix, epilogue: event.reason, advice: event.message };
    case 'opened':
      return { ...fix, ticket: event.ticket, ground: event.ground, pullRequest: event.pullRequest, modelOutages: 0 };
    case 'planned':
      return { ...fix, planDigest: event.digest, modelOutages: 0 };
    case 'attempt-started':
      return { ...fix, attempt: Math.max(fix.attempt, event.attempt) };
    case 'attempt-failed':
      return { ...fix, ground: event.ground, feedback: event.feedback, modelOutages: 0 };
    case 'patched':
      return { ...fix, voidRuns: 0, modelOutages: 0 };
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
        modelOutages: 0,
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
    case 'models-unavailable':
      return { ...fix, modelOutages: fix.modelOutages + 1, epilogue: event.reason };
    case 'faulted':
      return { ...fix, epilogue: event.reason };
    case 'deadline-passed':
      return { ...fix, epilogue: `nothing happened while waiting for ${event.waitingFor}` };
    case 'labelled':
    case 'approved':
    case 'run-finished':
    case 'still-running':
    case 'farewell-said':
      return fix;
  }
}
