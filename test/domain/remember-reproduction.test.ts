import { describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import { reproductionNumber } from '../../src/domain/reproduction.ts';
import { lived, sampleFixAtWork, sampleGround, samplePullRequest, sampleTestsRun, sha } from '../support/sample-fix.ts';

describe('the test that comes first', () => {
  const testFirst = sampleFixAtWork({ attempt: 0, candidate: null, keepsReports: true, burst: 'reproduce' });
  const dispatched: FixEvent = {
    type: 'reproduction-dispatched',
    ground: sampleGround,
    run: sampleTestsRun,
    base: null,
  };

  const revise = { type: 'revision-asked', by: 'bob', what: 'rename it' } as const;

  it('a test that was not seen failing teaches the next one, and the second ends the tries', () => {
    const first = lived(testFirst, dispatched, {
      type: 'reproduction-failed',
      ground: sampleGround,
      feedback: 'it passes',
    });
    const second = lived(first, dispatched, {
      type: 'reproduction-failed',
      ground: sampleGround,
      feedback: 'it passes',
    });

    expect(first.reproduction).toMatchObject({ failures: 1, feedback: 'it passes', run: null, end: null });
    expect(second.reproduction?.end).toMatchObject({ kind: 'none', reason: expect.stringContaining('in 2 tries') });
    expect(second).toMatchObject({ attempt: 0, attemptsBefore: 0 });
  });

  it('runs of the test without a verdict are repeated, and then it goes on without', () => {
    const empty: FixEvent = { type: 'reproduction-void', reason: 'it was cancelled' };

    const once = lived(testFirst, dispatched, empty);
    const often = lived(once, dispatched, empty, dispatched, empty);

    expect(once.reproduction).toMatchObject({ failures: 0, run: null, end: null });
    expect(often.reproduction?.end).toEqual({
      kind: 'none',
      reason: 'its runs gave no verdict: it was cancelled',
    });
    expect(often.voidRuns).toBe(0);
  });

  it('runs of the test that were cancelled by a stop are not waited for after it', () => {
    const stopped = lived(testFirst, dispatched, { type: 'stop-requested', by: 'bob', reason: 'bob asked for it' });

    const again = lived(
      stopped,
      { type: 'resume-asked', by: 'bob' },
      {
        type: 'reopened',
        ground: sampleGround,
        pullRequest: samplePullRequest,
      },
    );

    expect(again).toMatchObject({ state: 'in-progress', burst: 'reproduce', reproduction: { run: null } });
  });

  const seen: FixEvent = {
    type: 'reproduced',
    reproduced: { tests: [], runUrl: '', digest: 'd', base: sha('a') },
  };
  const replan: FixEvent = { type: 'plan-asked', by: 'bob', notes: 'in the other file' };
  const planned: FixEvent = { type: 'planned', digest: 'e', waitsBecause: null };

  it.each([
    ['while it is written', testFirst],
    ['while it runs', lived(testFirst, dispatched)],
    ['once it was seen failing', lived(testFirst, dispatched, seen)],
  ])('another plan makes the test that comes first void, %s', (_when, fix) => {
    const begun = lived(fix, { type: 'reproduction-begun', number: 1 });

    const again = lived(begun, replan, planned);

    expect(again).toMatchObject({ burst: 'reproduce', reproduction: { run: null, end: null } });
    expect(reproductionNumber(again)).toBe(2);
    expect(reproductionNumber(lived(again, dispatched, replan, planned))).toBe(3);
  });

  it('an order before the first attempt makes the test void; a later one does not', () => {
    const begun = lived(testFirst, { type: 'reproduction-begun', number: 1 }, dispatched);

    expect(reproductionNumber(lived(begun, revise))).toBe(2);
    const writing = lived(begun, seen, { type: 'attempt-started', attempt: 1 });
    expect(lived(writing, revise).reproduction?.end).toMatchObject({ kind: 'reproduced' });
    expect(lived(writing, replan).reproduction?.end).toBeNull();
  });

  it('why there is no test outlives another plan once there are attempts', () => {
    const none = lived(testFirst, { type: 'unreproducible', reason: 'it needs a printer' });
    const writing = lived(none, { type: 'attempt-started', attempt: 1 });

    expect(lived(writing, replan).reproduction?.end).toEqual({ kind: 'none', reason: 'it needs a printer' });
  });
});
