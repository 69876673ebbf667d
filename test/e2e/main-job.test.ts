import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readModelScript } from '../stand-in/model-script.ts';
import { type House, labelIssue, openHouse, untilShown } from '../support/house.ts';
import { candidateRuns, patienceMs } from '../support/shown.ts';

const repository = 'acme/shop';
let house: House;
let issue: number;

beforeAll(
  async () => {
    const script = await readModelScript('fixtures/model-scripts/shop-cart.json');
    house = await openHouse({ script, databaseImage: inject('databaseImage') });
    await house.github.createRepository({
      fullName: repository,
      folder: 'fixtures/repositories/shop-cart',
      roles: { alice: 'admin' },
    });
    issue = await labelIssue(house.github, repository, {
      title: 'Discounts are wrong by cents',
      body: '100 stickers at 0.05 cost 5.00.',
    });
    await untilShown(house.github, repository, issue, ['complete'], 2 * patienceMs);
    await house.github.settled();
  },
  2 * patienceMs + 20_000,
);
afterAll(() => house.close());

test('a labelled issue becomes a pull request that is ready for review', () => {
  const [pullRequest] = house.github.pullRequests(repository);

  expect(pullRequest).toMatchObject({ state: 'open', draft: false, base_ref: 'main' });
  expect(pullRequest?.body).toContain(`Closes #${issue}`);
});

test('the commit on the branch is the commit that was validated', () => {
  const [pullRequest] = house.github.pullRequests(repository);
  const passed = candidateRuns(house.github, repository).filter((run) => run.conclusion === 'success');

  expect(passed).toHaveLength(1);
  expect(passed[0]?.title).toMatch(new RegExp(`^ai-fix [0-9a-f]{32} ${pullRequest?.head_sha}$`));
});

test('the wrong first patch was judged, and its log went to the debugger', () => {
  const runs = candidateRuns(house.github, repository);
  const debuggers = house.model.requests.filter((request) => request.role === 'debugger');

  expect(runs.map((run) => run.conclusion)).toEqual(['failure', 'success']);
  expect(JSON.stringify(debuggers[0]?.body.messages)).toContain('18.91');
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
