import { describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { limits } from '../../src/domain/next.ts';
import { lived, sampleCandidate, sampleFixAtWork, sampleGround, samplePullRequest } from '../support/sample-fix.ts';

describe('what a fix remembers of verdicts and reviews', () => {
  it('a run without a verdict teaches the debugger nothing', () => {
    const judgedVoid = {
      type: 'judged',
      attempt: 1,
      verdict: 'void',
      results: [],
      reason: 'cancelled',
      feedback: '',
    } as const;

    const fix = lived(sampleFixAtWork({ feedback: 'the last failure' }), judgedVoid);

    expect(fix).toMatchObject({ feedback: 'the last failure', voidRuns: 1, epilogue: 'cancelled' });
  });

  it('chosen checks that pass cost no attempt, a few times', () => {
    const partly = (attempt: number): FixEvent => ({
      type: 'partly-passed',
      attempt,
      results: [],
      word: 'unit passed',
    });
    const fix = sampleFixAtWork({ feedback: 'a test fails', chosenChecks: ['unit'] });

    const once = lived(fix, partly(1));
    const often = lived(once, partly(2), partly(3), partly(4));

    expect(once).toMatchObject({ attemptsBefore: 1, feedback: 'a test fails', soFar: 'unit passed', burst: 'attempt' });
    expect(often.attemptsBefore).toBe(limits.partial);
    expect(lived(once, { type: 'patched', attempt: 2, asks: [] })).toMatchObject({ chosenChecks: null, soFar: null });
    // Whatever that attempt edited, nothing ran with it.
    const fruitless: FixEvent = { type: 'attempt-failed', attempt: 2, ground: sampleGround, feedback: 'stuck' };
    expect(lived(once, fruitless)).toMatchObject({ feedback: 'stuck', soFar: null });
  });

  it('a disputed patch that is resumed goes back to the person, not to the writer', () => {
    const sendBack: FixEvent = { type: 'reviewed', attempt: 3, opinion: 'send-back', feedback: 'leave the menu' };
    const disputed = lived(
      sampleFixAtWork({ state: 'review', burst: 'review', sendBacks: limits.sendBacks }),
      sendBack,
      {
        type: 'asked',
        gate: 'patch',
        digest: 'd',
        reasons: ['the review'],
        words: null,
      },
    );
    const expired = lived({ ...disputed, isReminded: true }, { type: 'deadline-passed', waitingFor: 'approval' });

    const reviewedAgain = lived(
      expired,
      { type: 'resume-asked', by: 'bob' },
      { type: 'reopened', ground: sampleGround, pullRequest: samplePullRequest },
      { type: 'validation-started', attempt: 3, ground: sampleGround, candidate: sampleCandidate },
      { type: 'run-finished', runId: sampleCandidate.runId },
      { type: 'judged', attempt: 3, verdict: 'passed', results: [], reason: '', feedback: '' },
      sendBack,
    );

    expect(expired.state).toBe('expired');
    expect(reviewedAgain).toMatchObject({ state: 'review', burst: 'propose' });
  });
});
