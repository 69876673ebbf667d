import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type House, labelIssue, openHouse } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { candidateRuns, logOf, patienceMs, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue, sumWorkflow, workflowPath } from '../support/sum-repository.ts';

/** The ground moves under a fix: others push to its branch and to the default branch while it works. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'warn' },
  });
});
afterAll(() => house.close());

const branch = 'ai-fix/1-add-in-sum-instead-of-subtracting';
const conclusions = (repository: string) => candidateRuns(house.github, repository).map((run) => run.conclusion);
const pathOf = (repository: string, rest: string) => new RegExp(`^/repos/${repository}${rest}$`);

async function create(name: string): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles: { alice: 'admin' } });
  return repository;
}

test.concurrent('workflows that changed on the default branch before the validation move the fix there', async () => {
  const repository = await create('moved-before');
  const changed = commitAt(repository, 'POST', '/pulls', workflowComment);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(await published(repository)).toMatchObject({ base: await changed, run: 'success' });
  expect(conclusions(repository)).toEqual(['success']);
});

test.concurrent('a workflow that changed on the default branch while the run went voids the run', async () => {
  const repository = await create('moved-during');
  const changed = commitAt(repository, 'POST', '/actions/.*/dispatches', workflowComment);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(conclusions(repository)).toEqual(['success', 'success']);
  expect(await published(repository)).toMatchObject({ base: await changed, run: 'success' });
  expect((await logOf(house, repository, issue)).filter(({ type }) => type === 'judged')).toMatchObject([
    { verdict: 'void', reason: expect.stringContaining('changed on the default branch') },
    { verdict: 'passed' },
  ]);
});

test.concurrent('when files of the patch changed there too, it is written anew on the new ground', async () => {
  const repository = await create('conflict');
  const sum = 'export const sum = (a, b) => a - b; // Mind the order.\n';
  const changed = commitAt(repository, 'POST', '/pulls', {
    ...workflowComment,
    files: { ...workflowComment.files, 'sum.js': sum },
  });

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(await published(repository)).toMatchObject({ base: await changed, run: 'success' });
  expect(await house.github.git(repository, 'show', `${branch}:sum.js`)).toBe(sum.replace('-', '+'));
  expect((await logOf(house, repository, issue)).find(({ type }) => type === 'attempt-failed')).toMatchObject({
    feedback: expect.stringContaining('changed files of the patch (sum.js)'),
  });
});

const pushes: [when: string, name: string, method: string, path: string, runs: string[]][] = [
  ['before the validation', 'pushed-early', 'POST', '/issues/2/comments', ['success']],
  ['after the verdict', 'pushed-late', 'GET', '/actions/runs/\\d+/jobs', ['success', 'success']],
];

test.concurrent.each(pushes)(
  "somebody's push to the branch %s stays, and the patch proves itself upon it",
  async (_when, name, method, path, runs) => {
    const repository = await create(name);
    const theirs = commitAt(repository, method, path, { branch, files: { 'mine.md': 'Mine.\n' } });

    const issue = await labelIssue(house.github, repository, sumIssue);
    await untilState(house, repository, issue, 'complete');

    const head = house.github.pullRequests(repository)[0]?.head_sha ?? '';
    expect((await house.github.git(repository, 'rev-parse', `${head}^`)).trim()).toBe(await theirs);
    expect(await house.github.git(repository, 'show', `${head}:mine.md`)).toBe('Mine.\n');
    expect(conclusions(repository)).toEqual(runs);
  },
);

test.concurrent('where drafts are refused the pull request is a plain one', async () => {
  const repository = await create('no-drafts');
  house.github.refuseDrafts(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expect(house.github.pullRequests(repository)).toMatchObject([{ state: 'open', draft: false }]);
  expect(await published(repository)).toMatchObject({ run: 'success' });
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

interface Push {
  readonly branch: string;
  readonly files: Readonly<Record<string, string>>;
}

const workflowComment: Push = {
  branch: 'main',
  files: { [workflowPath]: `${sumWorkflow}\n# A comment of the admin.\n` },
};

/** Pushes after such a request has had its effect and before it is answered; the new commit. */
function commitAt(repository: string, method: string, path: string, push: Push): Promise<string> {
  return new Promise((resolve) => {
    const act = async () =>
      resolve(await house.github.commit(repository, { ...push, message: 'Meanwhile', author: 'alice' }));
    house.github.faults.add({ method, path: pathOf(repository, path), when: 'after', act });
  });
}

/** The commit on the pull request's branch: what it stands on, and how the run that names it ended. */
async function published(repository: string): Promise<{ base: string; run: string | null | undefined }> {
  const head = house.github.pullRequests(repository)[0]?.head_sha ?? '';
  const base = await house.github.git(repository, 'rev-parse', `${head}~2`);
  const run = candidateRuns(house.github, repository).findLast(({ title }) => title.endsWith(head));
  return { base: base.trim(), run: run?.conclusion };
}
