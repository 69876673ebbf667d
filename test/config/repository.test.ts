import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxPolicyBytes, readPolicy } from '../../src/config/repository.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';

function problemsOf(text: string): readonly string[] {
  const answer = readPolicy(text);
  return answer.kind === 'invalid' ? answer.problems : [];
}

describe('the policy of a repository', () => {
  it.each([
    ['without a file', null],
    ['with an empty file', ''],
    ['with blanks only', '  \n\n'],
    ['with comments only', '# nothing yet\n'],
    ['with a document of nothing', '---\n'],
    ['with an empty map', '{}\n'],
  ])('%s is the default', (_what, text) => {
    expect(readPolicy(text)).toEqual({ kind: 'valid', policy: defaultPolicy });
  });

  it('takes every key', () => {
    const text = [
      'label: fix-me',
      'gates: { plan: required }',
      'models: { coder: [openai/gpt-6-sol, anthropic/claude], fast: [openai/small] }',
      'budget: { usd: 2.5, tokens: 1000, attempts: 2, minutes: 15 }',
      'sandbox: { workflow: checks.yaml }',
      'paths: { protected: [src/auth/**], forbidden: [LICENSE] }',
      'who: { may_trigger: maintain, may_approve: { users: [alice], teams: [security] }, may_command: { level: admin }, self_approval: false, bots: [42] }',
      'comments: nobody',
      'limits: { fixes_per_hour: 3 }',
      'branches: { prefix: bots/ }',
      'context: [docs/style.md]',
    ].join('\n');

    expect(readPolicy(text)).toEqual({
      kind: 'valid',
      policy: {
        ...defaultPolicy,
        label: 'fix-me',
        gates: { ...defaultPolicy.gates, plan: { mode: 'required', approvers: null } },
        models: { coder: ['openai/gpt-6-sol', 'anthropic/claude'], fast: ['openai/small'] },
        budget: { usd: 2.5, tokens: 1000, attempts: 2, minutes: 15 },
        sandboxWorkflow: 'checks.yaml',
        protectedPaths: ['src/auth/**'],
        forbiddenPaths: ['LICENSE'],
        who: {
          rules: {
            trigger: { level: 'maintain', named: null },
            approve: { level: 'write', named: { users: ['alice'], teams: ['security'] } },
            command: { level: 'admin', named: null },
          },
          selfApproval: false,
          bots: [42],
        },
        comments: 'nobody',
        fixesPerHour: 3,
        branches: { ...defaultPolicy.branches, prefix: 'bots/' },
        contextFiles: ['docs/style.md'],
      },
    });
  });

  it('keeps the default of what is not said within a group', () => {
    const answer = readPolicy('budget:\n  usd: 1\n');

    expect(answer).toMatchObject({ policy: { budget: { ...defaultPolicy.budget, usd: 1 } } });
  });
});

describe('a policy is refused with the place', () => {
  it.each([
    ['a misspelt key', 'labl: x', /^unknown key `labl`; allowed: `label`, `who`/],
    [
      'a misspelt key in a group',
      'budget: { usd: 1, dollars: 2 }',
      /^unknown key `dollars` in `budget`; allowed: `usd`, `tokens`/,
    ],
    ['an unknown role', 'models: { boss: [a/b] }', /^unknown key `boss` in `models`; allowed: `architect`/],
    ['a list in place of a text', 'label: [a]', /^`label`: .*expected string/],
    ['a number in place of a text', 'label: 7', /^`label`: .*expected string/],
    ['a text in place of a number', 'budget: { usd: "5" }', /^`budget.usd`: .*expected number/],
    ['a group without keys', 'budget:', /^`budget`: .*expected object/],
    ['a negative amount', 'budget: { usd: -1 }', /^`budget.usd`: /],
    ['no attempt at all', 'budget: { attempts: 0 }', /^`budget.attempts`: /],
    ['half an attempt', 'budget: { attempts: 1.5 }', /^`budget.attempts`: /],
    ['endless money', 'budget: { usd: .inf }', /^`budget.usd`: /],
    ['no number', 'budget: { usd: .nan }', /^`budget.usd`: /],
    ['a level below write', 'who: { may_trigger: read }', /^`who.may_trigger`: write, maintain or admin/],
    ['a misspelt key of a rule', 'who: { may_approve: { user: [alice] } }', /^unknown key `user` in `who.may_approve`/],
    ['a bot by its name', 'who: { bots: [renovate] }', /^`who.bots.0`: the number of a bot account/],
    ['a login with an @', 'who: { may_approve: { users: ["@alice"] } }', /^`who.may_approve.users.0`: a login/],
    ['an unknown gate', 'gates: { plan: sometimes }', /^`gates.plan`: .*"auto"\|"risky"\|"required"/],
    ['a chain without models', 'models: { coder: [] }', /^`models.coder`: /],
    ['a chain that is a text', 'models: { coder: one/two }', /^`models.coder`: /],
    ['a workflow elsewhere', 'sandbox: { workflow: ../other.yml }', /^`sandbox.workflow`: the name of a file/],
    ['a prefix that leaves the name space', 'branches: { prefix: ../ }', /^`branches.prefix`: /],
    ['a prefix without a slash', 'branches: { prefix: bots }', /^`branches.prefix`: /],
    ['a label that cannot be one', 'label: "a,b"', /^`label`: a label without comma/],
    ['too many context files', `context: [${'a,'.repeat(21)}]`, /^`context`: /],
    ['a path that is none', 'paths: { protected: [""] }', /^`paths.protected.0`: /],
    ['a list', '- label', /^the file holds no keys; allowed: `label`/],
    ['a text', 'hello', /^the file holds no keys/],
    ['the same key twice', 'label: a\n\nlabel: b', /^line 3: /],
    ['broken YAML', 'label: a\ngates: {\n  plan: auto\n', /^line \d: /],
    ['a tab as indent', 'budget:\n\tusd: 1', /^line 2: /],
    ['two documents', 'label: a\n---\nlabel: b', /^line \d: /],
    ['a tag that nobody knows', 'label: !secret x', /^line 1: /],
    ['an alias', 'label: &a x\ncontext: [*a]', /^the alias `\*a`/],
    ['a merge key', 'budget: &b { usd: 1 }\ngates: { <<: *b }', /^the alias `\*b`/],
    ['an alias of nothing', 'label: *gone', /gone/],
  ])('when it holds %s', (_what, text, expected) => {
    const problems = problemsOf(text);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('with everything that is wrong at once', () => {
    const problems = problemsOf('labl: x\nbudget: { usd: no, tokens: -1 }\ngates: { plan: never, code: auto }\n');

    expect(problems.length).toBeGreaterThanOrEqual(5);
  });

  it('within milliseconds when it is a bomb of aliases', () => {
    const levels = Array.from(
      { length: 20 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
    );

    const problems = problemsOf(['l0: &l0 [x]', ...levels].join('\n'));

    expect(problems[0]).toMatch(/alias/);
  });

  it('when it is larger than 64 KB, and never read in part', () => {
    const largest = `label: fix\n#${'x'.repeat(maxPolicyBytes - 12)}`;

    expect(readPolicy(largest)).toMatchObject({ kind: 'valid' });
    expect(problemsOf(`${largest}x`)).toEqual(['the file is larger than 64 KB']);
  });

  it('with at most twenty problems, none of which can leave its code marks', () => {
    const keys = Array.from({ length: 60 }, (_, index) => `k${index}: { a: 1 }`);
    const problems = problemsOf(`"a\`b @everyone": 1\nmodels: { ${'"x`y": 1, '} }\n${keys.join('\n')}`);

    expect(problems.length).toBeLessThanOrEqual(20);
    expect(problems.join('\n').replaceAll(/`[^`]*`/g, '')).not.toMatch(/@everyone|`/);
  });

  it('when a key is a word of JavaScript', () => {
    const problems = ['__proto__: { usd: 1 }', 'constructor: 1', 'budget: { __proto__: 1 }'].map(problemsOf);

    expect(problems.map((found) => found.length)).toEqual([1, 1, 1]);
  });
});

it('whatever a file holds, it is read without an error, as a policy or as problems', () => {
  const words = fc.constantFrom(
    'label',
    'budget',
    'usd',
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a ',
    '*a',
    '!!',
    '|',
    '>',
    '"',
    "'",
    '1',
    '#',
    '?',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const answer = readPolicy(text);

        expect(answer.kind === 'valid' || answer.problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
