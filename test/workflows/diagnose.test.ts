import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FixEvent } from '../../src/domain/event.ts';
import type { CommitRun } from '../../src/domain/failing-checks.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { deadlines } from '../../src/domain/next.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { diagnose } from '../../src/workflows/bursts/diagnose.ts';
import { type FakeChecks, fakeChecks } from '../support/fake-checks.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { type FakeSandbox, fakeRun, fakeSandbox } from '../support/fake-sandbox.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleCheck, sampleFailing, sampleFix, sha } from '../support/sample-fix.ts';

const run: CommitRun = {
  id: 10,
  suite: 1,
  attempt: 1,
  event: 'push',
  workflowPath: '.github/workflows/ci.yml',
  isCompleted: true,
};
const nowMs = 1_000_000;

let checks: FakeChecks;
let sandbox: FakeSandbox;
let ports: Ports;
/** What the default branch holds, `<sha>:<path>`. */
let files: Record<string, string>;
/** What each step came to: a burst that runs again finds it. */
let steps: Map<string, unknown>;

beforeEach(() => {
  checks = fakeChecks({ commit: { checks: [sampleCheck], runs: [run] } });
  sandbox = fakeSandbox();
  const commits = fakeCommits();
  commits.refs.set('refs/heads/main', sampleFailing.sha);
  steps = new Map();
  files = {};
  const repositories = fakeRepositories({ files });
  const parts = { checks, sandbox, commits, repositories, ownLogin: async () => 'ai-fix[bot]', now: () => nowMs };
  ports = portsForTest({ ...parts, pace: { checksPollMs: 60_000, quietMs: 30_000 } });
});

const failingFix = (facts: Partial<Fix> = {}): Fix =>
  sampleFix({ origin: { kind: 'checks', failing: sampleFailing }, createdAtMs: nowMs - 30_000, ...facts });

function look(facts: Partial<Fix> = {}): Promise<FixEvent | null> {
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (!steps.has(name)) steps.set(name, await work());
    return steps.get(name) as T;
  };
  const signal = new AbortController().signal;
  return diagnose({ fix: failingFix(facts), ports, step, signal, note: async () => failingFix() });
}

describe('failing checks', () => {
  it('are given a moment, in which nothing is asked of GitHub', async () => {
    expect(await look({ createdAtMs: nowMs - 10_000 })).toEqual({ type: 'checks-pending', againInMs: 20_000 });
    expect(steps.size).toBe(0);
  });

  it('wait for what still runs, and start nothing once more before', async () => {
    checks.commit = { ...checks.commit, runs: [run, { ...run, id: 11, suite: 2, isCompleted: false }] };

    expect(await look()).toEqual({ type: 'checks-pending', againInMs: 60_000 });
    expect(checks.calls).toEqual([]);
  });

  it('wait no longer than the deadline, and then go by what is there', async () => {
    checks.commit = {
      ...checks.commit,
      runs: [
        { ...run, attempt: 2 },
        { ...run, id: 11, suite: 2, isCompleted: false },
      ],
    };
    const late = nowMs - deadlines.checks;

    expect(await look({ createdAtMs: late + 1_000 })).toEqual({ type: 'checks-pending', againInMs: 1_000 });
    steps.clear();
    expect(await look({ createdAtMs: late })).toMatchObject({ type: 'checks-diagnosed' });
  });

  it('are run once more before anybody is paid', async () => {
    expect(await look()).toEqual({
      type: 'checks-repeated',
      recheck: { runs: [{ id: 10, attempt: 1 }], atMs: nowMs },
      againInMs: 60_000,
    });
    expect(checks.calls).toEqual(['repeat 10']);
  });

  it('are a ticket when they fail again, and are not run a third time', async () => {
    checks.commit = { ...checks.commit, runs: [{ ...run, attempt: 2 }] };
    sandbox.logs.set(sampleCheck.id, '##[group]Run npm test\n##[endgroup]\nexpected 5\n##[error]exit 1\n');

    const event = await look({ recheck: { runs: [{ id: 10, attempt: 1 }], atMs: nowMs } });

    expect(event).toMatchObject({ type: 'checks-diagnosed', issue: { title: expect.stringContaining('main') } });
    expect(event?.type === 'checks-diagnosed' && event.issue.body).toContain('expected 5');
    expect(checks.calls).toEqual([]);
  });

  it('are flaky when they pass the second time', async () => {
    const passed = { ...sampleCheck, id: 2, state: 'passed', conclusion: 'success' } as const;
    checks.commit = { checks: [sampleCheck, passed], runs: [{ ...run, attempt: 2 }] };

    expect(await look()).toEqual({ type: 'checks-recovered', reason: expect.stringContaining('"unit" is flaky') });
  });

  it('of another App are a ticket at once: nobody can run them once more', async () => {
    checks.commit = { checks: [{ ...sampleCheck, app: 'circle-ci', suite: 7, said: 'two tests failed' }], runs: [] };

    const event = await look();

    expect(event?.type === 'checks-diagnosed' && event.issue.body).toContain('two tests failed');
  });

  it('are a ticket where GitHub refuses to run them once more', async () => {
    Object.assign(checks, fakeChecks({ commit: checks.commit, refusesRepeat: true }));
    sandbox.runs.push(fakeRun({ id: 10, attempt: 1 }));

    expect(await look()).toMatchObject({ type: 'checks-diagnosed' });
  });

  it('that a crash had run once more, and GitHub refuses for that, count as repeated', async () => {
    Object.assign(checks, fakeChecks({ commit: checks.commit, refusesRepeat: true }));
    sandbox.runs.push(fakeRun({ id: 10, attempt: 2, status: 'in_progress' }));

    expect(await look()).toMatchObject({ type: 'checks-repeated', recheck: { runs: [{ id: 10, attempt: 1 }] } });
  });

  it('of a commit that is no tip any more are nobody’s work', async () => {
    await ports.commits.setRef(failingFix().repository, 'refs/heads/main', sha('e'), 'force');

    expect(await look()).toMatchObject({
      type: 'stop-requested',
      reason: expect.stringContaining('moved on to eeeeeee'),
    });
  });

  it('tell which fixers of the sandbox workflow may mend them without a model', async () => {
    const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
    files[`${sha('a')}:.github/workflows/ai-fix-sandbox.yml`] = template;
    checks.commit = { checks: [{ ...sampleCheck, name: 'check-format' }], runs: [{ ...run, attempt: 2 }] };

    const event = await look();

    expect(event).toMatchObject({ type: 'checks-diagnosed', recipe: { fixers: ['format'], isFirst: true } });
  });

  it('name no fixers where the workflow has none, or where there is no branch to run them on', async () => {
    const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
    checks.commit = { checks: [{ ...sampleCheck, name: 'check-format' }], runs: [{ ...run, attempt: 2 }] };
    expect(await look()).not.toHaveProperty('recipe');

    steps.clear();
    files[`${sha('a')}:.github/workflows/ai-fix-sandbox.yml`] = template;
    const offered = { number: 31, isOpen: true, head: sampleFailing.sha };
    Object.assign(checks, { offer: async () => offered });
    const fork = { ...sampleFailing, isFork: true, pullRequest: 31 };

    expect(await look({ origin: { kind: 'checks', failing: fork } })).not.toHaveProperty('recipe');
  });
});
