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
      '_extends: settings',
      'enabled: false',
      'label: fix-me',
      'triggers: { issues: off, failing_checks: { branches: [main, release/**], pull_requests: off, delivery: commit } }',
      'gates: { requirements: required, design: { mode: risky, approvers: admin }, plan: { approvers: { teams: [security] } } }',
      'patience: { approval_days: 7, reminder_days: 3, stale_days: 60 }',
      'models: { coder: [openai/gpt-6-sol, anthropic/claude], fast: [openai/small] }',
      'budget: { usd: 2.5, tokens: 1000, attempts: 2, minutes: 15, repo_usd_per_day: 20, repo_tokens_per_day: 5000000, org_usd_per_month: 300.5, org_tokens_per_month: 90000000 }',
      'sandbox: { workflow: checks.yaml }',
      'evidence: { test_first: off }',
      'fixers: { when: first, snapshots: true, review: model, max_files: 20 }',
      'paths: { protected: [src/auth/**], forbidden: [LICENSE] }',
      'who: { may_trigger: maintain, may_approve: { users: [alice], teams: [security] }, may_command: { level: admin }, self_approval: false, bots: [42] }',
      'comments: nobody',
      'limits: { fixes_per_hour: 3 }',
      'branches: { prefix: bots/, base: release/2.x, name: "{key}_{slug}" }',
      'pull_requests: { title: "[{key}] {title} (#{number})", closing: none }',
      'external_keys: { prefixes: [AEC, X_1], link: "https://tracker.example/browse/{key}?from=github" }',
      'documents: { where: committed, templates: docs/templates }',
      'prompts: docs/prompts',
      'context: [docs/style.md]',
    ].join('\n');

    expect(readPolicy(text)).toEqual({
      kind: 'valid',
      policy: {
        isEnabled: false,
        label: 'fix-me',
        triggers: {
          issues: 'off',
          failingChecks: { branches: ['main', 'release/**'], pullRequests: 'off', delivery: 'commit' },
        },
        gates: {
          requirements: { mode: 'required', approvers: null },
          design: { mode: 'risky', approvers: { level: 'admin', named: null } },
          plan: { mode: 'risky', approvers: { level: 'write', named: { users: [], teams: ['security'] } } },
        },
        patience: { approvalDays: 7, reminderDays: 3, staleDays: 60 },
        models: {
          coder: [{ model: 'openai/gpt-6-sol' }, { model: 'anthropic/claude' }],
          fast: [{ model: 'openai/small' }],
        },
        budget: { usd: 2.5, tokens: 1000, attempts: 2, minutes: 15 },
        purses: {
          'repository-day': { usd: 20, tokens: 5_000_000 },
          'organization-month': { usd: 300.5, tokens: 90_000_000 },
          'host-month': { usd: null, tokens: null },
        },
        sandboxWorkflow: 'checks.yaml',
        fixers: { when: 'first', snapshots: true, review: 'model', maxFiles: 20 },
        evidence: { testFirst: 'off' },
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
        branches: { prefix: 'bots/', base: 'release/2.x', name: '{key}_{slug}' },
        pullRequests: { title: '[{key}] {title} (#{number})', closing: 'none' },
        externalKeys: { prefixes: ['AEC', 'X_1'], link: 'https://tracker.example/browse/{key}?from=github' },
        documents: { where: 'committed', templates: 'docs/templates' },
        promptsFolder: 'docs/prompts',
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
    [
      'a misspelt key',
      'labl: x',
      /^unknown key `labl` \(did you mean `label`\?\); allowed: `_extends`, `enabled`, `label`/,
    ],
    [
      'a misspelt key in a group',
      'budget: { usd: 1, dollars: 2 }',
      /^unknown key `dollars` in `budget`; allowed: `usd`, `tokens`/,
    ],
    ['an unknown role', 'models: { boss: [a/b] }', /^unknown key `boss` in `models`; allowed: `architect`/],
    ['a list in place of a text', 'label: [a]', /^`label`: found a list of 1; allowed: a text/],
    ['a number in place of a text', 'label: 7', /^`label`: found the number 7; allowed: a text/],
    [
      'a text in place of a number',
      'budget: { usd: "5" }',
      /^`budget.usd`: found the text `5`; allowed: a number from 0.01 to 1000$/,
    ],
    ['a group without keys', 'budget:', /^`budget`: found nothing; allowed: a group with the keys `usd`, `tokens`/],
    ['a negative amount', 'budget: { usd: -1 }', /^`budget.usd`: /],
    ['no attempt at all', 'budget: { attempts: 0 }', /^`budget.attempts`: /],
    ['half an attempt', 'budget: { attempts: 1.5 }', /^`budget.attempts`: /],
    ['endless money', 'budget: { usd: .inf }', /^`budget.usd`: /],
    ['no number', 'budget: { usd: .nan }', /^`budget.usd`: /],
    [
      'a level below write',
      'who: { may_trigger: read }',
      /^`who.may_trigger`: found the text `read`; allowed: `write`, `maintain`, `admin`, or/,
    ],
    [
      'a misspelt key of a rule',
      'who: { may_approve: { user: [alice] } }',
      /^unknown key `user` \(did you mean `users`\?\) in `who.may_approve`; allowed: `level`/,
    ],
    [
      'a bot by its name',
      'who: { bots: [renovate] }',
      /^`who.bots.0`: found the text `renovate`; allowed: the number of a bot account/,
    ],
    [
      'a login with an @',
      'who: { may_approve: { users: ["@alice"] } }',
      /^`who.may_approve.users.0`: found the text `@alice`; allowed: a login/,
    ],
    [
      'an unknown gate',
      'gates: { plan: sometimes }',
      /^`gates.plan`: found the text `sometimes`; allowed: `auto`, `risky` or `required`, or `{ mode/,
    ],
    ['a chain without models', 'models: { coder: [] }', /^`models.coder`: /],
    ['a chain that is a text', 'models: { coder: one/two }', /^`models.coder`: /],
    [
      'a workflow elsewhere',
      'sandbox: { workflow: ../other.yml }',
      /^`sandbox.workflow`: found .*; allowed: the name of a file/,
    ],
    ['a prefix that leaves the name space', 'branches: { prefix: ../ }', /^`branches.prefix`: /],
    ['a prefix without a slash', 'branches: { prefix: bots }', /^`branches.prefix`: /],
    ['a label that cannot be one', 'label: "a,b"', /^`label`: found .*; allowed: .*without comma/],
    ['too many context files', `context: [${'a,'.repeat(21)}]`, /^`context`: /],
    ['a word for yes', 'enabled: yes', /^`enabled`: found the text `yes`; allowed: `true` or `false`$/],
    ['a word as Americans write it', 'triggers: { issues: labeled }', /; did you mean `labelled`\?$/],
    ['a trigger that is a switch', 'triggers: { issues: false }', /^`triggers.issues`: found false; allowed:/],
    [
      'a misspelt key far inside',
      'triggers: { failing_checks: { branch: [main] } }',
      /^unknown key `branch` \(did you mean `branches`\?\) in `triggers.failing_checks`; allowed: `branches`/,
    ],
    [
      'a branch that is none',
      'triggers: { failing_checks: { branches: ["a b"] } }',
      /failing_checks.branches.0`: .*blank/,
    ],
    ['a gate without a mode we know', 'gates: { plan: { mode: risk } }', /^`gates.plan.mode`: .*did you mean `risky`/],
    [
      'a gate whose approvers are a list',
      'gates: { design: { mode: required, approvers: [alice] } }',
      /^`gates.design.approvers`: found a list of 1; allowed: `write`/,
    ],
    ['a gate for what is no document', 'gates: { code: auto }', /^unknown key `code` in `gates`/],
    [
      'a reminder that comes too late',
      'patience: { approval_days: 5 }',
      /^`patience.reminder_days`: found the number 10 \(the default\); allowed: less than .* which is 5$/,
    ],
    ['endless patience', 'patience: { stale_days: 10000 }', /^`patience.stale_days`: .* from 1 to 365$/],
    ['half a day', 'patience: { reminder_days: 0.5 }', /^`patience.reminder_days`: .*whole number/],
    ['a base that is no branch', 'branches: { base: "-f" }', /^`branches.base`: .*begins with a dash/],
    ['a base that climbs', 'branches: { base: a..b }', /^`branches.base`: /],
    ['a base that is HEAD', 'branches: { base: HEAD }', /^`branches.base`: .*git keeps that name/],
    ['a name with a placeholder we do not know', 'branches: { name: "{issue}-{slug}" }', /in braces is no placeholder/],
    ['a name that is always the same', 'branches: { name: "fix-{key}" }', /neither \{number\} nor \{slug\}/],
    ['a name with a brace too much', 'branches: { name: "{number}}" }', /^`branches.name`: .*is no placeholder/],
    ['a name with a folder', 'branches: { name: "{number}/{slug}" }', /^`branches.name`: .*holds a character/],
    ['a name that git refuses', 'branches: { name: "{number}.lock" }', /^`branches.name`: .*\.lock/],
    ['a name that grows too long', 'branches: { name: "{slug}-{slug}-{slug}" }', /^`branches.name`: .*longer than 120/],
    ['a title without the title', 'pull_requests: { title: "fix #{number}" }', /\{title\} does not stand in it/],
    ['a title of two lines', 'pull_requests: { title: "{title}\\nx" }', /longer than one line/],
    ['a closing word that GitHub does not know', 'pull_requests: { closing: Ends }', /^`pull_requests.closing`: /],
    ['a key prefix in small letters', 'external_keys: { prefixes: [aec] }', /^`external_keys.prefixes.0`: /],
    ['a link without the key', 'external_keys: { link: "https://t.example/" }', /\{key\} does not stand in it/],
    ['a link that is not https', 'external_keys: { link: "http://t.example/{key}" }', /no https address/],
    ['a link to a host of the key', 'external_keys: { link: "https://{key}.example/" }', /in its host/],
    ['a link with a password', 'external_keys: { link: "https://a:b@t.example/{key}" }', /a name or a password/],
    [
      'a link that ends a Markdown link',
      'external_keys: { link: "https://t.example/{key})[x](y" }',
      /no link may hold/,
    ],
    ['prompts outside of the repository', 'prompts: ../else', /^`prompts`: .*allowed: a folder inside the repository/],
    ['templates outside of the repository', 'documents: { templates: ../else }', /^`documents.templates`: /],
    ['templates at the root of a disk', 'documents: { templates: /etc }', /^`documents.templates`: /],
    ['templates inside of git', 'documents: { templates: .git/hooks }', /^`documents.templates`: .*\.git/],
    ['a context file elsewhere', 'context: [../secrets]', /^`context.0`: /],
    ['a glob of a folder, which matches nothing', 'paths: { forbidden: [infra/] }', /put \*\* at its end/],
    ['a glob from the root, which matches nothing', 'paths: { protected: [/infra/**] }', /do not begin with a slash/],
    ['a glob that is negated', 'paths: { protected: ["!docs/**"] }', /cannot be negated/],
    [
      'a model without a provider',
      'models: { coder: [gpt] }',
      /^`models.coder.0`: .*allowed: `provider\/model` or `{ model: /,
    ],
    ['an address in place of a file to extend', '_extends: https://x.example/a.yml', /^`_extends`: .*names no file/],
    ['a file to extend that climbs', '_extends: acme/shop:../../x.yml', /^`_extends`: /],
    ['a file to extend that is no YAML', '_extends: acme/shop:secrets.txt', /^`_extends`: /],
    ['a list of files to extend', '_extends: [a, b]', /^`_extends`: found a list of 2/],
    ['a label of blanks', 'label: "  "', /^`label`: found the text ` {2}`/],
    ['a label with a blank behind it', 'label: "fix "', /^`label`: /],
    ['a key that is a list', '? [a, b]\n: 1', /^a key that is a list or a group; allowed: names$/],
    ['a path that is none', 'paths: { protected: [""] }', /^`paths.protected.0`: /],
    ['a list', '- label', /^the file holds no keys; allowed: `_extends`/],
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

  it.each([
    'label: !@alice x',
    'branches: { name: "{@alice}" }',
    'external_keys: { link: "https://x.example/{@alice}" }',
    'pull_requests: { title: "{@alice}" }',
    'paths: { protected: ["@alice/"] }',
    'context: ["../@alice"]',
    '_extends: "@alice"',
    'models: { coder: ["@alice/x y"] }',
    'comments: "@alice"',
    '{ "@alice": 1 }',
    'label: *@alice',
    'label: "@alice,`"',
  ])('and %s calls nobody', (text) => {
    const problems = problemsOf(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n').replaceAll(/`[^`]*`/g, '')).not.toContain('@');
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
