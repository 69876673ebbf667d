import { describe, expect, it } from 'vitest';
import { awaitedRun, runsOf } from '../../src/domain/awaited-runs.ts';
import type { FixEvent } from '../../src/domain/event.ts';
import {
  lived,
  sampleCandidate,
  sampleFix,
  sampleGround,
  sampleIssue,
  samplePullRequest,
  sampleRecipeRun,
  sampleTicket,
} from '../support/sample-fix.ts';

describe('what a fix remembers of fixers', () => {
  const diagnosed: FixEvent = {
    type: 'checks-diagnosed',
    issue: sampleIssue,
    recipe: { fixers: ['format'], isFirst: true },
  };
  const opened: FixEvent = {
    ...{ type: 'opened', ticket: sampleTicket, ground: sampleGround, pullRequest: samplePullRequest },
  };
  const dispatched: FixEvent = { type: 'recipe-dispatched', ground: sampleGround, run: sampleRecipeRun };
  const patched: FixEvent = { type: 'patched', attempt: 0, asks: [{ path: 'package.json', why: 'w' }] };
  const started: FixEvent = {
    ...{ type: 'validation-started', attempt: 0, ground: sampleGround, candidate: sampleCandidate },
  };
  const judgedOf = (verdict: 'passed' | 'failed'): FixEvent => ({
    ...{ type: 'judged', attempt: 0, verdict, results: [], reason: '', feedback: 'a test fails' },
  });
  const mended = lived(sampleFix({ state: 'created' }), diagnosed, opened, dispatched, patched, started);

  it('a patch that passes is offered to people, as no attempt of the budget', () => {
    const fix = lived(mended, judgedOf('passed'));

    expect(fix).toMatchObject({
      state: 'review',
      burst: 'propose',
      attempt: 0,
      recipe: { end: { kind: 'patched' } },
    });
  });

  it('a patch that fails is forgotten, so that models begin without it and without its log', () => {
    const fix = lived(mended, judgedOf('failed'));

    expect(fix).toMatchObject({
      ...{ state: 'created', burst: 'open', feedback: null, candidate: null, asks: [], attempt: 0 },
      recipe: { end: { kind: 'none', reason: 'the checks fail with what they changed' } },
    });
    expect(lived(fix, opened)).toMatchObject({ state: 'planning', burst: 'plan' });
  });

  it('their run is waited for by its number, whatever else ran before', () => {
    const waiting = lived(sampleFix({ state: 'created', candidate: sampleCandidate }), diagnosed, opened, dispatched);

    expect(awaitedRun(waiting)).toMatchObject({ runId: sampleRecipeRun.runId });
    expect(runsOf(waiting).map(({ runId }) => runId)).toContain(sampleRecipeRun.runId);
    expect(lived(waiting, { type: 'run-finished', runId: sampleRecipeRun.runId })).toMatchObject({ burst: 'harvest' });
  });

  it.each<[string, FixEvent]>([
    ['rejects', { type: 'rejected', by: 'bob', why: 'this is no bug of the formatter' }],
    ['wants to have changed', { type: 'revision-asked', by: 'bob', what: 'this is no bug of the formatter' }],
    ['wants a plan instead of', { type: 'plan-asked', by: 'bob', notes: 'this is no bug of the formatter' }],
  ])('a patch that a person %s is planned from the start, with their words', (_what, order) => {
    const question: FixEvent = { type: 'asked', gate: 'patch', digest: 'd', reasons: ['r'], words: null };
    const waiting = lived(mended, judgedOf('passed'), question);

    const fix = lived(waiting, order);

    expect(fix).toMatchObject({
      ...{ state: 'created', burst: 'open', gate: null, candidate: null, asks: [], revision: null },
      planNotes: [expect.stringContaining('this is no bug of the formatter')],
      recipe: { end: { kind: 'none', reason: 'a person wants another patch' } },
    });
    expect(lived(fix, opened)).toMatchObject({ state: 'planning', burst: 'plan' });
  });

  it('a patch that people have is changed by the coder, on top of it', () => {
    const complete = lived(mended, judgedOf('passed'), { type: 'proposed', sha: sampleCandidate.sha });

    const fix = lived(complete, { type: 'revision-asked', by: 'bob', what: 'rename it' });

    expect(fix).toMatchObject({ burst: 'revise', recipe: { end: { kind: 'patched' } } });
  });

  it('only those that were sent to work have to report', () => {
    const fix = lived(sampleFix({ state: 'created' }), diagnosed, opened, { ...dispatched, fixers: [] } as FixEvent);

    expect(fix.recipe?.fixers).toEqual([]);
  });

  it('an outage of the models calls them in once, before anything is planned', () => {
    const late: FixEvent = { ...diagnosed, recipe: { fixers: ['format'], isFirst: false } } as FixEvent;
    const away: FixEvent = { type: 'outage', of: 'models', reason: 'r', retryInMs: 60_000 };

    const planning = lived(sampleFix({ state: 'created' }), late, opened);
    const calledIn = lived(planning, away, opened);
    const waiting = lived(calledIn, dispatched, { type: 'recipe-fruitless', reason: 'r' }, opened, away);

    expect(planning).toMatchObject({ state: 'planning', burst: 'plan' });
    expect(calledIn).toMatchObject({ state: 'created', burst: 'mend' });
    expect(waiting).toMatchObject({ state: 'planning', wait: { for: 'outage', untilMs: 62_000 } });
  });
});
