import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Fault } from '../stand-in/faults.ts';
import { type House, labelIssue, openHouse } from '../support/house.ts';
import { wrongThenRight } from '../support/scripts.ts';
import { candidateRuns, ownComments, patienceMs, statuses, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** GitHub fails at each of its doors; a fix gets through, and nothing of it is there twice. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: wrongThenRight,
    environment: { LOG_LEVEL: 'silent' },
  });
});
afterAll(() => house.close());

type Door = readonly [name: string, method: string, path: string];
type Act = readonly [name: string, act: Fault['act']];

const creations: readonly Door[] = [
  ['reaction', 'POST', '/issues/1/reactions'],
  ['status comment', 'POST', '/issues/1/comments'],
  ['labels', 'POST', '/issues/2/labels'],
  ['empty commit', 'POST', '/git/commits'],
  ['branch', 'POST', '/git/refs'],
  ['pull request', 'POST', '/pulls'],
  ['plan comment', 'POST', '/issues/2/comments'],
  ['dispatch', 'POST', '/actions/workflows/[^/]+/dispatches'],
  ['move of a ref', 'PATCH', '/git/refs/.+'],
  ['check run', 'POST', '/check-runs'],
];

const acts: readonly Act[] = [
  ['the answer is lost', 'disconnect-after'],
  ['the connection breaks', 'disconnect-before'],
  ['502', { status: 502 }],
  [
    'a secondary rate limit',
    { status: 403, headers: { 'retry-after': '1' }, body: { message: 'You have exceeded a secondary rate limit.' } },
  ],
];

test.concurrent.each(acts)('each creation meets this once: %s', async (name, act) => {
  const repository = await create(name.replaceAll(' ', '-'));
  for (const [, method, path] of creations) fail(repository, method, path, act);

  const issue = await labelIssue(house.github, repository, sumIssue);
  // Only now: a person labels at the same door.
  fail(repository, 'POST', '/issues/1/labels', act);
  await untilState(house, repository, issue, 'complete');

  expectOneOfEverything(repository, issue);
});

test('tokens that expire on the way are renewed, for REST and for git', async () => {
  const repository = await create('expiring');
  const expire = () => house.github.expireTokens();
  fail(repository, 'POST', '/pulls', expire);
  // The last REST calls before git fetches the base, and before it pushes the candidate.
  fail(repository, 'POST', '/issues/2/labels', expire, 'after');
  fail(repository, 'GET', '/git/ref/ai-fix/.+', expire, 'after');
  fail(repository, 'POST', '/actions/workflows/[^/]+/dispatches', expire);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expectOneOfEverything(repository, issue);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

async function create(name: string): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  return repository;
}

function fail(
  repository: string,
  method: string,
  path: string,
  act: Fault['act'],
  when: 'before' | 'after' = 'before',
): void {
  house.github.faults.add({ method, path: new RegExp(`^/repos/${repository}${path}$`), act, when });
}

function expectOneOfEverything(repository: string, issue: number): void {
  const [pullRequest] = house.github.pullRequests(repository);
  expect(house.github.pullRequests(repository)).toHaveLength(1);
  expect(statuses(house.github, repository, issue)).toHaveLength(1);
  const marks = ownComments(house.github, repository, pullRequest?.number ?? 0).map((body) => body.split(' ')[3]);
  expect(marks).toEqual(['plan-plan', 'completion', 'status']);
  expect(candidateRuns(house.github, repository).map((run) => run.conclusion)).toEqual(['failure', 'success']);
  const branches = Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/heads/'));
  expect(branches.sort()).toEqual([`refs/heads/${pullRequest?.head_ref}`, 'refs/heads/main']);
}
