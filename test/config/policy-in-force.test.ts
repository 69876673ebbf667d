import { beforeEach, expect, it } from 'vitest';
import { createPolicyReader } from '../../src/config/policy-in-force.ts';
import { ConfigError } from '../../src/domain/faults.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { fakeModel } from '../support/fake-model.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { sampleRepository, sha } from '../support/sample-fix.ts';
import { rosterOf } from '../support/talking-ports.ts';

let kept: Policy | null;
let file: string | null;
let served: (policy: Policy) => boolean;
let warnings: readonly string[];
let ownersFile: string;

const reader = () =>
  createPolicyReader({
    repositories: fakeRepositories({
      files: file === null ? {} : { [`${sha('a')}:.github/ai-fix.yml`]: file },
      shared: { 'acme/.github:.github/ai-fix.yml': ownersFile },
    }),
    policies: {
      put: async (_repository, policy) => {
        kept = policy;
      },
      find: async () => kept,
    },
    rosterFor: (policy) => {
      if (!served(policy)) throw new ConfigError(['no key for this model']);
      return { ...rosterOf(fakeModel([])), warnings };
    },
  });

beforeEach(() => {
  kept = null;
  file = null;
  served = () => true;
  warnings = [];
  ownersFile = 'label: org';
});

it('what is valid is in force, and remembered', async () => {
  file = 'label: fix-me';

  expect(await reader().policyOf(sampleRepository)).toEqual({
    kind: 'valid',
    policy: { ...defaultPolicy, label: 'fix-me' },
  });
  expect(kept?.label).toBe('fix-me');
});

it('what is not valid leaves the last valid policy in force', async () => {
  file = 'label: fix-me';
  await reader().policyOf(sampleRepository);
  file = 'labl: x';

  const answer = await reader().policyOf(sampleRepository);

  expect(answer).toMatchObject({
    kind: 'invalid',
    problems: [expect.stringContaining('labl')],
    lastValid: { label: 'fix-me' },
  });
  expect(kept?.label).toBe('fix-me');
});

it('without a last valid policy there is none', async () => {
  file = 'labl: x';

  expect(await reader().policyOf(sampleRepository)).toMatchObject({ kind: 'invalid', lastValid: null });
});

it('models that this host has no key for are told beside whatever else is wrong, with role by role what can be read', async () => {
  file = 'labl: x\nmodels: { coder: [openai/x], fast: [openi/x] }';
  served = ({ models }) => Object.keys(models).join() !== 'coder';

  expect(await reader().policyOf(sampleRepository)).toEqual({
    kind: 'invalid',
    problems: [
      expect.stringMatching(
        /^`\.github\/ai-fix\.yml`: `models\.fast\.0`: found the text `openi\/x`; did you mean openai/,
      ),
      expect.stringMatching(/^`\.github\/ai-fix\.yml`: unknown key `labl`/),
      '`.github/ai-fix.yml` or a file behind it: `no key for this model`',
    ],
    lastValid: null,
  });
});

it('models that this host has no key for are a problem too, and are not remembered', async () => {
  file = 'models: { coder: [openai/x] }';
  served = ({ models }) => models.coder === undefined;

  expect(await reader().policyOf(sampleRepository)).toEqual({
    kind: 'invalid',
    problems: ['`.github/ai-fix.yml` or a file behind it: `no key for this model`'],
    lastValid: null,
  });
  expect(kept).toBeNull();
});

it('what is odd about models is told beside a valid reading, and only of what the repository chose', async () => {
  warnings = ['openai/x is a name that `nobody` knows'];
  file = 'models: { coder: [openai/x] }';
  const chosen = await reader().policyAt(sampleRepository, sha('a'), true);
  file = 'label: x';
  const left = await reader().policyAt(sampleRepository, sha('a'), true);

  expect(chosen).toMatchObject({ kind: 'valid', warnings: ["`openai/x is a name that 'nobody' knows`"] });
  expect(left).not.toHaveProperty('warnings');
});

it('a last valid policy whose models this host cannot ask any more does not come back', async () => {
  kept = { ...defaultPolicy, models: { coder: [{ model: 'openai/x' }] } };
  file = 'labl: x';
  served = ({ models }) => models.coder === undefined;

  expect(await reader().policyOf(sampleRepository)).toMatchObject({ kind: 'invalid', lastValid: null });
});

it('a commit without a file of its own has nothing to report, whatever the owner has', async () => {
  expect(await reader().policyAt(sampleRepository, sha('a'), false)).toBeNull();
  expect(await reader().policyAt(sampleRepository, sha('a'), true)).toBeNull();
});

it('what is valid at a commit of the default branch was in force, and is remembered', async () => {
  file = 'label: fix-me';
  await reader().policyAt(sampleRepository, sha('a'), true);
  const pushed = kept?.label;
  file = null;
  await reader().policyAt(sampleRepository, sha('a'), true);

  expect([pushed, kept?.label]).toEqual(['fix-me', 'org']);
});

it('looking at a commit of another branch remembers nothing', async () => {
  file = 'label: fix-me';

  expect(await reader().policyAt(sampleRepository, sha('a'), false)).toMatchObject({ kind: 'valid' });
  expect(kept).toBeNull();
});

it.each([
  ['its own file is not valid', 'labl: x', true],
  ['this host has no key for its models', 'models: { coder: [openai/x] }', false],
])(
  "a limit that the owner lowers holds while a repository's last valid policy does, because %s",
  async (_what, text, serves) => {
    file = 'label: fix-me';
    ownersFile = 'budget: { org_usd_per_month: 300 }';
    await reader().policyOf(sampleRepository);
    file = text;
    ownersFile = 'budget: { org_usd_per_month: 5 }';
    served = ({ models }) => serves || models.coder === undefined;

    const answer = await reader().policyOf(sampleRepository);

    expect(answer).toMatchObject({
      kind: 'invalid',
      lastValid: { label: 'fix-me', purses: { 'organization-month': { usd: 5 } } },
    });
    expect(kept?.purses['organization-month'].usd).toBe(5);
  },
);
