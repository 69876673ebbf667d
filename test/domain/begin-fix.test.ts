import { describe, expect, it } from 'vitest';
import { reviveFix } from '../../src/domain/begin-fix.ts';
import { advance } from '../../src/domain/fix.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import {
  lived,
  sampleCandidate,
  sampleFailing,
  sampleFix,
  sampleFixAtWork,
  sampleGround,
  samplePullRequest,
  sampleTicket,
  sha,
} from '../support/sample-fix.ts';

describe('a fix that an older version wrote', () => {
  const complete = sampleFixAtWork({ state: 'complete', burst: 'propose', attempt: 4, published: sha('c') });

  it('what an older version finished is known to be on the branch', () => {
    const { published: _published, ...stored } = complete;

    expect(reviveFix(stored as Fix)).toMatchObject({
      published: sampleCandidate.sha,
      ground: { tip: sampleCandidate.sha },
    });
  });

  it('a fix that an older version wrote waits at the gate of its plan', () => {
    const { gate: _gate, approvals: _approvals, ...stored } = sampleFixAtWork({ state: 'awaiting-approval' });

    const fix = lived(reviveFix(stored as Fix), { type: 'approved', by: 'bob', digest: 'digest' });

    expect(fix.state).toBe('approved');
  });

  it('a fix that an older version wrote knows no fixers', () => {
    const failing = sampleFix({ origin: { kind: 'checks', failing: sampleFailing } });
    const { recipe: _recipe, policy, ...stored } = failing;
    const { fixers: _fixers, ...older } = policy;

    const revived = reviveFix({ ...stored, policy: older } as unknown as Fix);
    const opened = lived(revived, {
      ...{ type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
    });

    expect(revived).toMatchObject({ recipe: null, policy: { fixers: { when: 'auto' } } });
    expect(opened).toMatchObject({ state: 'planning', burst: 'plan' });
  });

  it('a fix that an older version wrote goes on to its patch, without a test that comes first', () => {
    const plain = sampleFixAtWork({ state: 'planning', attempt: 0, candidate: null });
    const { keepsReports: _reports, reproduction: _none, chosenChecks: _checks, soFar: _soFar, ...stored } = plain;

    const advanced = advance(reviveFix(stored as Fix), { type: 'planned', digest: 'd', waitsBecause: null }, 2_000);

    expect(advanced?.next).toMatchObject({ state: 'approved', burst: 'attempt' });
  });
});
