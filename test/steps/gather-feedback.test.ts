import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { takeInventory } from '../../src/domain/inventory.ts';
import { gatherFeedback } from '../../src/steps/gather-feedback.ts';
import { type FakeSandbox, fakeArtifact, fakeSandbox } from '../support/fake-sandbox.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const fix = sampleFixAtWork();
const runId = 99;
const result = (check: string, conclusion: string, jobId: number | null, failedSteps: readonly string[] = []) => ({
  check,
  jobId,
  conclusion,
  failedSteps,
});
const vitestLog = readFileSync(new URL('../../fixtures/failure-logs/vitest.txt', import.meta.url), 'utf8');
const report = `<testsuites><testsuite name="a.test.ts">
  <testcase name="adds"/>
  <testcase name="rounds once" file="a.test.ts" line="3"><failure message="expected 98 to be 99">at a.test.ts:3:63</failure></testcase>
  <testcase name="was red before"><failure message="no network"/></testcase>
</testsuite></testsuites>`;

let sandbox: FakeSandbox;
beforeEach(() => {
  sandbox = fakeSandbox();
});

describe('the feedback for the debugger', () => {
  it('names each failing check with its step and what failed in it', async () => {
    sandbox.logs.set(1, 'not ok 1 - rounds once\n##[error]Process completed with exit code 1.');
    const results = [result('test', 'failure', 1, ['Run the check']), result('lint', 'success', 2)];

    const { text } = await gatherFeedback({ sandbox }, fix, { runId, results });

    expect(text).toMatch(
      /^The check "test" ended as failure in the step "Run the check"\.\n1 test failed: rounds once\.\n/,
    );
    expect(text).not.toContain('lint');
  });

  it('says so when there is no log, and has a failure for the check all the same', async () => {
    const results = [result('a', 'failure', 1), result('b', 'missing', null)];

    const { text, failures } = await gatherFeedback({ sandbox }, fix, { runId, results });

    expect(text.match(/no log of this job/g)).toHaveLength(2);
    expect(failures.map(({ check }) => check)).toEqual(['a', 'b']);
  });

  it('stays within its bound when every check writes a huge log', async () => {
    const results = Array.from({ length: 10 }, (_, index) => result(`check-${index}`, 'failure', index));
    for (const { jobId } of results) sandbox.logs.set(jobId ?? 0, 'x'.repeat(3_000_000));

    const { text } = await gatherFeedback({ sandbox }, fix, { runId, results });

    expect(text.length).toBeLessThan(26_000);
    for (const { check } of results) expect(text).toContain(`"${check}"`);
  });

  it('takes names and messages from the reports of the run', async () => {
    sandbox.logs.set(1, vitestLog);
    sandbox.artifactsOf.set(runId, [fakeArtifact('junit-test', report)]);

    const { failures, text } = await gatherFeedback({ sandbox }, fix, {
      runId,
      results: [result('test', 'failure', 1)],
    });

    expect(failures.map(({ name }) => name)).toContain('a.test.ts › rounds once');
    expect(text).toContain('### a.test.ts › was red before\nno network');
  });

  it('names what fails on the base as well, by test where the base kept reports', async () => {
    sandbox.artifactsOf.set(runId, [fakeArtifact('junit-test', report)]);
    const results = [result('test', 'failure', 1)];
    const inventories = { test: takeInventory([{ name: 'a.test.ts › was red before', outcome: 'failed' }]) };

    const { failures, text } = await gatherFeedback({ sandbox }, fix, { runId, results }, { results, inventories });

    expect(text).toContain(
      'It fails on the base as well, without the patch. These fail there too and are no failures of the patch: a.test.ts › was red before.',
    );
    expect(failures.map(({ name, isOnBase = false }) => [name, isOnBase])).toEqual([
      ['a.test.ts › rounds once', false],
      ['a.test.ts › was red before', true],
    ]);
  });

  it('says when the patch broke none of it', async () => {
    sandbox.logs.set(1, 'not ok 1 - rounds once');
    const results = [result('test', 'failure', 1)];

    const { text } = await gatherFeedback({ sandbox }, fix, { runId, results }, { results, inventories: {} });

    expect(text).toContain('the patch broke none of it');
  });

  it('is told without reports that cannot be read', async () => {
    sandbox.logs.set(1, vitestLog);
    sandbox.artifactsOf.set(runId, [fakeArtifact('junit-test', '<!DOCTYPE x><testsuite/>')]);

    const { failures } = await gatherFeedback({ sandbox }, fix, { runId, results: [result('test', 'failure', 1)] });

    expect(failures).toHaveLength(3);
  });
});
