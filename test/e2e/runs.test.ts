import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, labelIssue, openHouse, shownState } from '../support/house.ts';
import { alwaysWrong, rightFirstTime, wrongThenRight } from '../support/scripts.ts';
import { candidateRuns, lastSaid, patienceMs, statusOf, untilLogged, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** What validation runs may do, from never starting to a log of 200 MB. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: { ...rightFirstTime, match: { 'always wrong': alwaysWrong, 'wrong at first': wrongThenRight } },
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

async function create(name: string): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  return repository;
}

const conclusions = (repository: string) => candidateRuns(house.github, repository).map((run) => run.conclusion);
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

  expect(shownState(house.github, repository, issue)).toBe('abandoned');
  expect(status).toContain('gave up: the validation run ended as `startup_failure`.');
  expect(conclusions(repository)).toEqual(['startup_failure', 'startup_failure', 'startup_failure']);
  const [pullRequest] = house.github.pullRequests(repository);
  expect(pullRequest).toMatchObject({ state: 'open', draft: true });
  expect(lastSaid(house.github, repository, pullRequest?.number ?? 0)).toContain('Attempt 1: no verdict');
  expect(candidateRefs(repository)).toEqual([]);
});

test.concurrent('a run that a person cancelled says nothing of the patch and is repeated', async () => {
  const repository = await create('cancelled');
  house.github.hangRuns(repository);
  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilLogged(house, repository, issue, 'validation-started');
  house.github.behave(repository);

  const [run] = candidateRuns(house.github, repository);
  await house.github.as('alice').post(`/repos/${repository}/actions/runs/${run?.id}/cancel`);
  house.github.releaseRuns(repository);
  await untilState(house, repository, issue, 'complete');

  expect(conclusions(repository)).toEqual(['cancelled', 'success']);
  expect(statusOf(house.github, repository, issue)).toContain('attempt 1 of 4');
});

test.concurrent('when attempts end, the pull request keeps what was tried and the branch stays empty', async () => {
  const repository = await create('hopeless');

  const issue = await labelIssue(house.github, repository, { title: 'sum is always wrong', body: sumIssue.body });
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('gave up: the limit of 4 attempts is reached.');
  expect(shownState(house.github, repository, issue)).toBe('abandoned');
  expect(conclusions(repository)).toEqual(['failure', 'failure', 'failure', 'failure']);
  const [pullRequest] = house.github.pullRequests(repository);
  const farewell = lastSaid(house.github, repository, pullRequest?.number ?? 0);
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
  await untilState(house, repository, issue, 'complete');

  expect(conclusions(repository)).toEqual(['failure', 'success']);
  expect(debuggerWasTold(repository)).toContain('GitHub has no log of this job.');
});

test.concurrent('of a log of 200 MB only the end is kept', async () => {
  const repository = await create('huge-log');
  house.github.hugeJobLog(repository, 200_000_000);

  let mostBytes = 0;
  const watch = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers);
  }, 20);

  const issue = await labelIssue(house.github, repository, { title: 'sum is wrong at first', body: sumIssue.body });
  await untilState(house, repository, issue, 'complete');
  clearInterval(watch);

  const told = debuggerWasTold(repository);
  expect(told).toContain('the last line');
  expect(told.length).toBeLessThan(60_000);
  // The whole log would lie in buffers; what else this process holds there is a few megabytes.
  expect(mostBytes).toBeLessThan(150_000_000);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

async function changedFiles(repository: string, branch: string): Promise<string[]> {
  const listing = await house.github.git(repository, 'diff', '--name-only', 'main', branch);
  return listing.split('\n').filter(Boolean);
}
