import { describe, expect, it } from 'vitest';
import {
  type CommitCheck,
  type CommitRun,
  readChecks,
  runsToRepeat,
  subjectOf,
} from '../../src/domain/failing-checks.ts';
import { sampleCheck, sampleFailing } from '../support/sample-fix.ts';

const ignored = { app: 'ai-fix', workflowPath: '.github/workflows/ai-fix-sandbox.yml' };

const check = (id: number, state: CommitCheck['state'], facts: Partial<CommitCheck> = {}): CommitCheck => ({
  ...sampleCheck,
  id,
  state,
  conclusion: state,
  ...facts,
});
const run = (facts: Partial<CommitRun> = {}): CommitRun => ({
  id: 10,
  suite: 1,
  attempt: 1,
  event: 'push',
  workflowPath: '.github/workflows/ci.yml',
  isCompleted: true,
  ...facts,
});
const namesOf = (failing: readonly { check: CommitCheck }[]) => failing.map(({ check: { name } }) => name);

describe('the checks of a commit', () => {
  it('fail by their newest word', () => {
    const reading = readChecks({ checks: [check(1, 'failed')], runs: [run()] }, null, ignored);

    expect(reading).toMatchObject({ running: [], flaky: [], hasPassed: false });
    expect(namesOf(reading.failing)).toEqual(['unit']);
  });

  it.each([
    ['passed after it had failed', [check(1, 'failed'), check(2, 'passed')]],
    ['failed after it had passed', [check(1, 'passed'), check(2, 'failed')]],
    ['came in another order', [check(2, 'passed'), check(1, 'failed')]],
  ])('are flaky where one %s on the same commit', (_how, checks) => {
    const reading = readChecks({ checks, runs: [run()] }, null, ignored);

    expect(reading).toMatchObject({ failing: [], flaky: ['unit'] });
  });

  it.each<[string, Partial<CommitRun>]>([
    ['event', { event: 'pull_request' }],
    ['workflow', { workflowPath: '.github/workflows/nightly.yml' }],
  ])('are told apart by their %s: a pull request is tested as its merge', (_what, other) => {
    const checks = [check(1, 'passed'), check(2, 'failed', { suite: 2 })];
    const runs = [run(), run({ id: 11, suite: 2, ...other })];

    const reading = readChecks({ checks, runs }, null, ignored);

    expect(reading.flaky).toEqual([]);
    expect(namesOf(reading.failing)).toEqual(['unit']);
  });

  it('are told apart by who reports them', () => {
    const checks = [check(1, 'passed', { app: null, suite: null }), check(2, 'failed')];

    expect(readChecks({ checks, runs: [run()] }, null, ignored).flaky).toEqual([]);
  });

  it('are not over while one of them, or a run, goes on', () => {
    const checks = [check(1, 'failed'), check(2, 'pending', { name: 'slow' })];

    const reading = readChecks({ checks, runs: [run({ isCompleted: false })] }, null, ignored);

    expect(reading.running).toEqual(['.github/workflows/ci.yml', 'slow']);
  });

  it('are not over while a run that was started once more still shows its old attempt', () => {
    const recheck = { runs: [{ id: 10, attempt: 1 }], atMs: 0 };
    const checks = [check(1, 'failed')];

    expect(readChecks({ checks, runs: [run()] }, recheck, ignored).running).toHaveLength(1);
    expect(readChecks({ checks, runs: [run({ attempt: 2 })] }, recheck, ignored).running).toEqual([]);
  });

  it('are counted without what ai-fix reports and what its sandbox runs', () => {
    const checks = [
      check(1, 'failed', { app: 'ai-fix', name: 'ai-fix', suite: null }),
      check(2, 'failed', { name: 'test', suite: 9 }),
    ];
    const runs = [run({ id: 12, suite: 9, workflowPath: ignored.workflowPath, isCompleted: false })];

    expect(readChecks({ checks, runs }, null, ignored)).toEqual({
      running: [],
      failing: [],
      flaky: [],
      hasPassed: false,
    });
  });

  it('say nothing where one was skipped or cancelled', () => {
    const reading = readChecks({ checks: [check(1, 'neutral')], runs: [run()] }, null, ignored);

    expect(reading).toEqual({ running: [], failing: [], flaky: [], hasPassed: false });
  });
});

describe('what is run once more', () => {
  const failing = (one: CommitRun | null) => ({ check: check(1, 'failed'), run: one });

  it('is each run that failed in its first attempt, once', () => {
    expect(runsToRepeat([failing(run()), failing(run()), failing(run({ id: 11 }))])).toEqual([
      { id: 10, attempt: 1 },
      { id: 11, attempt: 1 },
    ]);
  });

  it('is nothing that somebody has repeated already, and nothing of another App', () => {
    expect(runsToRepeat([failing(run({ attempt: 2 })), failing(null)])).toEqual([]);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 50 }, (_, index) => failing(run({ id: index })));

    expect(runsToRepeat(many)).toHaveLength(10);
  });
});

it.each([
  [{ kind: 'issue' } as const, 'issue:7'],
  [{ kind: 'checks', failing: sampleFailing } as const, 'checks:main'],
  [{ kind: 'checks', failing: { ...sampleFailing, pullRequest: 3 } } as const, 'checks:main'],
  [{ kind: 'checks', failing: { ...sampleFailing, pullRequest: 3, isFork: true } } as const, 'fork:3'],
])('a fix of %j is the one of %s', (origin, subject) => {
  expect(subjectOf(origin, 7)).toBe(subject);
});
