import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import { type House, labelIssue, openHouse } from '../support/house.ts';
import { calls, finished, rightFirstTime } from '../support/scripts.ts';
import { candidateRuns, logOf, ownComments, patienceMs, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** How a repository wants its branches, pull requests and documents, from the label to what is published. */
let house: House;

const planOf = (markdown: string) =>
  calls(['post_plan', { documents: [{ kind: 'plan', markdown }], protected_paths_touched: [], risks: 'none' }]);
const addNote = calls(
  ['create_file', { path: 'notes.md', content: 'Sums are sums.\n' }],
  finished('A note says what a sum is.'),
);
/** Once it hears that this is not allowed, it does as it should. */
const meddles = calls(
  ['create_file', { path: '.ai/workflow/index.md', content: 'Mine.\n' }],
  finished('An index of my own.'),
);
const repents = calls(
  ['delete_file', { path: '.ai/workflow/index.md' }],
  [
    'create_file',
    {
      path: 'five.test.js',
      content: "import { sum } from './sum.js';\nif (sum(2, 3) !== 5) throw new Error('two and three are five');\n",
    },
  ],
  ['edit_file', { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' }],
  finished('`sum` adds now.'),
);

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: {
      ...rightFirstTime,
      match: {
        'AEC-456': {
          architect: [[planOf('## Steps\n\n1. Let `sum` add.'), planOf('## Steps\n\nAdd.\n\n## Roll back\n\nnone')]],
        },
        'KEY-note': { coder: [[addNote]] },
        'KEY-meddles': { coder: [[meddles, repents]] },
      },
    },
    environment: { LOG_LEVEL: 'warn' },
  });
  const { policyOf } = house.app.ports;
  Object.assign(house.app.ports, {
    policyOf: async (repository: Parameters<typeof policyOf>[0]) => ({
      kind: 'valid',
      policy: policies[repository.name] ?? defaultPolicy,
    }),
  });
});
afterAll(() => house.close());

const policies: Readonly<Record<string, Policy>> = {
  named: {
    ...defaultPolicy,
    branches: { prefix: 'bots/', base: 'develop', name: '{key}-{slug}' },
    pullRequests: { title: '[{key}] {title}', closing: 'none' },
    externalKeys: { prefixes: ['AEC'], link: 'https://tracker.test/browse/{key}' },
  },
  lost: { ...defaultPolicy, branches: { ...defaultPolicy.branches, base: 'develop' } },
  committed: { ...defaultPolicy, documents: { ...defaultPolicy.documents, where: 'committed' } },
};

const pullRequestsOf = (repository: string) => house.github.pullRequests(repository);
const show = (repository: string, what: string) => house.github.git(repository, 'show', what);

test.concurrent('a key and the names of a repository are on its branch, its commits, its pull request and its plan', async () => {
  const repository = 'acme/named';
  const files = { ...sumFiles, '.ai/templates/plan.md': '## Steps\n\nOne by one.\n\n## Roll back\n' };
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  await house.github.git(repository, 'branch', 'develop', 'main');
  const developed = await house.github.commit(repository, {
    branch: 'develop',
    message: 'Go on',
    author: 'alice',
    files: { 'developed.md': 'Yes.\n' },
  });

  const issue = await labelIssue(house.github, repository, { ...sumIssue, title: `${sumIssue.title} (AEC-456)` });
  await untilState(house, repository, issue, 'complete');

  const [pullRequest] = pullRequestsOf(repository);
  expect(pullRequest).toMatchObject({
    head_ref: 'bots/AEC-456-add-in-sum-instead-of-subtracting',
    base_ref: 'develop',
    title: '[AEC-456] Add in sum instead of subtracting',
    body: expect.stringMatching(/^For #1 \(\[AEC-456\]\(<https:\/\/tracker\.test\/browse\/AEC-456>\)\), on the order/),
  });
  const log = await house.github.git(repository, 'log', '--format=%B', `${developed}..${pullRequest?.head_sha}`);
  expect(log.match(/^Ref: AEC-456 https:\/\/tracker\.test\/browse\/AEC-456$/gm)).toHaveLength(2);
  expect(`${log}${pullRequest?.body}`).not.toMatch(/Closes/);
  expect(ownComments(house.github, repository, pullRequest?.number ?? 0).join('\n')).toMatch(
    /## Plan · \[AEC-456\]\(<https:\/\/tracker\.test\/browse\/AEC-456>\)\n\n#### Steps\n[\s\S]*#### Roll back/,
  );
  const asked = house.model.requests.filter(
    ({ role, body }) => role === 'architect' && /AEC-456/.test(JSON.stringify(body)),
  );
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(asked[1]?.body)).toContain('it lacks the heading \\"Roll back\\"');
});

test.concurrent('a base branch that does not exist is told in plain words, before a model is asked', async () => {
  const repository = 'acme/lost';
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });

  const issue = await labelIssue(house.github, repository, sumIssue);
  const status = await untilOver(house, repository, issue);

  expect(status).toMatch(/the branch `develop` does not exist[\s\S]*Push that branch or name another one/);
  expect(pullRequestsOf(repository)).toEqual([]);
});

test.concurrent('documents are part of the very commit that was validated, and the index knows every fix', async () => {
  const repository = 'acme/committed';
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });

  const first = await labelIssue(house.github, repository, { ...sumIssue, body: 'KEY-meddles' });
  await untilState(house, repository, first, 'complete');
  const [one] = pullRequestsOf(repository);
  const head = one?.head_sha ?? '';
  await house.github.as('alice').put(`/repos/${repository}/pulls/${one?.number}/merge`, {});
  const second = await labelIssue(house.github, repository, { title: 'Say what a sum is', body: 'KEY-note' });
  await untilState(house, repository, second, 'complete');

  const files = await house.github.git(repository, 'diff', '--name-only', `${head}~2`, head);
  expect(files.trim().split('\n')).toEqual([
    '.ai/workflow/1/plan.md',
    '.ai/workflow/1/summary.md',
    '.ai/workflow/index.md',
    'five.test.js',
    'sum.js',
  ]);
  expect(candidateRuns(house.github, repository)[0]).toMatchObject({ conclusion: 'success', inputs: { sha: head } });
  expect(await show(repository, `${head}:.ai/workflow/1/plan.md`)).toContain(
    'Let `sum` add, and test it with 2 and 3.',
  );
  const summary = await show(repository, `${head}:.ai/workflow/1/summary.md`);
  expect(summary).toMatch(/^# fix: add in sum instead[\s\S]*`sum` adds now\.[\s\S]*- `two and three are five`/);
  expect(summary).not.toMatch(/\$|passed/);
  const index = await show(repository, `${pullRequestsOf(repository).at(-1)?.head_sha}:.ai/workflow/index.md`);
  expect(index.split('\n').filter((line) => line.startsWith('- '))).toEqual([
    expect.stringContaining(`[${first}](${first}/summary.md) · [#${first}](`),
    expect.stringContaining(`[${second}](${second}/summary.md) · [#${second}](`),
  ]);
  const refusals = house.model.requests.filter(({ body }) => JSON.stringify(body).includes('ai-fix itself keeps'));
  expect(refusals.length).toBeGreaterThan(0);
  expect((await logOf(house, repository, second)).some(({ type }) => type === 'proposed')).toBe(true);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
