import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, labelIssue, openHouse, shownState, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { candidateRuns, ownComments, patienceMs, statuses, statusOf, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** A person is in charge: every way to say stop ends the fix within seconds, and nothing runs on. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

/** A repository whose validation runs never end by themselves, with a fix that waits for one. */
async function waitingForRun(name: string): Promise<{ repository: string; issue: number }> {
  const repository = `acme/${name}`;
  const roles = { alice: 'admin', bob: 'write', rita: 'read' } as const;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles });
  house.github.hangRuns(repository);
  const issue = await labelIssue(house.github, repository, sumIssue);
  await until(`a run of ${repository} is waited for`, patienceMs, () =>
    statusOf(house.github, repository, issue).includes('the sandbox is running the checks'),
  );
  return { repository, issue };
}

const lastRun = (repository: string) => candidateRuns(house.github, repository).at(-1);
const branches = (repository: string) =>
  Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/heads/'));
const candidateRefs = (repository: string) =>
  Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/ai-fix/'));

test.concurrent('taking the label away stops the fix, cancels its run and says who did it', async () => {
  const { repository, issue } = await waitingForRun('unlabelled');

  await house.github.as('bob').delete(`/repos/${repository}/issues/${issue}/labels/ai-fix`);
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('stopped: bob removed the label.');
  expect(shownState(house.github, repository, issue)).toBe('stopped');
  expect(candidateRuns(house.github, repository).map((run) => run.conclusion)).toEqual(['cancelled']);
  expect(candidateRefs(repository)).toEqual([]);
  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'closed' }]);
  expect(branches(repository)).toEqual(['refs/heads/main']);
});

test.concurrent('closing the issue stops the fix and says who did it', async () => {
  const { repository, issue } = await waitingForRun('closed');

  await house.github.as('alice').patch(`/repos/${repository}/issues/${issue}`, { state: 'closed' });
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('stopped: alice closed the issue.');
  expect(lastRun(repository)?.conclusion).toBe('cancelled');
});

test.concurrent('closing the pull request stops the fix and says who did it', async () => {
  const { repository, issue } = await waitingForRun('pull-closed');
  const [pullRequest] = house.github.pullRequests(repository);

  await house.github.as('bob').patch(`/repos/${repository}/pulls/${pullRequest?.number}`, { state: 'closed' });
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('stopped: bob closed the pull request.');
  expect(lastRun(repository)?.conclusion).toBe('cancelled');
});

test.concurrent('/ai-fix stop of a writer ends the fix; of a reader it gets nothing but a confused look', async () => {
  const { repository, issue } = await waitingForRun('commanded');
  const comments = `/repos/${repository}/issues/${issue}/comments`;

  const refused = await house.github.as('rita').post<{ id: number }>(comments, { body: '/ai-fix stop' });
  await until('the reader is answered', patienceMs, () => reactionsTo(repository, refused.id).length > 0);
  const stateThen = statusOf(house.github, repository, issue);
  const heard = await house.github.as('bob').post<{ id: number }>(comments, { body: 'Never mind.\n\n/ai-fix stop' });
  const status = await untilOver(house, repository, issue);

  expect(reactionsTo(repository, refused.id)).toEqual(['confused']);
  expect(stateThen).toContain('the sandbox is running the checks');
  expect(reactionsTo(repository, heard.id)).toEqual(['+1']);
  expect(status).toContain('stopped: bob asked for it.');
  expect(lastRun(repository)?.conclusion).toBe('cancelled');
});

test.concurrent('a stop leaves a branch alone that holds the commit of somebody else', async () => {
  const { repository, issue } = await waitingForRun('shared');
  const [pullRequest] = house.github.pullRequests(repository);
  const branch = pullRequest?.head_ref ?? '';
  const push = { branch, files: { 'mine.md': 'Mine.\n' }, message: 'Mine', author: 'bob' };
  const theirs = await house.github.commit(repository, push);

  await house.github.as('bob').delete(`/repos/${repository}/issues/${issue}/labels/ai-fix`);
  await untilOver(house, repository, issue);

  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'open', draft: true, head_sha: theirs }]);
});

test.concurrent('an issue whose fix was stopped gets a new one when it is labelled again', async () => {
  const { repository, issue } = await waitingForRun('again');
  await house.github.as('bob').delete(`/repos/${repository}/issues/${issue}/labels/ai-fix`);
  await untilOver(house, repository, issue);
  house.github.behave(repository);

  await house.github.as('bob').post(`/repos/${repository}/issues/${issue}/labels`, { labels: ['ai-fix'] });
  await untilState(house, repository, issue, 'complete');

  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'closed' }, { state: 'open', draft: false }]);
  expect(statuses(house.github, repository, issue)).toHaveLength(2);
  expect(statuses(house.github, repository, issue)[0]).toContain('stopped: bob removed the label.');
});

test.concurrent("somebody else's branch of that name is left alone", async () => {
  const repository = 'acme/taken';
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  const branch = 'ai-fix/1-add-in-sum-instead-of-subtracting';
  const theirs = await house.github.commit(repository, {
    branch,
    from: 'main',
    files: { 'notes.md': 'Mine.\n' },
    message: 'Notes',
    author: 'alice',
  });

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(house.github.refs(repository)[`refs/heads/${branch}`]).toBe(theirs);
  expect(house.github.pullRequests(repository)).toMatchObject([{ head_ref: `${branch}-2`, draft: false }]);
});

test.concurrent('a required gate waits, a reader cannot open it, a writer can', async () => {
  const repository = 'acme/gated';
  const roles = { alice: 'admin', bob: 'write', rita: 'read' } as const;
  const files = { ...sumFiles, '.github/ai-fix.yml': 'gates: { plan: required }\n' };
  await house.github.createRepository({ fullName: repository, files, roles });
  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'awaiting-approval');
  const thread = house.github.pullRequests(repository)[0]?.number ?? 0;
  const comments = `/repos/${repository}/issues/${thread}/comments`;

  const refused = await house.github.as('rita').post<{ id: number }>(comments, { body: '/ai-fix approve' });
  await until('the reader is answered', patienceMs, () => reactionsTo(repository, refused.id).length > 0);
  const askedBefore = house.model.requests.some(
    ({ role, body }) => role === 'coder' && JSON.stringify(body.messages).includes(repository),
  );
  const heard = await house.github.as('bob').post<{ id: number }>(comments, { body: '/ai-fix approve' });
  await untilState(house, repository, issue, 'complete');

  expect(reactionsTo(repository, refused.id)).toEqual(['confused']);
  expect(askedBefore).toBe(false);
  expect(reactionsTo(repository, heard.id)).toEqual(['+1']);
  expect(ownComments(house.github, repository, thread)[0]).toContain(
    'this repository asks for an approval of every plan',
  );
  expect(house.github.pullRequests(repository)).toMatchObject([{ draft: false }]);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

const reactionsTo = (repository: string, comment: number) =>
  house.github.reactions(repository, { comment }).map(({ content }) => content);
