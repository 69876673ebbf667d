import { describe, expect, it } from 'vitest';
import { readPolicyFiles } from '../../src/config/policy-files.ts';
import type { RepositoryRef } from '../../src/domain/ids.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { fakeRepositories } from '../support/fake-repositories.ts';
import { sampleRepository, sha } from '../support/sample-fix.ts';

const head = sha('a');
const ownPath = `${head}:.github/ai-fix.yml`;
const orgPath = 'acme/.github:.github/ai-fix.yml';

const read = (
  own: string | null,
  shared: Readonly<Record<string, string>> = {},
  repository: RepositoryRef = sampleRepository,
) => readPolicyFiles(fakeRepositories({ files: own === null ? {} : { [ownPath]: own }, shared }), repository, head);

async function problemsOf(reading: ReturnType<typeof read>): Promise<readonly string[]> {
  const { kind, ...rest } = await reading;
  return kind === 'invalid' && 'problems' in rest ? rest.problems : [];
}

describe('a repository without a file of its own', () => {
  it("has its owner's, from the repository .github", async () => {
    expect(await read(null, { [orgPath]: 'label: org-fix' })).toEqual({
      kind: 'valid',
      policy: { ...defaultPolicy, label: 'org-fix' },
    });
  });

  it('has the defaults where the owner has none', async () => {
    expect(await read(null)).toEqual({ kind: 'valid', policy: defaultPolicy });
  });

  it('has the defaults where it is the repository .github itself', async () => {
    const repository = { ...sampleRepository, name: '.GitHub' };

    expect(
      await read(null, { [orgPath]: 'label: org-fix', 'acme/.GitHub:.github/ai-fix.yml': 'label: x' }, repository),
    ).toEqual({ kind: 'valid', policy: defaultPolicy });
  });

  it('and without a commit has them too', async () => {
    const repositories = fakeRepositories({ shared: { [orgPath]: 'label: org-fix' } });

    expect(await readPolicyFiles(repositories, sampleRepository, null)).toMatchObject({ policy: { label: 'org-fix' } });
  });
});

it('a file of its own, even an empty one, keeps what holds elsewhere away', async () => {
  expect(await read('', { [orgPath]: 'label: org-fix' })).toEqual({ kind: 'valid', policy: defaultPolicy });
});

describe('_extends', () => {
  it.each([
    ['a repository of the same owner', 'settings', 'acme/settings:.github/ai-fix.yml'],
    ['a repository of another owner', 'other/settings', 'other/settings:.github/ai-fix.yml'],
    ['a file of another name', 'settings:teams/web.yaml', 'acme/settings:teams/web.yaml'],
    ['a file in the very same repository', 'shop:more.yml', 'acme/shop:more.yml'],
  ])('takes %s', async (_what, wanted, place) => {
    expect(await read(`_extends: ${wanted}\n`, { [place]: 'label: far' })).toMatchObject({ policy: { label: 'far' } });
  });

  it('goes on from file to file, and the nearest wins', async () => {
    const reading = await read('_extends: a\nbudget: { usd: 1 }', {
      'acme/a:.github/ai-fix.yml': '_extends: b\nbudget: { usd: 2, attempts: 2 }',
      'acme/b:.github/ai-fix.yml': 'budget: { usd: 3, attempts: 3, minutes: 3 }',
    });

    expect(reading).toMatchObject({ policy: { budget: { usd: 1, attempts: 2, minutes: 3, tokens: 3_000_000 } } });
  });

  it("looks for a name without an owner with the first repository's owner, as Probot does", async () => {
    const reading = await read('_extends: other/a', {
      'other/a:.github/ai-fix.yml': '_extends: b',
      'acme/b:.github/ai-fix.yml': 'label: ours',
      'other/b:.github/ai-fix.yml': 'label: theirs',
    });

    expect(reading).toMatchObject({ policy: { label: 'ours' } });
  });

  it("works in the owner's file too", async () => {
    const reading = await read(null, { [orgPath]: '_extends: base', 'acme/base:.github/ai-fix.yml': 'label: base' });

    expect(reading).toMatchObject({ policy: { label: 'base' } });
  });

  it('replaces lists, and short forms of rules and gates; long forms add to what is there', async () => {
    const far = `
paths: { protected: [a/**, b/**], forbidden: [c] }
who: { may_trigger: { level: maintain, users: [alice] }, may_approve: maintain, may_command: { teams: [core] } }
gates: { design: required, plan: { mode: required, approvers: admin } }
`;
    const near = `
_extends: far
paths: { protected: [d] }
who: { may_trigger: write, may_approve: { users: [bob] } }
gates: { design: { approvers: { teams: [arch] } }, plan: auto }
`;

    const reading = await read(near, { 'acme/far:.github/ai-fix.yml': far });

    expect(reading).toMatchObject({
      policy: {
        protectedPaths: ['d'],
        forbiddenPaths: ['c'],
        who: {
          rules: {
            trigger: { level: 'write', named: null },
            approve: { level: 'maintain', named: { users: ['bob'], teams: [] } },
            command: { level: 'write', named: { users: [], teams: ['core'] } },
          },
        },
        gates: {
          design: { mode: 'required', approvers: { level: 'write', named: { users: [], teams: ['arch'] } } },
          plan: { mode: 'auto', approvers: null },
        },
      },
    });
  });

  it('lets a nearer file take back what a farther one set, by null', async () => {
    const far = {
      'acme/far:.github/ai-fix.yml': 'branches: { base: develop }\nexternal_keys: { link: "https://t.example/{key}" }',
    };

    const reading = await read('_extends: far\nbranches: { base: null }\nexternal_keys: { link: null }', far);

    expect(reading).toMatchObject({ policy: { branches: { base: null }, externalKeys: { link: null } } });
  });
});

describe('what is wrong is told with its file', () => {
  it('when the own file is not valid', async () => {
    expect(await problemsOf(read('labl: x'))).toEqual([
      expect.stringMatching(/^`\.github\/ai-fix\.yml`: unknown key `labl`/),
    ]);
  });

  it('when an extended file is missing', async () => {
    expect(await problemsOf(read('_extends: gone'))).toEqual([
      '`.github/ai-fix.yml`: `_extends`: found no file `acme/gone:.github/ai-fix.yml` that ai-fix may read; allowed: a file on the default branch of a repository that the App is installed for, or of a public one',
    ]);
  });

  it.each([
    ['itself', { '_extends: shop': {} }],
    ['itself in other letters', { '_extends: ACME/Shop': {} }],
    ['one that extends it', { '_extends: a': { 'acme/a:.github/ai-fix.yml': '_extends: shop' } }],
    [
      'two that extend one another',
      {
        '_extends: a': {
          'acme/a:.github/ai-fix.yml': '_extends: b',
          'acme/b:.github/ai-fix.yml': '_extends: a',
        },
      },
    ],
  ])('when a file extends %s', async (_what, files) => {
    const [[own, shared] = ['', {}]] = Object.entries(files);

    expect(await problemsOf(read(own, shared))).toEqual([expect.stringContaining('round in a circle')]);
  });

  it('when more than five extend one another', async () => {
    const shared = Object.fromEntries(
      [1, 2, 3, 4, 5].map((number) => [
        `acme/r${number}:.github/ai-fix.yml`,
        number < 5 ? `_extends: r${number + 1}` : '',
      ]),
    );

    expect(await problemsOf(read('_extends: r2', shared))).toEqual([]);
    expect(await problemsOf(read('_extends: r1', shared))).toEqual([
      expect.stringMatching(
        /^`acme\/r4:\.github\/ai-fix\.yml`: `_extends`: this would be file number 6; allowed: 5 files/,
      ),
    ]);
  });

  it('when values of two files do not go together', async () => {
    const problems = await problemsOf(
      read('_extends: far\npatience: { approval_days: 5 }', {
        'acme/far:.github/ai-fix.yml': 'patience: { reminder_days: 6 }',
      }),
    );

    expect(problems).toEqual([
      '`.github/ai-fix.yml`: `patience.reminder_days`: found the number 6; allowed: less than `patience.approval_days`, which is 5',
    ]);
  });

  it.each([
    ['a key', 'hunter2: 1'],
    ['a text', 'label: "hunter2,"'],
    ['a word', 'comments: hunter2'],
    ['broken YAML', 'hunter2: {'],
    ['a tag', 'label: !hunter2 x'],
    ['an alias', 'label: *hunter2'],
    ['a form of its own reason', 'branches: { name: "{hunter2}" }'],
    ['a file to extend that is gone', '_extends: hunter2'],
    ['a rule in its long form', 'who: { may_approve: { users: ["@hunter2"], hunter2: 1 } }'],
  ])('but not %s of a file that its readers may not be allowed to see', async (_what, text) => {
    const problems = await problemsOf(read('_extends: private', { 'acme/private:.github/ai-fix.yml': text }));

    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join()).toContain('`acme/private:.github/ai-fix.yml`: ');
    expect(problems.join()).not.toContain('hunter2');
  });

  it('when an extended file is larger than 64 KB', async () => {
    const large = { 'acme/far:.github/ai-fix.yml': ' '.repeat(64 * 1024 + 1) };

    expect(await problemsOf(read('_extends: far', large))).toEqual([
      '`acme/far:.github/ai-fix.yml`: the file is larger than 64 KB',
    ]);
  });
});

it('a GitHub that is away is a fault and no fault of the file', async () => {
  const away = { ...fakeRepositories(), sharedFile: async () => Promise.reject(new Error('502')) };

  await expect(readPolicyFiles(away, sampleRepository, head)).rejects.toThrow('502');
});

describe("an organization's month", () => {
  const monthOf = async (own: string | null, shared: Readonly<Record<string, string>> = {}) => {
    const reading = await read(own, shared);
    return reading.kind === 'valid' ? reading.policy.purses['organization-month'].usd : reading.problems;
  };
  const org = { [orgPath]: 'budget: { org_usd_per_month: 300, repo_usd_per_day: 20 }' };

  it.each([
    ['holds where a repository has no file', null, 300],
    ['holds where its file says nothing of it', 'label: x', 300],
    ['can be lowered by a repository', 'budget: { org_usd_per_month: 50 }', 50],
    ['cannot be raised by one', 'budget: { org_usd_per_month: 5000 }', 300],
    ['cannot be raised by one that extends it', '_extends: .github\nbudget: { org_usd_per_month: 5000 }', 300],
    ['cannot be left behind by extending another file', '_extends: other/settings', 300],
  ])('%s', async (_what, own, usd) => {
    expect(await monthOf(own, { ...org, 'other/settings:.github/ai-fix.yml': 'label: x' })).toBe(usd);
  });

  it('whose file is broken is known to nobody, so the configuration is not valid, and the place is told', async () => {
    expect(await monthOf('label: x', { [orgPath]: 'budget: { org_usd_per_month: lots }' })).toEqual([
      expect.stringMatching(/^`acme\/\.github:\.github\/ai-fix\.yml`: .*budget\.org_usd_per_month/),
    ]);
  });

  it.each([
    ['a repository whose own file takes its place', 'budget: { org_usd_per_month: 5000 }', 300],
    ['a repository without one', null, 300],
    ['one that extends the same', '_extends: other/base\nbudget: { org_usd_per_month: 5000 }', 300],
  ])("holds where the owner's file only extends the one that names it: %s", async (_what, own, usd) => {
    const base = { 'other/base:.github/ai-fix.yml': 'budget: { org_usd_per_month: 300 }' };

    expect(await monthOf(own, { ...base, [orgPath]: '_extends: other/base' })).toBe(usd);
  });

  it("is told beside problems of a repository's own file", async () => {
    expect(await read('labl: x', org)).toMatchObject({ kind: 'invalid', ownersLimit: { usd: 300, tokens: null } });
    expect(await read('labl: x', { [orgPath]: 'labl: x' })).not.toHaveProperty('ownersLimit');
  });

  it("leaves a repository's day to the repository", async () => {
    expect(await read('budget: { repo_usd_per_day: 90 }', org)).toMatchObject({
      policy: { purses: { 'repository-day': { usd: 90 } } },
    });
  });
});
