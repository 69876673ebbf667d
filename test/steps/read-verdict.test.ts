import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { deadlines } from '../../src/domain/next.ts';
import { runTitle } from '../../src/domain/sandbox-protocol.ts';
import type { Job } from '../../src/ports/sandbox.ts';
import { readVerdict } from '../../src/steps/read-verdict.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { type FakeSandbox, fakeRun, fakeSandbox } from '../support/fake-sandbox.ts';
import { sampleCandidate, sampleFixAtWork, sha } from '../support/sample-fix.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
const expected = {
  nonce: 'n0nce',
  workflowPath: path,
  workflowBlob: createHash('sha1').update(template).digest('hex'),
  checks: ['test'],
};
const fix = sampleFixAtWork();
const title = runTitle('n0nce', sampleCandidate.sha);
const ended = { id: 99, title, status: 'completed', conclusion: 'success' } as const;
const job = (facts: Partial<Job>): Job => ({
  id: 1,
  name: 'test',
  status: 'completed',
  conclusion: 'success',
  failedSteps: [],
  url: '',
  ...facts,
});

let sandbox: FakeSandbox;
beforeEach(() => {
  sandbox = fakeSandbox();
});

const read = (files: Readonly<Record<string, string>> = { [`${sha('a')}:${path}`]: template }, nowMs = 2_000) =>
  readVerdict({ sandbox, repositories: fakeRepositories({ files }), now: () => nowMs }, fix, sampleCandidate, expected);

describe('reading a verdict', () => {
  it('takes it from the run, its jobs and the workflow as they stand at GitHub', async () => {
    sandbox.runs.push(fakeRun(ended));
    sandbox.jobsOf.set(99, [job({})]);

    const verdict = await read();

    expect(verdict).toEqual({
      kind: 'passed',
      results: [{ check: 'test', jobId: 1, conclusion: 'success', failedSteps: [] }],
    });
  });

  it('gives none when the default branch has another workflow now, or none', async () => {
    sandbox.runs.push(fakeRun(ended));
    sandbox.jobsOf.set(99, [job({})]);

    const verdicts = [
      await read({ [`${sha('a')}:${path}`]: `${template}\n# changed\n` }),
      await read({ [`${sha('a')}:${path}`]: 'on: push' }),
      await read({}),
    ];

    expect(verdicts.map(({ kind }) => kind)).toEqual(['void', 'void', 'void']);
  });

  it('gives none when GitHub knows no such run', async () => {
    expect(await read()).toEqual({ kind: 'void', reason: expect.stringMatching(/no run 99/) });
  });

  it('says how long a run may still go on', async () => {
    sandbox.runs.push(fakeRun({ ...ended, status: 'in_progress', conclusion: null }));

    const verdict = await read(undefined, sampleCandidate.dispatchedAtMs + deadlines.run - 5_000);

    expect(verdict).toEqual({ kind: 'running', remainingMs: 5_000 });
    expect(sandbox.cancelled).toEqual([]);
  });

  it('cancels a run at its deadline and gives no verdict', async () => {
    sandbox.runs.push(fakeRun({ ...ended, status: 'queued', conclusion: null }));

    const verdict = await read(undefined, sampleCandidate.dispatchedAtMs + deadlines.run);

    expect(verdict).toEqual({ kind: 'void', reason: expect.stringMatching(/within 60 minutes/) });
    expect(sandbox.cancelled).toEqual([99]);
  });

  it('believes a run that ended after its deadline, before anybody looked', async () => {
    sandbox.runs.push(fakeRun({ ...ended, conclusion: 'failure' }));
    sandbox.jobsOf.set(99, [job({ conclusion: 'failure' })]);

    const verdict = await read(undefined, sampleCandidate.dispatchedAtMs + 2 * deadlines.run);

    expect(verdict.kind).toBe('failed');
  });

  it('of a fix without a ground is a bug', async () => {
    const ports = { sandbox, repositories: fakeRepositories(), now: () => 0 };

    await expect(readVerdict(ports, sampleFixAtWork({ ground: null }), sampleCandidate, expected)).rejects.toThrow(
      TypeError,
    );
  });
});
