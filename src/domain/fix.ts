import type { EventOf, EventType, FixEvent, GateKind, WaitReason } from './event.ts';
import type { BurstKind, Fix, FixState } from './fix-facts.ts';
import { remember } from './remember.ts';

/**
 * The story of a fix, top to bottom: the pure table `(state, event) → (state, burst)`.
 *
 *   created → planning → awaiting-approval → approved → in-progress → review → complete → archived
 *
 * and the side exits `stopped`, `abandoned`, `expired`. A burst is minutes of durable work; it ends by appending an
 * event, which this table turns into the next burst, a wait, or rest. Nobody else decides what comes next.
 */
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

const waitForApproval: Next = { state: 'awaiting-approval', wait: { for: 'approval', ms: deadlines.approval } };

/** Where the work goes on behind each gate. */
const opened: Readonly<Record<GateKind, Next>> = {
  input: { state: 'created', burst: 'open' },
  plan: { state: 'approved', burst: 'attempt' },
  patch: { state: 'review', burst: 'propose' },
};

export const story: Readonly<Record<FixState, Row>> = {
  created: {
    labelled: () => ({ state: 'created', burst: 'open' }),
    opened: () => ({ state: 'planning', burst: 'plan' }),
    refused: () => ({ state: 'stopped', burst: 'conclude' }),
    asked: () => waitForApproval,
    ...atWork,
  },

  planning: {
    planned: (_fix, event) => (event.waitsBecause === null ? { state: 'approved', burst: 'attempt' } : waitForApproval),
    ...atWork,
  },

  'awaiting-approval': {
    approved: (fix) => afterApproval(fix),
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
      fix.wait?.for === 'run' && isRunOf(fix, event.runId) ? { state: 'in-progress', burst: 'judge' } : null,
    'still-running': (_fix, event) => ({ state: 'in-progress', wait: { for: 'run', ms: event.remainingMs } }),
    judged: (fix, event) => afterVerdict(fix, event),
    ...atWork,
    'deadline-passed': (fix, event) =>
      afterOutage(fix, event) ?? overdue('run', { state: 'in-progress', burst: 'judge' })(fix, event),
  },

  review: {
    reviewed: (fix, event) => afterReview(fix, event),
    asked: () => waitForApproval,
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

const isRunOf = ({ candidate }: Fix, runId: number): boolean =>
  candidate !== null && [candidate, ...(candidate.beside ?? [])].some((run) => run.runId === runId);

/** Reads what the approval did to the gate: one of something else than what was shown leaves it closed. */
function afterApproval({ gate, approvals }: Fix): Next | null {
  const newest = approvals.at(-1);
  return gate !== null || newest === undefined ? null : opened[newest.gate];
}

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
