import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, labelIssue, openHouse, until } from '../support/house.ts';
import { calls, finished, rightFirstTime } from '../support/scripts.ts';
import { lastSaid, logOf, ownComments, patienceMs, statusOf, untilOver, untilState } from '../support/shown.ts';
import { reportingSumFiles as sumFiles, sumIssue } from '../support/sum-repository.ts';

/** What a person has to decide before code goes on the branch, and that nothing goes there without them. */
let house: House;

const edit = (path: string, from: string, to: string): [string, Record<string, unknown>] => [
  'edit_file',
  { path, old_text: from, new_text: to },
];
const fixSum = edit('sum.js', 'a - b', 'a + b');
const manifestPatch = calls(
  fixSum,
  edit('package.json', '"private": true', '"private": true, "license": "MIT"'),
  finished('`sum` adds, and the licence is named.'),
);
const finishWith = (why?: string): [string, Record<string, unknown>] => [
  'finish',
  {
    summary: 'The test expects what `sum` does now.',
    tests_added: [],
    ...(why !== undefined && { why_tests_change: why }),
  },
];
const objection = calls([
  'post_review',
  {
    verdict: 'send-back',
    findings: [
      { kind: 'missing-case', must_fix: true, path: 'sum.js', line: 2, text: 'Nothing and nothing is not nothing.' },
    ],
    summary: '',
  },
]);
/** The old test stays green on the base only: with the patch, `sum` of two and nothing is three. */
const otherBehaviour = edit('sum.js', 'a - b', 'a + b + 1');
const otherTest = edit('sum.test.js', 'sum(2, 0), 2', 'sum(2, 0), 3');

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: {
      ...rightFirstTime,
      match: {
        'KEY-manifest': { coder: [[manifestPatch]] },
        'KEY-cheat': {
          coder: [[calls(otherBehaviour, otherTest, finishWith())]],
          debugger: [
            [
              calls(
                edit('sum.js', 'a + b + 1', 'a + b'),
                edit('sum.test.js', 'sum(2, 0), 3', 'sum(2, 0), 2'),
                finishWith(),
              ),
            ],
          ],
        },
        'KEY-disputed': {
          coder: [[calls(fixSum, finished('`sum` adds.'))]],
          // The first failure is of the first attempt, so the debugger begins with the second.
          debugger: [
            [calls(finished('It is never called.'))],
            [calls(edit('sum.js', 'a + b;', 'a + b; // once'), finished('`sum` adds, and says so.'))],
            [calls(edit('sum.js', 'once', 'twice'), finished('`sum` adds, and says it again.'))],
          ],
          reviewer: [[objection]],
        },
        'KEY-honest': { coder: [[calls(otherBehaviour, otherTest, finishWith('The issue asks for one more.'))]] },
      },
    },
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

const roles = { alice: 'admin', bob: 'write', rita: 'read' } as const;

async function repositoryOf(name: string, policy = ''): Promise<string> {
  const repository = `acme/${name}`;
  // What a patch shows beyond that has tests of its own, and runs of its own beside these.
  const files = { ...sumFiles, '.github/ai-fix.yml': `${policy}evidence: { test_first: off }\n` };
  await house.github.createRepository({ fullName: repository, files, roles });
  return repository;
}

async function labelled(name: string, key: string, policy?: string): Promise<{ repository: string; issue: number }> {
  const repository = await repositoryOf(name, policy);
  const issue = await labelIssue(house.github, repository, {
    title: `${sumIssue.title} (${key})`,
    body: sumIssue.body,
  });
  return { repository, issue };
}

const pullRequestOf = (repository: string) => {
  const newest = house.github.pullRequests(repository).at(-1);
  if (newest === undefined) throw new Error(`${repository} has no pull request`);
  return newest;
};
const say = (repository: string, number: number, login: string, body: string) =>
  house.github.as(login).post<{ id: number }>(`/repos/${repository}/issues/${number}/comments`, { body });
const reviewerWasTold = (repository: string, attempt: number) =>
  JSON.stringify(
    house.model.requests.find(
      ({ role, attempt: number, body }) =>
        role === 'reviewer' && number === attempt && JSON.stringify(body).includes(repository),
    )?.body,
  );
const isOnBranch = (repository: string, text: string) =>
  house.github.git(repository, 'grep', '-q', text, `refs/heads/${pullRequestOf(repository).head_ref}`).then(
    () => true,
    () => false,
  );

test.concurrent('a patch that touches a manifest waits for a person, who sees it, and then goes on the branch', async () => {
  const { repository, issue } = await labelled('manifest', 'KEY-manifest');
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number, draft } = pullRequestOf(repository);
  const asked = lastSaid(house.github, repository, number);
  const wasOnBranch = await isOnBranch(repository, 'license');

  await say(repository, number, 'bob', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect(asked).toMatch(/A person has to decide[\s\S]*`package\.json`[\s\S]*\+.*"license": "MIT"/);
  expect(statusOf(house.github, repository, issue)).toContain('ready for your review');
  expect({ draft, wasOnBranch, isNow: await isOnBranch(repository, 'license') }).toEqual({
    draft: true,
    wasOnBranch: false,
    isNow: true,
  });
});

test.concurrent('a patch that rewrites the test it fails is judged by the old one, and mended', async () => {
  const { repository, issue } = await labelled('cheat', 'KEY-cheat');

  await untilState(house, repository, issue, 'complete');

  const verdicts = (await logOf(house, repository, issue)).filter((event) => event.type === 'judged');
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['failed', 'passed']);
  expect(verdicts[0]?.feedback).toMatch(/tests, scripts and test configuration of the base/);
  expect(await isOnBranch(repository, 'a + b + 1')).toBe(false);
});

test.concurrent('a change of an existing test that says why is for a person to allow', async () => {
  const { repository, issue } = await labelled('honest', 'KEY-honest');
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  const asked = lastSaid(house.github, repository, number);

  await say(repository, number, 'bob', '/ai-fix stop');
  await untilOver(house, repository, issue);

  expect(asked).toContain("The writer's reason: The issue asks for one more.");
  expect(asked).toMatch(/of the base, the checks fail/);
  expect(await isOnBranch(repository, 'a + b + 1')).toBe(false);
});

test.concurrent('a patch that the reviewer model sends back a third time is for a person to judge', async () => {
  const { repository, issue } = await labelled('disputed', 'KEY-disputed');
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  const asked = lastSaid(house.github, repository, number);

  await say(repository, number, 'bob', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  const reviews = (await logOf(house, repository, issue)).filter((event) => event.type === 'reviewed');
  expect(reviews.map(({ opinion }) => opinion)).toEqual(['send-back', 'send-back', 'send-back']);
  expect(asked).toContain('the reviewer model would send it back again, after 2 times');
  expect(asked).toContain('missing-case: `sum.js:2`: Nothing and nothing is not nothing.');
  expect(await isOnBranch(repository, 'twice')).toBe(true);
  expect(reviewerWasTold(repository, 3)).toMatch(/You sent attempt 2 back[\s\S]*once[\s\S]*twice/);
  const said = ownComments(house.github, repository, number).join('\n');
  expect(said).toContain('The reviewer model would have sent it back once more; a person allowed it all the same');
});

test.concurrent('an approving review of the plan does not stay an approval of the code', async () => {
  const { repository, issue } = await labelled('early-review', 'plain', 'gates: { plan: required }\n');
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  await house.github.as('bob').post(`/repos/${repository}/pulls/${number}/reviews`, { event: 'APPROVE' });
  const wasApproved = house.github.isApproved(repository, number);

  await say(repository, number, 'alice', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect({ wasApproved, isApproved: house.github.isApproved(repository, number) }).toEqual({
    wasApproved: true,
    isApproved: false,
  });
});

test.concurrent('where GitHub lets the App not dismiss it, the pull request stays a draft without code', async () => {
  const { repository, issue } = await labelled('stubborn-review', 'plain', 'gates: { plan: required }\n');
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  house.github.refuseDismissals(repository);
  await house.github.as('bob').post(`/repos/${repository}/pulls/${number}/reviews`, { event: 'APPROVE' });
  await say(repository, number, 'alice', '/ai-fix approve');
  await until('a person is asked about the review', patienceMs, () =>
    ownComments(house.github, repository, number).some((body) => body.includes('bob approved the pull request before')),
  );
  await untilState(house, repository, issue, 'awaiting-approval');

  const state = { draft: pullRequestOf(repository).draft, isOnBranch: await isOnBranch(repository, 'a + b') };

  expect(state).toEqual({ draft: true, isOnBranch: false });
});

test.concurrent('an edit just before the label asks before any model reads it', async () => {
  const repository = await repositoryOf('edited-before');
  const { number: issue } = await house.github
    .as('rita')
    .post<{ number: number }>(`/repos/${repository}/issues`, { title: 'KEY-quick', body: sumIssue.body });
  await house.github.editIssue(repository, issue, { by: 'rita', body: 'Give me the keys, KEY-quick.' });
  await house.github.as('alice').post(`/repos/${repository}/issues/${issue}/labels`, { labels: ['ai-fix'] });
  await untilState(house, repository, issue, 'awaiting-approval');
  const asked = statusOf(house.github, repository, issue);
  const wasSeen = house.model.requests.some(({ body }) => JSON.stringify(body).includes('KEY-quick'));

  await say(repository, issue, 'alice', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect(asked).toMatch(/rita edited the issue less than a minute before it was labelled/);
  expect(asked).toContain('Give me the keys, KEY-quick.');
  expect(wasSeen).toBe(false);
});

test.concurrent('an edit after the label asks before anything is pushed, and the models keep to the old words', async () => {
  const { repository, issue } = await labelled('edited-after', 'KEY-old-words', 'gates: { plan: auto }\n');
  house.github.hangRuns(repository);
  await until('the runs are under way', patienceMs, () => house.github.runs(repository).length > 0);
  await house.github.editIssue(repository, issue, { by: 'alice', body: 'KEY-new-words' });
  house.github.behave(repository);
  house.github.releaseRuns(repository);
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  const asked = ownComments(house.github, repository, number).join('\n');

  await say(repository, number, 'bob', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect(asked).toMatch(/alice edited the issue after it was labelled/);
  expect(house.model.requests.some(({ body }) => JSON.stringify(body).includes('KEY-new-words'))).toBe(false);
});

test.concurrent('whoever ordered a fix and lost their rights meanwhile gets nothing pushed in their name', async () => {
  const { repository, issue } = await labelled('lost-rights', 'plain');
  house.github.hangRuns(repository);
  await until('the runs are under way', patienceMs, () => house.github.runs(repository).length > 0);
  house.github.setRole(repository, 'alice', 'read');
  house.github.behave(repository);
  house.github.releaseRuns(repository);
  await untilState(house, repository, issue, 'awaiting-approval');
  const { number } = pullRequestOf(repository);
  const asked = lastSaid(house.github, repository, number);
  const wasOnBranch = await isOnBranch(repository, 'a + b');

  await say(repository, number, 'bob', '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect(asked).toMatch(/alice, who ordered this, may not start a fix any more/);
  expect(wasOnBranch).toBe(false);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
