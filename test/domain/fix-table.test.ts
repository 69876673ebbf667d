import { describe, expect, it } from 'vitest';
import type { EventType, FixEvent, GateKind, WaitReason } from '../../src/domain/event.ts';
import { advance, deadlines, limits, type Next } from '../../src/domain/fix.ts';
import { type Fix, fixStates } from '../../src/domain/fix-facts.ts';
import {
  sampleCandidate,
  sampleFixAtWork,
  sampleGround,
  samplePullRequest,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

const nowMs = 50_000;
const waits = (reason: WaitReason): Partial<Fix> => ({ wait: { for: reason, untilMs: nowMs } });

const gate = (kind: GateKind): Partial<Fix> => ({ gate: { kind, digest: 'digest', reasons: [], words: null } });

/** Everywhere a fix can stand: its state, and what it waits for there. */
const situations = {
  created: { state: 'created' },
  'created, outage': { state: 'created', burst: 'open', ...waits('outage') },
  planning: { state: 'planning' },
  'planning, outage': { state: 'planning', burst: 'plan', ...waits('outage') },
  'awaiting-approval': { state: 'awaiting-approval', ...waits('approval'), ...gate('plan') },
  'awaiting-approval of the words': { state: 'awaiting-approval', ...waits('approval'), ...gate('input') },
  'awaiting-approval of the patch': { state: 'awaiting-approval', ...waits('approval'), ...gate('patch') },
  approved: { state: 'approved' },
  'approved, outage': { state: 'approved', burst: 'attempt', ...waits('outage') },
  'in-progress': { state: 'in-progress' },
  'in-progress, run': { state: 'in-progress', ...waits('run') },
  'in-progress, outage': { state: 'in-progress', burst: 'attempt', ...waits('outage') },
  review: { state: 'review' },
  'review, outage': { state: 'review', burst: 'review', ...waits('outage') },
  complete: { state: 'complete', ...waits('merge') },
  archived: { state: 'archived' },
  stopped: { state: 'stopped' },
  abandoned: { state: 'abandoned' },
  'abandoned, outage': { state: 'abandoned', burst: 'conclude', ...waits('outage') },
  expired: { state: 'expired' },
} satisfies Record<string, Partial<Fix>>;
type Situation = keyof typeof situations;

interface Case {
  readonly event: FixEvent;
  /** Counters that the case is about. */
  readonly facts?: Partial<Fix>;
}

const judged = (verdict: 'passed' | 'failed' | 'void'): FixEvent => ({
  type: 'judged',
  attempt: 1,
  verdict,
  results: [],
  reason: '',
  feedback: '',
});
const reviewed = (opinion: 'accept' | 'send-back' | 'veto'): FixEvent => ({
  type: 'reviewed',
  attempt: 1,
  opinion,
  feedback: '',
});
const outage: FixEvent = { type: 'outage', of: 'models', reason: 'no model answers', retryInMs: 5_000 };
const overdue = (waitingFor: WaitReason): FixEvent => ({ type: 'deadline-passed', waitingFor });

/** Every event there is, in every variant that the story tells apart. */
const cases = {
  labelled: { event: { type: 'labelled', issue: sampleFixAtWork().issue, by: 'alice' } },
  refused: { event: { type: 'refused', reason: 'no sandbox', message: 'add one' } },
  opened: { event: { type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest } },
  planned: { event: { type: 'planned', digest: 'digest', waitsBecause: null } },
  'planned, gate closed': { event: { type: 'planned', digest: 'digest', waitsBecause: 'the ticket is large' } },
  approved: { event: { type: 'approved', by: 'bob', digest: 'digest' } },
  'approved, another plan': { event: { type: 'approved', by: 'bob', digest: 'another' } },
  'attempt-started': { event: { type: 'attempt-started', attempt: 2 } },
  asked: { event: { type: 'asked', gate: 'patch', digest: 'digest', reasons: ['a manifest'], words: null } },
  patched: { event: { type: 'patched', attempt: 1, asks: [] } },
  'attempt-failed': { event: { type: 'attempt-failed', attempt: 1, ground: sampleGround, feedback: 'moved on' } },
  'validation-started': {
    event: { type: 'validation-started', attempt: 1, ground: sampleGround, candidate: sampleCandidate },
  },
  'run-finished': { event: { type: 'run-finished', runId: sampleCandidate.runId } },
  'run-finished, another': { event: { type: 'run-finished', runId: 1 } },
  'still-running': { event: { type: 'still-running', remainingMs: 5_000 } },
  'judged, passed': { event: judged('passed') },
  'judged, failed': { event: judged('failed') },
  'judged, void': { event: judged('void') },
  'judged, void too often': { event: judged('void'), facts: { voidRuns: limits.voidRuns - 1 } },
  'reviewed, accept': { event: reviewed('accept') },
  'reviewed, send-back': { event: reviewed('send-back'), facts: { sendBacks: limits.sendBacks - 1 } },
  'reviewed, send-back too often': { event: reviewed('send-back'), facts: { sendBacks: limits.sendBacks } },
  'reviewed, veto': { event: reviewed('veto') },
  proposed: { event: { type: 'proposed', sha: sha('c') } },
  merged: { event: { type: 'pull-request-closed', isMerged: true, by: 'bob' } },
  closed: { event: { type: 'pull-request-closed', isMerged: false, by: 'bob' } },
  'stop-requested': { event: { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' } },
  'budget-reached': { event: { type: 'budget-reached', limit: 'usd' } },
  outage: { event: outage },
  'outage too often': { event: outage, facts: { outages: limits.outages - 1 } },
  faulted: { event: { type: 'faulted', reason: 'GitHub said no' } },
  'overdue, approval': { event: overdue('approval') },
  'overdue, run': { event: overdue('run') },
  'overdue, outage': { event: overdue('outage') },
  'overdue, merge': { event: overdue('merge') },
  'farewell-said': { event: { type: 'farewell-said' } },
} satisfies Record<string, Case>;
type CaseName = keyof typeof cases;

/** `state`, `state + burst` or `state, waits <reason> <ms>`. */
type Expected = string;

const ends: Partial<Record<CaseName, Expected>> = {
  merged: 'archived + conclude',
  closed: 'stopped + conclude',
  'stop-requested': 'stopped + conclude',
  'budget-reached': 'abandoned + conclude',
  faulted: 'abandoned + conclude',
};
const created: Partial<Record<CaseName, Expected>> = {
  labelled: 'created + open',
  refused: 'stopped + conclude',
  asked: `awaiting-approval, waits approval ${deadlines.approval}`,
  opened: 'planning + plan',
  outage: 'created, waits outage 5000',
  'outage too often': 'abandoned + conclude',
  ...ends,
};
const planning: Partial<Record<CaseName, Expected>> = {
  planned: 'approved + attempt',
  'planned, gate closed': `awaiting-approval, waits approval ${deadlines.approval}`,
  outage: 'planning, waits outage 5000',
  'outage too often': 'abandoned + conclude',
  ...ends,
};
const approved: Partial<Record<CaseName, Expected>> = {
  'attempt-started': 'in-progress',
  outage: 'approved, waits outage 5000',
  'outage too often': 'abandoned + conclude',
  ...ends,
};
const inProgress: Partial<Record<CaseName, Expected>> = {
  'attempt-started': 'in-progress',
  patched: 'in-progress + validate',
  'attempt-failed': 'in-progress + attempt',
  'validation-started': `in-progress, waits run ${deadlines.run}`,
  'still-running': 'in-progress, waits run 5000',
  'judged, passed': 'review + review',
  'judged, failed': 'in-progress + attempt',
  'judged, void': 'in-progress + validate',
  'judged, void too often': 'abandoned + conclude',
  outage: 'in-progress, waits outage 5000',
  'outage too often': 'abandoned + conclude',
  ...ends,
};
const review: Partial<Record<CaseName, Expected>> = {
  'reviewed, accept': 'review + propose',
  asked: `awaiting-approval, waits approval ${deadlines.approval}`,
  'reviewed, send-back': 'in-progress + attempt',
  'reviewed, send-back too often': 'abandoned + conclude',
  'reviewed, veto': 'abandoned + conclude',
  proposed: `complete, waits merge ${deadlines.merge}`,
  outage: 'review, waits outage 5000',
  'outage too often': 'abandoned + conclude',
  ...ends,
};

/** The farewell may meet an outage too; after too many it is left unsaid. */
const rest = (state: string): Partial<Record<CaseName, Expected>> => ({
  'farewell-said': state,
  outage: `${state}, waits outage 5000`,
});

/** What stands nowhere here means nothing there, and changes nothing. */
const table: Readonly<Record<Situation, Partial<Record<CaseName, Expected>>>> = {
  created,
  'created, outage': { ...created, 'overdue, outage': 'created + open' },
  planning,
  'planning, outage': { ...planning, 'overdue, outage': 'planning + plan' },
  'awaiting-approval': { approved: 'approved + attempt', 'overdue, approval': 'expired + conclude', ...ends },
  'awaiting-approval of the words': {
    approved: 'created + open',
    'overdue, approval': 'expired + conclude',
    ...ends,
  },
  'awaiting-approval of the patch': {
    approved: 'review + propose',
    'overdue, approval': 'expired + conclude',
    ...ends,
  },
  approved,
  'approved, outage': { ...approved, 'overdue, outage': 'approved + attempt' },
  'in-progress': inProgress,
  'in-progress, run': {
    ...inProgress,
    'run-finished': 'in-progress + judge',
    'overdue, run': 'in-progress + judge',
  },
  'in-progress, outage': { ...inProgress, 'overdue, outage': 'in-progress + attempt' },
  review,
  'review, outage': { ...review, 'overdue, outage': 'review + review' },
  complete: {
    merged: 'archived + conclude',
    closed: 'archived + conclude',
    'overdue, merge': 'archived + conclude',
  },
  archived: rest('archived'),
  stopped: rest('stopped'),
  abandoned: rest('abandoned'),
  'abandoned, outage': { ...rest('abandoned'), 'overdue, outage': 'abandoned + conclude' },
  expired: rest('expired'),
};

const say = ({ state, burst, wait }: Next): Expected =>
  `${state}${burst === undefined ? '' : ` + ${burst}`}${wait === undefined ? '' : `, waits ${wait.for} ${wait.ms}`}`;

const names = Object.keys(cases) as CaseName[];

describe('the story of a fix', () => {
  it('has a situation for every state and a case for every event', () => {
    const everyEvent: Record<EventType, true> = {
      labelled: true,
      refused: true,
      opened: true,
      planned: true,
      approved: true,
      asked: true,
      'attempt-started': true,
      patched: true,
      'attempt-failed': true,
      'validation-started': true,
      'run-finished': true,
      judged: true,
      'still-running': true,
      reviewed: true,
      proposed: true,
      'pull-request-closed': true,
      'stop-requested': true,
      'budget-reached': true,
      outage: true,
      faulted: true,
      'deadline-passed': true,
      'farewell-said': true,
    };

    const states = Object.values(situations).map((situation) => situation.state);
    const events = names.map((name) => cases[name].event.type);

    expect(new Set(states)).toEqual(new Set(fixStates));
    expect(new Set(events)).toEqual(new Set(Object.keys(everyEvent)));
  });

  it.each(Object.keys(table) as Situation[])(
    'goes on from "%s" as the table says, and on nothing else',
    (situation) => {
      const advancedBy = names.map((name) => {
        const { event, facts = {} }: Case = cases[name];
        const fix = sampleFixAtWork({ ...situations[situation], ...facts });
        const advanced = advance(fix, event, nowMs);
        return [name, advanced === null ? 'nothing' : say(advanced.next)];
      });

      const expected = names.map((name) => [name, table[situation][name] ?? 'nothing']);
      expect(Object.fromEntries(advancedBy)).toEqual(Object.fromEntries(expected));
    },
  );

  it('lets nobody who is away ask for more than an hour', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, { type: 'outage', of: 'github', reason: 'busy', retryInMs: 1e13 }, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'outage', untilMs: nowMs + 60 * 60_000 });
  });

  it('turns the length of a wait into a moment', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, cases['planned, gate closed'].event, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'approval', untilMs: nowMs + 14 * 24 * 60 * 60_000 });
  });

  it('does not let a deadline that was read before an approval take the attempt away', () => {
    const waiting = sampleFixAtWork(situations['awaiting-approval']);
    const approved = advance(waiting, cases.approved.event, nowMs)?.fix;
    const writing = approved && advance(approved, cases['attempt-started'].event, nowMs)?.fix;

    const late = writing && advance(writing, overdue('approval'), nowMs + 1);

    expect(writing?.state).toBe('in-progress');
    expect(late).toBeNull();
  });
});
