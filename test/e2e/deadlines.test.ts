import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, labelIssue, openHouse, shownState } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import {
  candidateRuns,
  lastSaid,
  ownComments,
  patienceMs,
  statusOf,
  untilLogged,
  untilOver,
  untilState,
} from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** What never comes: the clock is moved on, so these go one after the other. */
let house: House;
let aheadMs = 0;
const minute = 60_000;
const day = 24 * 60 * minute;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
    tuning: { now: () => Date.now() + aheadMs },
  });
});
afterAll(() => house.close());

async function order(name: string, configuration = ''): Promise<{ repository: string; issue: number }> {
  const repository = `acme/${name}`;
  const files = { ...sumFiles, '.github/ai-fix.yml': configuration };
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin' } });
  return { repository, issue: await labelIssue(house.github, repository, sumIssue) };
}

test('a plan that nobody approves is remembered once, and expires after 14 days', async () => {
  const { repository, issue } = await order('unapproved', 'gates: { plan: required }\n');
  await untilState(house, repository, issue, 'awaiting-approval');

  const thread = house.github.pullRequests(repository)[0]?.number ?? 0;

  aheadMs += 10 * day;
  await untilLogged(house, repository, issue, 'reminded');
  const reminders = ownComments(house.github, repository, thread).filter((body) => body.includes('still waits for'));
  aheadMs += 4 * day;
  const status = await untilOver(house, repository, issue);
  expect(reminders).toHaveLength(1);

  expect(status).toContain('closed this: nobody approved it in 14 days.');
  expect(shownState(house.github, repository, issue)).toBe('expired');
});

test('a run that never ends is cancelled at its deadline and repeated', async () => {
  const { repository, issue } = await order('hanging-once');
  house.github.hangRuns(repository);
  await untilLogged(house, repository, issue, 'validation-started');
  house.github.behave(repository);

  aheadMs += 60 * minute;
  await untilState(house, repository, issue, 'complete');

  expect(candidateRuns(house.github, repository).map((run) => run.conclusion)).toEqual(['cancelled', 'success']);
});

test('an hour of waiting for an approval is no work: the time budget stays whole', async () => {
  const { repository, issue } = await order('patient', 'gates: { plan: required }\nbudget: { minutes: 5 }\n');
  await untilState(house, repository, issue, 'awaiting-approval');

  aheadMs += 60 * minute;
  const thread = house.github.pullRequests(repository)[0]?.number;
  await house.github.as('alice').post(`/repos/${repository}/issues/${thread}/comments`, { body: '/ai-fix approve' });
  await untilState(house, repository, issue, 'complete');

  expect(house.github.pullRequests(repository)).toMatchObject([{ draft: false }]);
});

test('a pull request that nobody merges is closed after 30 days, politely, and comes back', async () => {
  const { repository, issue } = await order('unmerged');
  await untilState(house, repository, issue, 'complete');

  aheadMs += 30 * day;
  await untilOver(house, repository, issue);

  expect(statusOf(house.github, repository, issue)).toContain(
    'closed this: nobody merged or closed the pull request in 30 days.',
  );
  const [closed] = house.github.pullRequests(repository);
  expect(closed).toMatchObject({ state: 'closed' });
  expect(lastSaid(house.github, repository, closed?.number ?? 0)).toContain('Nothing is lost');
  await house.github.as('alice').post(`/repos/${repository}/issues/${issue}/comments`, { body: '/ai-fix resume' });
  await untilState(house, repository, issue, 'complete');
  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'open', draft: false }]);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
