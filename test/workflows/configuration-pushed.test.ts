import { beforeEach, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { WantedCheckRun } from '../../src/ports/check-runs.ts';
import type { PolicyAnswer, PolicyReading } from '../../src/ports/ports.ts';
import { onConfigurationPushed } from '../../src/workflows/signals/configuration-pushed.ts';
import { fakeCommits } from '../support/fake-commits.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { fakeWorkspace } from '../support/fake-workspace.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleRepository, sha } from '../support/sample-fix.ts';

let checks: WantedCheckRun[];
let reading: PolicyReading | null;
let inForce: PolicyAnswer;
let askedFor: boolean[];
let prompts: Record<string, string>;

const pushed = (isDefaultBranch = true) =>
  onConfigurationPushed(
    portsForTest({
      policyAt: async (_repository: unknown, _commit: unknown, isDefaultBranch: boolean) => {
        askedFor.push(isDefaultBranch);
        return reading;
      },
      policyOf: async () => inForce,
      repositories: fakeRepositories({
        files: Object.fromEntries(Object.entries(prompts).map(([path, text]) => [`${sha('a')}:${path}`, text])),
      }),
      workspace: fakeWorkspace(fakeCommits(), { [sha('a')]: prompts }),
      checkRuns: { put: async (_repository: unknown, check: WantedCheckRun) => void checks.push(check) },
    }),
    { type: 'configuration-pushed', repository: sampleRepository, commit: sha('a'), isDefaultBranch },
  );

beforeEach(() => {
  checks = [];
  askedFor = [];
  prompts = {};
  reading = { kind: 'valid', policy: defaultPolicy };
  inForce = { kind: 'valid', policy: defaultPolicy };
});

it('a valid configuration gets a check that says so', async () => {
  const outcome = await pushed();

  expect(checks).toMatchObject([{ name: 'ai-fix / configuration', commit: sha('a'), conclusion: 'success' }]);
  expect(outcome.kind).toBe('noted');
});

it('one that is not valid gets a check with each problem', async () => {
  reading = { kind: 'invalid', problems: ['`.github/ai-fix.yml`: unknown key `labl`', 'another'] };

  await pushed();

  expect(checks).toMatchObject([{ conclusion: 'failure', title: 'The configuration has 2 problems' }]);
  expect(checks[0]?.summary).toContain('- `.github/ai-fix.yml`: unknown key `labl`\n- another\n');
});

it('a prompt that cannot be used fails the check, and the configuration is valid all the same', async () => {
  prompts = { '.ai/prompts/coder.md': 'x', '.ai/prompts/review.md': 'Be kind.' };

  await pushed();

  expect(checks).toMatchObject([{ conclusion: 'failure', title: 'The configuration has 1 problem' }]);
  expect(checks[0]?.summary).toMatch(
    /^ai-fix can use it\..*\n\nOf the prompts[\s\S]*- `\.ai\/prompts\/coder\.md`: found no prompt/,
  );
});

it('prompts that can be used need no word', async () => {
  prompts = { '.ai/prompts/review.md': 'Be kind.' };

  await pushed();

  expect(checks).toMatchObject([{ conclusion: 'success' }]);
});

it.each<[string, PolicyAnswer]>([
  ['its owner has', { kind: 'valid', policy: { ...defaultPolicy, promptsFolder: 'docs/prompts' } }],
  [
    'was the last valid one',
    { kind: 'invalid', problems: ['x'], lastValid: { ...defaultPolicy, promptsFolder: 'docs/prompts' } },
  ],
])('prompts without a configuration beside them are looked at where the one that %s says', async (_what, answer) => {
  reading = null;
  inForce = answer;
  prompts = { 'docs/prompts/coder.md': 'x' };

  const outcome = await pushed();

  expect(checks).toMatchObject([{ name: 'ai-fix / configuration', conclusion: 'failure' }]);
  expect(checks[0]?.summary).toContain('- `docs/prompts/coder.md`: found no prompt');
  expect(outcome.kind).toBe('noted');
});

it('prompts in a repository where nothing valid is known get no check: nothing is started there', async () => {
  reading = null;
  inForce = { kind: 'invalid', problems: ['x'], lastValid: null };
  prompts = { '.ai/prompts/coder.md': 'x' };

  expect((await pushed()).kind).toBe('ignored');
  expect(checks).toEqual([]);
});

it('it gets its check on every branch, and which one it is is handed on', async () => {
  await pushed(true);
  await pushed(false);

  expect(checks).toHaveLength(2);
  expect(askedFor).toEqual([true, false]);
});

it('a commit without a configuration and without prompts gets no check', async () => {
  reading = null;

  const outcome = await pushed();

  expect(checks).toEqual([]);
  expect(outcome.kind).toBe('ignored');
});
