import { expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { isOwnDoing, watchedChecks } from '../../src/steps/watched-checks.ts';
import { fakeChecks, sampleOffer } from '../support/fake-checks.ts';
import { sampleRepository, sha } from '../support/sample-fix.ts';

const policyWith = (checks: Partial<Policy['triggers']['failingChecks']>): Policy => ({
  ...defaultPolicy,
  triggers: { ...defaultPolicy.triggers, failingChecks: { ...defaultPolicy.triggers.failingChecks, ...checks } },
});
const at = (...branches: string[]) => ({ repository: sampleRepository, sha: sha('f'), branches });
const labelled = sampleOffer({ labels: ['ai-fix'] });

it.each([
  ['main', 'main'],
  ['release/*', 'release/1'],
  ['release/**', 'release/1/rc'],
])('the glob %s watches %s, without a question to GitHub', async (glob, branch) => {
  const checks = fakeChecks({ offers: [labelled] });

  const watched = await watchedChecks({ checks }, policyWith({ branches: [glob] }), at(branch));

  expect(watched).toEqual({ branch, pullRequest: null, isFork: false });
  expect(checks.calls).toEqual([]);
});

it.each([
  ['main', 'feature/main'],
  ['main', 'main/x'],
  ['release/*', 'release/1/rc'],
  ['**', 'ai-fix/checks-main'],
])('the glob %s does not watch %s', async (glob, branch) => {
  expect(await watchedChecks({ checks: fakeChecks() }, policyWith({ branches: [glob] }), at(branch))).toBeNull();
});

it('a labelled pull request is watched, from a fork too', async () => {
  const checks = fakeChecks({ offers: [sampleOffer(), { ...labelled, isFork: true, branch: 'ai-fix/theirs' }] });

  const watched = await watchedChecks({ checks }, policyWith({}), at());

  expect(watched).toEqual({ branch: 'ai-fix/theirs', pullRequest: 31, isFork: true });
});

it.each<[string, Policy, readonly string[]]>([
  ['the configuration says off', policyWith({ pullRequests: 'off' }), ['topic']],
  ['all branches of the commit are our own', policyWith({}), ['ai-fix/checks-main']],
])('no pull request is looked for where %s', async (_why, policy, branches) => {
  const checks = fakeChecks({ offers: [labelled] });

  expect(await watchedChecks({ checks }, policy, at(...branches))).toBeNull();
  expect(checks.calls).toEqual([]);
});

it('our own pull request is not watched, labelled or not', async () => {
  const checks = fakeChecks({ offers: [{ ...labelled, branch: 'ai-fix/12-x' }] });

  expect(await watchedChecks({ checks }, policyWith({}), at())).toBeNull();
});

it.each([
  [{ app: 'ai-fix', workflowPath: null }, true],
  [{ app: null, workflowPath: '.github/workflows/ai-fix-sandbox.yml' }, true],
  [{ app: 'circle-ci', workflowPath: null }, false],
  [{ app: null, workflowPath: '.github/workflows/ci.yml' }, false],
])('%j is our own doing: %s', async (what, expected) => {
  expect(await isOwnDoing({ ownLogin: async () => 'ai-fix[bot]' }, defaultPolicy, what)).toBe(expected);
});
