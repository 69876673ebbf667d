import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type House, labelIssue, openHouse, untilShown } from '../support/house.ts';
import { alwaysWrong, rightFirstTime, wrongThenRight } from '../support/scripts.ts';
import { logOf, ownComments, statusOf, untilLogged, untilOver } from '../support/shown.ts';
import { sumFiles, sumIssue, sumWorkflow, workflowPath } from '../support/sum-repository.ts';

/** What validation runs may do, from never starting to a log of 200 MB. */
let house: House;

beforeAll(async () => {
  house = await openHouse({
    script: { ...rightFirstTime, match: { 'always wrong': alwaysWrong, 'wrong at first': wrongThenRight } },
    databaseImage: inject('databaseImage'),
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

async function create(name: string): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  return repository;
}

const conclusions = (repository: string) => house.github.runs(repository).map((run) => run.conclusion);
const candidateRefs = (repository: string) =>
  Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/ai-fix/'));
const debuggerWasTold = (repository: string) =>
  JSON.stringify(
    house.model.requests.find(({ role, body }) => role === 'debugger' && JSON.stringify(body).includes(repository))
      ?.body,
  );

test.concurrent('runs that fail to start without a word are found, repeated twice and then given up', async () => {
  const repository = await create('no-start');
  house.github.failRunStart(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  const status = await untilOver(house, repository, issue);

  expect(await untilShown(house.github, repository, issue, ['abandoned'])).toBe('abandoned');
  expect(status).toContain('gave up: the validation run ended as `startup_failure`.');
  expect(conclusions(repository)).toEqual(['startup_failure', 'startup_failure', 'startup_failure']);
  const [pullRequest] = house.github.pullRequests(repository);
  expect(pullRequest).toMatchObject({ state: 'open', draft: true });
  expect(ownComments(house.github, repository, pullRequest?.number ?? 0).at(-1)).toContain('Attempt 1: no verdict');
  expect(candidateRefs(repository)).toEqual([]);
});

test.concurrent('a run that a person cancelled says nothing of the patch and is repeated', async () => {
  const repository = await create('cancelled');
  house.github.hangRuns(repository);
  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilLogged(house, repository, issue, 'validation-started');
  house.github.behave(repository);

  const [run] = house.github.runs(repository);
  await house.github.as('alice').post(`/repos/${repository}/actions/runs/${run?.id}/cancel`);
  await untilShown(house.github, repository, issue, ['complete']);

  expect(conclusions(repository)).toEqual(['cancelled', 'success']);
  expect(statusOf(house.github, repository, issue)).toContain('attempt 1 of 4');
});

test.concurrent('when attempts end, the pull request keeps what was tried and the branch stays empty', async () => {
  const repository = await create('hopeless');

  const issue = await labelIssue(house.github, repository, { title: 'sum is always wrong', body: sumIssue.body });
  const status = await untilOver(house, repository, issue, 55_000);

  expect(status).toContain('gave up: the limit of 4 attempts is reached.');
  expect(await untilShown(house.github, repository, issue, ['abandoned'])).toBe('abandoned');
  expect(conclusions(repository)).toEqual(['failure', 'failure', 'failure', 'failure']);
  const [pullRequest] = house.github.pullRequests(repository);
  const farewell = ownComments(house.github, repository, pullRequest?.number ?? 0).at(-1) ?? '';
  const attempts = farewell.split('<details>').slice(1);
  expect(attempts).toHaveLength(4);
  for (const [index, got] of ['6', '2', '8', '3'].entries()) {
    expect(attempts[index]).toContain(`Attempt ${index + 1}: failed`);
    expect(attempts[index]).toContain(`${got} !== 5`);
  }
  expect(pullRequest).toMatchObject({ state: 'open', draft: true });
  expect(await changedFiles(repository, pullRequest?.head_ref ?? '')).toEqual([]);
  expect(candidateRefs(repository)).toEqual([]);
});

test.concurrent('without a job log the debugger is told so and goes on', async () => {
  const repository = await create('no-log');
  house.github.noJobLogs(repository);

  const issue = await labelIssue(house.github, repository, { title: 'sum is wrong at first', body: sumIssue.body });
  await untilShown(house.github, repository, issue, ['complete']);

  expect(conclusions(repository)).toEqual(['failure', 'success']);
  expect(debuggerWasTold(repository)).toContain('GitHub has no log of this job.');
});

test.concurrent('of a log of 200 MB only the end is kept', async () => {
  const repository = await create('huge-log');
  house.github.hugeJobLog(repository, 200_000_000);

  const issue = await labelIssue(house.github, repository, { title: 'sum is wrong at first', body: sumIssue.body });
  await untilShown(house.github, repository, issue, ['complete']);

  const told = debuggerWasTold(repository);
  expect(told).toContain('the last line');
  expect(told.length).toBeLessThan(60_000);
});

test.concurrent('workflows that changed on the default branch before the validation move the fix there', async () => {
  const repository = await create('moved-before');
  const changed = commitDuring('POST', new RegExp(`^/repos/${repository}/pulls$`), repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilShown(house.github, repository, issue, ['complete']);

  expect(await published(repository)).toMatchObject({ base: await changed, run: 'success' });
  expect(conclusions(repository)).toEqual(['success']);
});

test.concurrent('a workflow that changed on the default branch while the run went voids the run', async () => {
  const repository = await create('moved-during');
  const changed = commitDuring('POST', new RegExp(`^/repos/${repository}/actions/.*/dispatches$`), repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilShown(house.github, repository, issue, ['complete']);

  expect(conclusions(repository)).toEqual(['success', 'success']);
  expect(await published(repository)).toMatchObject({ base: await changed, run: 'success' });
  expect((await logOf(house, repository, issue)).filter(({ type }) => type === 'judged')).toMatchObject([
    { verdict: 'void', reason: expect.stringContaining('changed on the default branch') },
    { verdict: 'passed' },
  ]);
});

test.concurrent('a push of somebody else to the branch is not overwritten, and the fix says so', async () => {
  const repository = await create('pushed');
  let theirs = '';
  house.github.faults.add({
    method: 'GET',
    path: new RegExp(`^/repos/${repository}/actions/runs/\\d+/jobs$`),
    when: 'after',
    act: async () => {
      const branch = house.github.pullRequests(repository)[0]?.head_ref ?? '';
      theirs = await house.github.commit(repository, {
        branch,
        files: { 'mine.md': 'Mine.\n' },
        message: 'Mine',
        author: 'alice',
      });
    },
  });

  const issue = await labelIssue(house.github, repository, sumIssue);
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('somebody pushed to `ai-fix/1-add-in-sum-instead-of-subtracting`');
  expect(status).toContain('does not overwrite that');
  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'open', draft: true, head_sha: theirs }]);
});

test.concurrent('where drafts are refused the pull request is a plain one', async () => {
  const repository = await create('no-drafts');
  house.github.refuseDrafts(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilShown(house.github, repository, issue, ['complete']);

  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'open', draft: false }]);
  expect(await published(repository)).toMatchObject({ run: 'success' });
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

/** Commits a harmless change of the sandbox workflow to `main` after such a request, before its answer. */
function commitDuring(method: string, path: RegExp, repository: string): Promise<string> {
  return new Promise((resolve) => {
    const files = { [workflowPath]: `${sumWorkflow}\n# A comment of the admin.\n` };
    const act = async () =>
      resolve(await house.github.commit(repository, { branch: 'main', files, message: 'Comment', author: 'alice' }));
    house.github.faults.add({ method, path, when: 'after', act });
  });
}

/** The commit on the pull request's branch: what it stands on, and how the run that names it ended. */
async function published(repository: string): Promise<{ base: string; run: string | null | undefined }> {
  const head = house.github.pullRequests(repository)[0]?.head_sha ?? '';
  const base = await house.github.git(repository, 'rev-parse', `${head}~2`);
  const run = house.github.runs(repository).findLast(({ title }) => title.endsWith(head));
  return { base: base.trim(), run: run?.conclusion };
}

async function changedFiles(repository: string, branch: string): Promise<string[]> {
  const listing = await house.github.git(repository, 'diff', '--name-only', 'main', branch);
  return listing.split('\n').filter(Boolean);
}
