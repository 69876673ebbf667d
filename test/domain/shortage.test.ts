import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviveFix } from '../../src/domain/begin-fix.ts';
import type { EventOf, FixEvent } from '../../src/domain/event.ts';
import { advance } from '../../src/domain/fix.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';

import { deadlines, moneyPatienceMs } from '../../src/domain/next.ts';
import {
  leftIn,
  lowerLimits,
  noPurseLimits,
  type PurseLimits,
  purseKinds,
  type Shortage,
} from '../../src/domain/purse.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const hour = 60 * 60_000;
const shortage: Shortage = {
  purse: 'organization-month',
  limit: 'usd',
  amount: 300,
  spent: 299.9,
  held: 0,
  waitsFor: 'period',
  endsAtMs: 20 * 24 * hour,
};
const short = (atMs: number, retryInMs = 20 * 24 * hour): EventOf<'money-short'> => ({
  type: 'money-short',
  shortage,
  atMs,
  retryInMs,
});
const then = (fix: Fix, event: FixEvent, nowMs = 0): Fix =>
  advance(fix, event, nowMs)?.fix ?? expect.fail(`${event.type} means nothing in ${fix.state}`);
const writing = sampleFixAtWork({ burst: 'attempt' });

describe('a fix without money for its next call', () => {
  it('waits, looks again within the hour, and runs the burst that met it', () => {
    const waiting = then(writing, short(0));

    const again = advance(waiting, { type: 'deadline-passed', waitingFor: 'money' }, hour);

    expect(waiting.wait).toEqual({ for: 'money', untilMs: deadlines.money });
    expect(waiting.state).toBe('in-progress');
    expect(again?.next).toEqual({ state: 'in-progress', burst: 'attempt' });
  });

  it('remembers since when, however often it looks and whatever somebody does to its own budget', () => {
    const first = then(writing, short(1_000));
    const looked = then(first, { type: 'deadline-passed', waitingFor: 'money' });
    const begun = then(looked, { type: 'attempt-started', attempt: 2 });
    const raised = then(begun, { type: 'budget-changed', by: 'bob', budget: { usd: 10 } });

    const second = then(raised, short(5_000));

    expect(second.shortage?.sinceMs).toBe(1_000);
    expect(second.epilogue).toContain('the limit of a month');
  });

  it.each<FixEvent>([
    { type: 'review-submitted', review: 7, by: 'bob' },
    { type: 'budget-changed', by: 'bob', budget: { usd: 10 } },
  ])('waits on for the same reason after $type', (meanwhile) => {
    const waiting = { ...then(writing, short(1_000)), outages: 3 };

    const after = then(waiting, meanwhile);

    expect(after).toMatchObject({ wait: waiting.wait, shortage: waiting.shortage, outages: 3 });
  });

  it('forgets it once a call was paid for', () => {
    const working = then(then(writing, short(0)), { type: 'patched', attempt: 1, asks: [] });

    expect(working.shortage).toBeNull();
  });

  it('can be stopped, and looks at once when somebody retries', () => {
    const waiting = then(writing, short(0));

    expect(then(waiting, { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' }).state).toBe('stopped');
    expect(advance(waiting, { type: 'retry-asked', by: 'bob' }, 0)?.next).toMatchObject({ burst: 'attempt' });
  });

  it('is closed after more than a month of it, and can be resumed', () => {
    const waiting = then(writing, short(0));

    const expired = then(waiting, short(moneyPatienceMs + 1));
    const resumed = then(expired, { type: 'resume-asked', by: 'bob' });

    expect(expired.state).toBe('expired');
    expect(expired.burst).toBe('conclude');
    expect(resumed.shortage).toBeNull();
  });

  it('of an earlier version has none', () => {
    const { shortage: _, ...older } = writing;
    const { purses: __, ...policy } = older.policy;

    const revived = reviveFix({ ...older, policy } as Fix);

    expect(revived.shortage).toBeNull();
    expect(revived.policy.purses).toEqual(noPurseLimits);
  });
});

describe('limits of purses', () => {
  const amount = fc.option(fc.nat(1_000));
  const limits: fc.Arbitrary<PurseLimits> = fc.record({
    'repository-day': fc.record({ usd: amount, tokens: amount }),
    'organization-month': fc.record({ usd: amount, tokens: amount }),
    'host-month': fc.record({ usd: amount, tokens: amount }),
  });

  it('are together never higher than one of them, whichever comes first', () => {
    fc.assert(
      fc.property(limits, limits, (one, other) => {
        const both = lowerLimits(one, other);

        expect(both).toEqual(lowerLimits(other, one));
        for (const kind of purseKinds)
          expect(both[kind].usd ?? 1e9).toBe(Math.min(one[kind].usd ?? 1e9, other[kind].usd ?? 1e9));
      }),
    );
  });

  it('leave everything where there is none, and what others hold only for now', () => {
    const standing = { usd: 3, tokens: 30, heldUsd: 2, heldTokens: 20, endsInMs: 1 };

    expect(leftIn({ usd: 10, tokens: null }, standing)).toEqual({
      now: { usd: 5, tokens: Number.POSITIVE_INFINITY },
      atBest: { usd: 7, tokens: Number.POSITIVE_INFINITY },
    });
  });
});
