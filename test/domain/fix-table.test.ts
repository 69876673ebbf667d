import { describe, expect, it } from 'vitest';
import type { EventType } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import { fixStates } from '../../src/domain/fix-facts.ts';
import type { Next } from '../../src/domain/next.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';
import { type Case, type CaseName, cases, overdue, short } from './story/cases.ts';
import type { Expected } from './story/rows.ts';
import { day, nowMs, type Situation, situations } from './story/situations.ts';
import { table } from './story/table.ts';

const say = ({ state, burst, wait, keepsWait }: Next): Expected =>
  `${state}${burst === undefined ? '' : ` + ${burst}`}${wait === undefined ? '' : `, waits ${wait.for} ${wait.ms}`}${keepsWait === true ? ', keeps waiting' : ''}`;

const names = Object.keys(cases) as CaseName[];

describe('the story of a fix', () => {
  it('has a situation for every state and a case for every event', () => {
    const everyEvent: Record<EventType, true> = {
      labelled: true,
      rejected: true,
      'plan-asked': true,
      'revision-asked': true,
      'rebase-asked': true,
      'retry-asked': true,
      'resume-asked': true,
      'budget-changed': true,
      'review-submitted': true,
      'words-changed': true,
      'revision-begun': true,
      'left-alone': true,
      moved: true,
      reopened: true,
      reminded: true,
      'checks-failed': true,
      'checks-changed': true,
      'checks-pending': true,
      'checks-repeated': true,
      'checks-diagnosed': true,
      'checks-recovered': true,
      'recipe-dispatched': true,
      'recipe-fruitless': true,
      'opened-for-words': true,
      told: true,
      delivered: true,
      refused: true,
      opened: true,
      planned: true,
      approved: true,
      asked: true,
      'reproduction-begun': true,
      'reproduction-dispatched': true,
      reproduced: true,
      'reproduction-failed': true,
      'reproduction-void': true,
      unreproducible: true,
      'partly-passed': true,
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
      'money-short': true,
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

  it('keeps why it waits with everything after which it waits on', () => {
    const waiting = sampleFixAtWork({
      ...situations['in-progress, money'],
      shortage: { ...short.shortage, sinceMs: 7 },
      outages: 3,
    });

    const kept = names
      .map((name) => advance({ ...waiting, ...(cases[name] as Case).facts, outages: 3 }, cases[name].event, nowMs))
      .filter((advanced) => advanced?.next.keepsWait === true);

    expect(kept.length).toBeGreaterThan(1);
    for (const advanced of kept)
      expect(advanced?.fix).toMatchObject({ wait: waiting.wait, shortage: waiting.shortage, outages: 3 });
  });

  it('lets nobody who is away ask for more than an hour', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, { type: 'outage', of: 'github', reason: 'busy', retryInMs: 1e13 }, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'outage', untilMs: nowMs + 60 * 60_000 });
  });

  it('turns the length of a wait into a moment', () => {
    const fix = sampleFixAtWork({ state: 'planning' });

    const advanced = advance(fix, cases['planned, gate closed'].event, nowMs);

    expect(advanced?.fix.wait).toEqual({ for: 'approval', untilMs: nowMs + defaultPolicy.patience.reminderDays * day });
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
