import { describe, expect, it } from 'vitest';
import { advance } from '../../src/domain/fix.ts';
import { lived, sampleCandidate, sampleFix, sampleFixAtWork, sampleGround, sha } from '../support/sample-fix.ts';

describe('what a fix remembers of its work', () => {
  it('a new validation forgets the results of the last one', () => {
    const results = [{ check: 'test', jobId: 1, conclusion: 'failure', failedSteps: [] }];
    const candidate = { ...sampleCandidate, runId: 100 };

    const fix = lived(sampleFixAtWork({ results }), {
      type: 'validation-started',
      attempt: 1,
      ground: sampleGround,
      candidate,
    });

    expect(fix).toMatchObject({ results: [], candidate: { runId: 100 } });
  });

  it('a patch starts the count of runs without a verdict anew', () => {
    const fix = lived(sampleFixAtWork({ voidRuns: 2 }), { type: 'patched', attempt: 1, asks: [] });

    expect(fix.voidRuns).toBe(0);
  });

  it('a proposal leaves no trace of earlier troubles', () => {
    const fix = lived(sampleFixAtWork({ state: 'review', epilogue: 'no model answered' }), {
      type: 'proposed',
      sha: sha('c'),
    });

    expect(fix).toMatchObject({ state: 'complete', epilogue: null, pullRequest: { isDraft: false } });
  });

  it('a new patch forgets what the last one asked about; its verdict adds to it', () => {
    const old = sampleFixAtWork({ asks: [{ path: 'old', why: 'old' }] });
    const judged = {
      type: 'judged',
      attempt: 1,
      verdict: 'passed',
      results: [],
      reason: '',
      feedback: '',
      asks: [{ path: 'the checks', why: 'lost a test' }],
    } as const;

    const fix = lived(
      old,
      { type: 'patched', attempt: 1, asks: [{ path: 'package.json', why: 'a manifest' }] },
      judged,
    );

    expect(fix.asks).toEqual([
      { path: 'package.json', why: 'a manifest' },
      { path: 'the checks', why: 'lost a test' },
    ]);
  });

  it('an event that means nothing leaves nothing behind', () => {
    const advanced = advance(sampleFix({ state: 'archived' }), { type: 'faulted', reason: 'too late' }, 2_000);

    expect(advanced).toBeNull();
  });
});
