import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { inspectRepository } from '../../src/steps/inspect-repository.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { type FakeRepositoriesFacts, fakeRepositories } from '../support/fake-repositories.ts';
import { sampleFix, sha } from '../support/sample-fix.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
const usable = { files: { [`${sha('a')}:${path}`]: template } };
const inspect = (facts: FakeRepositoriesFacts) =>
  inspectRepository({ repositories: fakeRepositories(facts), commits: fakeCommits() }, sampleFix());

describe('a repository', () => {
  it('with a sandbox workflow on its default branch can be worked on, whatever that branch is called', async () => {
    const inspection = await inspect({ ...usable, defaultBranch: 'trunk' });

    expect(inspection).toEqual({ kind: 'ready', base: sha('a'), baseBranch: 'trunk', wordsBecause: null });
  });

  it('without a sandbox workflow is shown the one for its stack', async () => {
    const inspection = await inspect({ files: { [`${sha('a')}:go.mod`]: 'module x\n' } });

    expect(inspection).toMatchObject({ kind: 'refused', message: expect.stringContaining('setup-go') });
  });

  describe('with another branch to start from', () => {
    const branches = { ...defaultPolicy.branches, base: 'develop' };
    const fix = sampleFix({ policy: { ...defaultPolicy, branches } });
    const workflowsAt = (base: string) => ({ files: { ...usable.files, [`${sha('d')}:${path}`]: base } });
    const start = (facts: FakeRepositoriesFacts, hasBranch = true) => {
      const commits = fakeCommits();
      if (hasBranch) commits.refs.set('refs/heads/develop', sha('d'));
      return inspectRepository({ repositories: fakeRepositories(facts), commits }, fix);
    };

    it('is worked on there, while its workflows are those of the default branch', async () => {
      const inspection = await start(workflowsAt(template));

      expect(inspection).toEqual({ kind: 'ready', base: sha('d'), baseBranch: 'develop', wordsBecause: null });
    });

    it('is refused where that branch does not exist, with what to do', async () => {
      const inspection = await start(usable, false);

      expect(inspection).toEqual({
        kind: 'refused',
        reason: 'the branch `develop` does not exist',
        message: expect.stringMatching(/`branches.base`.*Push that branch or name another one/),
      });
    });

    it('is refused where that branch has other workflows, before anything is spent', async () => {
      const inspection = await start(workflowsAt(`${template}# changed\n`));

      expect(inspection).toEqual({
        kind: 'refused',
        reason: 'the workflows of `develop` are not those of `main`',
        message: expect.stringMatching(/Bring that folder of `main` to `develop`/),
      });
    });
  });

  it.each<[string, FakeRepositoriesFacts, RegExp, RegExp]>([
    ['archived', { ...usable, isArchived: true }, /archived/, /Unarchive it/],
    ['empty', { ...usable, head: null }, /empty/, /Push one/],
    ['without the open issue', { ...usable, issue: 'closed' }, /closed/, /Open it again/],
    ['without a sandbox workflow', {}, /no sandbox workflow/, /\/acme\/shop\/new\/main\?filename=/],
    [
      'with a foreign workflow under that name',
      { files: { [`${sha('a')}:${path}`]: 'on: push\njobs: { a: { runs-on: x, steps: [] } }\n' } },
      /not one ai-fix can use/,
      /docs\/sandbox-workflow\.md/,
    ],
    [
      'with a workflow that is no YAML',
      { files: { [`${sha('a')}:${path}`]: 'a: [' } },
      /not one ai-fix can use/,
      /docs\/sandbox-workflow\.md/,
    ],
  ])('%s is refused with a word on what to do', async (_what, facts, reason, advice) => {
    const inspection = await inspect(facts);

    expect(inspection).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
      message: expect.stringMatching(advice),
    });
  });
});
