import { describe, expect, it } from 'vitest';
import { advance } from '../../src/domain/fix.ts';
import { lived, sampleFixAtWork, sampleGround, samplePullRequest, sha } from '../support/sample-fix.ts';

describe('what people want otherwise of a fix', () => {
  const planWaits = { type: 'planned', digest: 'd', waitsBecause: 'asked for' } as const;
  const revise = { type: 'revision-asked', by: 'bob', what: 'rename it' } as const;

  it('a plan that was rejected is written anew, whatever was ordered of the patch before', () => {
    const planned = lived(sampleFixAtWork(), revise, { type: 'plan-asked', by: 'bob', notes: null }, planWaits);

    const rejected = advance(planned, { type: 'rejected', by: 'bob', why: 'too wide' }, 2_000);
    const revised = advance(planned, revise, 2_000);

    expect(planned).toMatchObject({ state: 'awaiting-approval', gate: { kind: 'plan' } });
    expect([rejected?.next.burst, revised?.next.burst]).toEqual(['plan', 'plan']);
  });

  it('a rebase walks past no plan that nobody approved', () => {
    const planned = lived(sampleFixAtWork(), { type: 'plan-asked', by: 'bob', notes: null }, planWaits);

    expect(advance(planned, { type: 'rebase-asked', by: 'bob' }, 2_000)).toBeNull();
  });

  const complete = sampleFixAtWork({ state: 'complete', burst: 'propose', attempt: 4, published: sha('c') });

  it('attempts after a rebase of the finished patch are counted anew', () => {
    const fix = lived(complete, { type: 'rebase-asked', by: 'bob' });

    expect(fix).toMatchObject({ state: 'in-progress', attempt: 4, attemptsBefore: 4 });
  });

  it('a finished fix that is stopped and resumed is finished again, however it came to be', () => {
    const stop = { type: 'stop-requested', by: 'bob', reason: '' } as const;
    const reopened = { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest } as const;

    const fix = lived({ ...complete, burst: 'attempt' }, stop, { type: 'resume-asked', by: 'bob' }, reopened);

    expect(fix).toMatchObject({ state: 'complete', wait: { for: 'merge' } });
  });

  it('a pull request that is about to be opened again is no news when it is closed', () => {
    const stopped = sampleFixAtWork({ state: 'stopped', burst: 'conclude', halted: 'attempt' });
    const resumed = lived(stopped, { type: 'resume-asked', by: 'bob' });

    expect(advance(resumed, { type: 'pull-request-closed', isMerged: false, by: 'bob' }, 2_000)).toBeNull();
    expect(lived(resumed, { type: 'pull-request-closed', isMerged: true, by: 'bob' }).state).toBe('archived');
  });

  it('an order that comes while orders are gathered is gathered with them', () => {
    const gathering = lived(complete, revise, { type: 'revision-asked', by: 'bob', what: 'and test it' });

    expect(gathering).toMatchObject({ state: 'in-progress', burst: 'revise', revision: null });
    expect(gathering.orders).toHaveLength(2);
  });
});
