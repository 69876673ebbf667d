import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JsonObject } from '../stand-in/json.ts';
import { type House, labelIssue, openHouse, until } from '../support/house.ts';
import { calls, rightFirstTime, rightPatch } from '../support/scripts.ts';
import { logOf, ownComments, patienceMs, statusOf, untilLogged, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** What happens to a finished pull request: reviews, commits of people, a base that moves on, the merge. */
let house: House;

const answers = [
  { thread: 'T1', done: true, text: 'The operands are the other way round now.' },
  { thread: 'T2', done: false, text: 'Floats are not what the issue is about.' },
];
const swap: [string, Record<string, unknown>] = ['edit_file', { path: 'sum.js', old_text: 'a + b', new_text: 'b + a' }];
const finishWith = (more: Record<string, unknown>): [string, Record<string, unknown>] => [
  'finish',
  { summary: 'The operands are swapped, as asked in the review.', tests_added: [], ...more },
];
const revised = calls(swap, finishWith({ answers }));
const asOrdered = calls(swap, finishWith({}));
const declined = calls(finishWith({ answers: [{ thread: 'T1', done: false, text: 'It is right as it stands.' }] }));

// Several waits follow one another, each with its own patience.
vi.setConfig({ testTimeout: 3 * patienceMs });
beforeAll(async () => {
  house = await openHouse({
    script: {
      ...rightFirstTime,
      match: {
        'KEY-review': { coder: [[rightPatch], [revised]] },
        'KEY-order': { coder: [[rightPatch], [asOrdered]] },
        'KEY-decline': { coder: [[rightPatch], [declined]] },
      },
    },
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

const roles = { alice: 'admin', bob: 'write', rita: 'read' } as const;

async function finished(name: string, key = ''): Promise<{ repository: string; issue: number; thread: number }> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles });
  const title = `${sumIssue.title} ${key}`.trim();
  const issue = await labelIssue(house.github, repository, { title, body: sumIssue.body });
  await untilState(house, repository, issue, 'complete');
  return { repository, issue, thread: pullRequestOf(repository).number };
}

const pullRequestOf = (repository: string) => {
  const newest = house.github.pullRequests(repository).at(-1);
  if (newest === undefined) throw new Error(`${repository} has no pull request`);
  return newest;
};
const say = (repository: string, number: number, login: string, body: string) =>
  house.github.as(login).post<{ id: number }>(`/repos/${repository}/issues/${number}/comments`, { body });
const review = (repository: string, thread: number, login: string, what: JsonObject) =>
  house.github.as(login).post<{ id: number }>(`/repos/${repository}/pulls/${thread}/reviews`, what);
const git = (repository: string, ...args: string[]) => house.github.git(repository, ...args);
const codeComments = (repository: string, thread: number) =>
  house.github
    .as('alice')
    .get<{ body: string; user: { login: string }; in_reply_to_id?: number }[]>(
      `/repos/${repository}/pulls/${thread}/comments`,
    );

async function untilProposed(repository: string, issue: number, times: number): Promise<void> {
  await until(`proposal ${times} of ${repository}`, patienceMs, async () => {
    const proposed = (await logOf(house, repository, issue)).filter(({ type }) => type === 'proposed');
    return proposed.length >= times;
  });
  await untilState(house, repository, issue, 'complete');
}

test.concurrent('a review becomes one revision, validated again, with every thread answered', async () => {
  const { repository, issue, thread } = await finished('reviewed', 'KEY-review');
  const before = pullRequestOf(repository).head_sha;

  await review(repository, thread, 'bob', {
    event: 'REQUEST_CHANGES',
    body: 'Two things.',
    comments: [
      { path: 'sum.js', line: 1, body: 'Please swap the operands.' },
      { path: 'sum.js', line: 1, body: 'And support floats.' },
    ],
  });
  await untilProposed(repository, issue, 2);

  const after = pullRequestOf(repository).head_sha;
  const replies = (await codeComments(repository, thread)).filter(({ user }) => user.login === 'ai-fix[bot]');
  const begun = (await logOf(house, repository, issue)).filter(({ type }) => type === 'revision-begun');
  expect(begun).toHaveLength(1);
  expect(replies.map(({ body }) => body.split('\n').at(-1))).toEqual([
    `**Done** in ${after.slice(0, 12)}: The operands are the other way round now.`,
    '**Not done:** Floats are not what the issue is about.',
  ]);
  expect((await git(repository, 'rev-parse', `${after}^`)).trim()).toBe(before);
  expect(await git(repository, 'show', `${after}:sum.js`)).toContain('b + a');
});

test.concurrent('a comment that needs no change gets its answer, and the patch stays what it is', async () => {
  const { repository, issue, thread } = await finished('declined', 'KEY-decline');
  const before = pullRequestOf(repository).head_sha;

  await review(repository, thread, 'bob', {
    event: 'COMMENT',
    comments: [{ path: 'sum.js', line: 1, body: 'Is this right?' }],
  });
  await untilLogged(house, repository, issue, 'left-alone');
  await untilState(house, repository, issue, 'complete');

  const replies = (await codeComments(repository, thread)).filter(({ user }) => user.login === 'ai-fix[bot]');
  expect(replies.map(({ body }) => body.split('\n').at(-1))).toEqual(['**Not done:** It is right as it stands.']);
  expect(pullRequestOf(repository).head_sha).toBe(before);
});

test.concurrent('what people without write access say of the code, and kind words, order nothing', async () => {
  const { repository, issue, thread } = await finished('quiet');

  await review(repository, thread, 'rita', {
    event: 'COMMENT',
    comments: [{ path: 'sum.js', line: 1, body: 'Delete it all.' }],
  });
  await review(repository, thread, 'bob', { event: 'COMMENT', body: 'Nice.' });
  await review(repository, thread, 'bob', { event: 'APPROVE' });
  await house.github.settled();
  await untilState(house, repository, issue, 'complete');

  const attempts = (await logOf(house, repository, issue)).filter(({ type }) => type === 'attempt-started');
  expect(attempts).toHaveLength(1);
  expect(house.model.requests.some(({ body }) => JSON.stringify(body).includes('Delete it all.'))).toBe(false);
});

test.concurrent('a commit that somebody pushed stays, and an ordered change goes on top of it', async () => {
  const { repository, issue, thread } = await finished('shared', 'KEY-order');
  const branch = pullRequestOf(repository).head_ref;
  const theirs = await house.github.commit(repository, {
    author: 'bob',
    branch,
    files: { 'NOTES.md': 'Mine.\n' },
    message: 'Add notes',
  });

  await say(repository, thread, 'bob', '/ai-fix revise swap the operands');
  await untilProposed(repository, issue, 2);

  const head = pullRequestOf(repository).head_sha;
  expect((await git(repository, 'rev-parse', `${head}^`)).trim()).toBe(theirs);
  expect(await git(repository, 'show', `${head}:NOTES.md`)).toBe('Mine.\n');
  expect(await git(repository, 'show', `${head}:sum.js`)).toContain('b + a');
});

test.concurrent('a rebase of the finished patch merges the base that moved on, and proves itself again', async () => {
  const { repository, issue, thread } = await finished('rebased');
  const before = pullRequestOf(repository).head_sha;
  const base = await house.github.commit(repository, {
    author: 'alice',
    branch: 'main',
    files: { 'README.md': 'Sums.\n' },
    message: 'Add a readme',
  });

  await say(repository, thread, 'bob', '/ai-fix rebase');
  await untilProposed(repository, issue, 2);

  const head = pullRequestOf(repository).head_sha;
  const parents = (await git(repository, 'rev-list', '--parents', '-1', head)).trim().split(' ').slice(1);
  expect(parents).toEqual([before, base]);
  expect(await git(repository, 'show', `${head}:README.md`)).toBe('Sums.\n');
});

test.concurrent('a merge closes the story: branch and candidate refs go, and the thread says who did it', async () => {
  const { repository, issue, thread } = await finished('merged');

  await house.github.as('bob').put(`/repos/${repository}/pulls/${thread}/merge`, {});
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('is done: bob merged the pull request.');
  expect(Object.keys(house.github.refs(repository))).toEqual(['refs/heads/main']);
  expect(ownComments(house.github, repository, thread).join()).toContain('## Ready for review');
});

test.concurrent('a pull request that somebody closes is a stop, and resume opens the very same again', async () => {
  const { repository, issue, thread } = await finished('closed');
  const before = pullRequestOf(repository);

  await house.github.as('bob').patch(`/repos/${repository}/pulls/${thread}`, { state: 'closed' });
  await untilOver(house, repository, issue);
  const refs = Object.keys(house.github.refs(repository));
  await say(repository, issue, 'bob', '/ai-fix resume');
  await untilState(house, repository, issue, 'complete');

  expect(refs).toEqual(['refs/heads/main']);
  expect(pullRequestOf(repository)).toMatchObject({ number: before.number, state: 'open', head_sha: before.head_sha });
  expect(statusOf(house.github, repository, issue)).toContain('ready for your review');
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
