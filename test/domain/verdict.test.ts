import { describe, expect, it } from 'vitest';
import { type Dispatch, judge, type ObservedJob, type ObservedRun } from '../../src/domain/verdict.ts';
import { sha } from '../support/sample-fix.ts';

const candidate = sha('c');
const tip = sha('b');

const dispatch: Dispatch = {
  runId: 99,
  candidate,
  tip,
  nonce: 'n0nce',
  workflowPath: '.github/workflows/ai-fix-sandbox.yml',
  checks: ['test', 'lint'],
};

const run = (facts: Partial<ObservedRun> = {}): ObservedRun => ({
  id: 99,
  status: 'completed',
  conclusion: 'success',
  headSha: tip,
  workflowPath: '.github/workflows/ai-fix-sandbox.yml',
  event: 'workflow_dispatch',
  attempt: 1,
  title: `ai-fix n0nce ${candidate}`,
  ...facts,
});

const job = (name: string, conclusion: string | null, id = 1, failedSteps: readonly string[] = []): ObservedJob => ({
  id,
  name,
  conclusion,
  failedSteps,
});

const bothPassed = [job('test', 'success', 1), job('lint', 'success', 2)];

describe('a verdict', () => {
  it('is passed when every check of the dispatched run succeeded', () => {
    const verdict = judge(dispatch, run(), bothPassed, true);

    expect(verdict).toEqual({
      kind: 'passed',
      results: [
        { check: 'test', jobId: 1, conclusion: 'success', failedSteps: [] },
        { check: 'lint', jobId: 2, conclusion: 'success', failedSteps: [] },
      ],
    });
  });

  it('is failed when a check failed, and says in which step', () => {
    const jobs = [job('test', 'failure', 1, ['Run the check']), job('lint', 'success', 2)];

    const verdict = judge(dispatch, run({ conclusion: 'failure' }), jobs, true);

    expect(verdict).toMatchObject({
      kind: 'failed',
      results: [{ check: 'test', conclusion: 'failure', failedSteps: ['Run the check'] }, { conclusion: 'success' }],
    });
  });

  it.each(['failure', 'timed_out'])('is failed when a check ran out of time and the run ended as %s', (conclusion) => {
    const jobs = [job('test', 'timed_out'), job('lint', 'success', 2)];

    const verdict = judge(dispatch, run({ conclusion }), jobs, true);

    expect(verdict.kind).toBe('failed');
  });

  it('is failed when one check failed and another never came to run', () => {
    const jobs = [job('test', 'failure'), job('lint', 'skipped', 2)];

    const verdict = judge(dispatch, run({ conclusion: 'failure' }), jobs, true);

    expect(verdict.kind).toBe('failed');
  });

  it.each(['queued', 'in_progress'] as const)('is still out while the run is %s', (status) => {
    const verdict = judge(dispatch, run({ status, conclusion: null }), [], true);

    expect(verdict).toEqual({ kind: 'running' });
  });

  it('looks at nothing beside the checks when the run is green', () => {
    const verdict = judge(dispatch, run(), [...bothPassed, job('upload', 'skipped', 3)], true);

    expect(verdict.kind).toBe('passed');
  });
});

describe('a run that is not exactly the one we dispatched gives no verdict', () => {
  it.each<[string, Partial<ObservedRun>, RegExp]>([
    ['another run', { id: 100 }, /run 100 is not the dispatched run 99/],
    ['a run of the candidate itself, as a push would start', { headSha: candidate }, /not of the dispatched tip/],
    ['a run of another commit', { headSha: sha('f') }, /not of the dispatched tip/],
    ['another workflow', { workflowPath: '.github/workflows/release.yml' }, /release\.yml, not of/],
    ['a workflow of the same name elsewhere', { workflowPath: 'ai-fix-sandbox.yml' }, /not of/],
    ['a push', { event: 'push' }, /started by push/],
    ['a pull request', { event: 'pull_request' }, /started by pull_request/],
    ['a second attempt', { attempt: 2 }, /re-ran it \(attempt 2\)/],
    ['another nonce', { title: `ai-fix other ${candidate}` }, /title/],
    ['another candidate in the title', { title: `ai-fix n0nce ${sha('d')}` }, /title/],
    ['a title that goes on', { title: `ai-fix n0nce ${candidate} ` }, /title/],
    ['no title', { title: '' }, /title/],
  ])('%s', (_what, facts, reason) => {
    const verdict = judge(dispatch, run(facts), bothPassed, true);

    expect(verdict).toEqual({ kind: 'void', reason: expect.stringMatching(reason) });
  });

  it('a foreign run is not waited for either', () => {
    const verdict = judge(dispatch, run({ id: 100, status: 'in_progress', conclusion: null }), [], true);

    expect(verdict.kind).toBe('void');
  });

  it('a workflow that changed while the run was under way', () => {
    const verdict = judge(dispatch, run(), bothPassed, false);

    expect(verdict).toEqual({ kind: 'void', reason: expect.stringMatching(/workflow changed/) });
  });
});

describe('a run that says nothing about the patch gives no verdict', () => {
  it.each([
    'cancelled',
    'startup_failure',
    'skipped',
    'neutral',
    'action_required',
    'stale',
    'a word of next year',
    null,
  ])('a run that ended as %s, whatever its jobs say', (conclusion) => {
    const verdict = judge(dispatch, run({ conclusion }), bothPassed, true);

    expect(verdict.kind).toBe('void');
  });

  it.each<[string, readonly ObservedJob[], RegExp]>([
    ['a check without a job', [job('test', 'success')], /lint \(missing\)/],
    ['no jobs at all', [], /test \(missing\), lint \(missing\)/],
    ['a skipped check', [job('test', 'success'), job('lint', 'skipped', 2)], /lint \(skipped\)/],
    ['a neutral check', [job('test', 'success'), job('lint', 'neutral', 2)], /lint \(neutral\)/],
    ['a cancelled check', [job('test', 'success'), job('lint', 'cancelled', 2)], /lint \(cancelled\)/],
    ['a check without a conclusion', [job('test', 'success'), job('lint', null, 2)], /lint \(unfinished\)/],
    [
      'two jobs that go by the name of one check',
      [job('test', 'success', 1), job('test', 'success', 2), job('lint', 'success', 3)],
      /test \(ambiguous\)/,
    ],
    ['a name in other letters', [job('Test', 'success'), job('lint', 'success', 2)], /test \(missing\)/],
    ['a name with a suffix', [job('test (1)', 'success'), job('lint', 'success', 2)], /test \(missing\)/],
  ])('%s in a green run', (_what, jobs, reason) => {
    const verdict = judge(dispatch, run(), jobs, true);

    expect(verdict).toEqual({ kind: 'void', reason: expect.stringMatching(reason) });
  });

  it('a second job of one name hides no failure as a pass', () => {
    const jobs = [job('test', 'success', 1), job('test', 'failure', 2), job('lint', 'success', 3)];

    const verdict = judge(dispatch, run({ conclusion: 'failure' }), jobs, true);

    expect(verdict.kind).toBe('void');
  });

  it('a red run in which every check passed: another job failed', () => {
    const verdict = judge(dispatch, run({ conclusion: 'failure' }), [...bothPassed, job('upload', 'failure', 3)], true);

    expect(verdict).toEqual({ kind: 'void', reason: expect.stringMatching(/a job beside the checks/) });
  });

  it('a dispatch without checks: nothing failed is not the same as passed', () => {
    const verdict = judge({ ...dispatch, checks: [] }, run(), bothPassed, true);

    expect(verdict.kind).toBe('void');
  });
});
