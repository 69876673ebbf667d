import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunView } from '../stand-in/views.ts';
import { type FailingOrder, failingFiles, mendedSum, outOfReach } from '../support/failing-repository.ts';
import { type House, openHouse, until } from '../support/house.ts';
import { ownComments, patienceMs } from '../support/shown.ts';

/** Failing checks, from ten red jobs on a branch to one pull request. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: { ...mendedSum, match: { 'the wrong operator': outOfReach } },
    environment: { LOG_LEVEL: process.env.DEBUG_LEVEL ?? 'warn' },
  });
});
afterAll(() => house.close());

async function create(name: string, order: FailingOrder = {}): Promise<string> {
  const repository = `acme/${name}`;
  const files = failingFiles(order);
  await house.github.createRepository({ fullName: repository, files, roles: { alice: 'admin', bob: 'write' } });
  return repository;
}

/** Runs the CI of a branch as a push would. */
const runCi = (repository: string, branch = 'main'): Promise<RunView> =>
  house.github.runWorkflow(repository, { workflow: 'ci.yml', branch, event: 'push', actor: 'bob' });

const ciRuns = (repository: string) =>
  house.github.runs(repository).filter(({ event }) => event !== 'workflow_dispatch');
const pulls = (repository: string) => house.github.pullRequests(repository);
const branches = (repository: string) =>
  Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/heads/'));
const tipOf = (repository: string, branch: string) => house.github.refs(repository)[`refs/heads/${branch}`] ?? '';
const said = (repository: string, number: number) => ownComments(house.github, repository, number).join('\n\n');

interface OwnCheck {
  readonly conclusion: string;
  readonly output: { readonly title: string; readonly summary: string };
}

/** What ai-fix says on a commit itself. */
async function ownChecks(repository: string, sha: string): Promise<readonly OwnCheck[]> {
  const path = `/repos/${repository}/commits/${sha}/check-runs?check_name=ai-fix`;
  return (await house.github.as('alice').get<{ check_runs: OwnCheck[] }>(path)).check_runs;
}

const ready = (repository: string, base = 'main') =>
  until(`a finished pull request onto ${base} of ${repository}`, patienceMs, () =>
    pulls(repository).find((pull) => pull.base_ref === base && pull.head_ref.startsWith('ai-fix/') && !pull.draft),
  );

/** Everything that was sent of a repository has been heard, and what is not for us is settled. */
async function quiet(repository: string): Promise<void> {
  await house.github.webhooks.settled();
  await until(`every delivery of ${repository} is settled`, patienceMs, async () => {
    const open = await house.app.ports.deliveries.unsettled(0);
    return open.every(({ signal }) => !('repository' in signal) || `acme/${signal.repository.name}` !== repository);
  });
}

async function openPullRequest(repository: string, branch: string): Promise<number> {
  const files = { 'notes.md': `Notes of ${branch}.\n` };
  await house.github.commit(repository, { branch, from: 'main', files, message: 'Add notes', author: 'bob' });
  const order = { title: 'Add notes', head: branch, base: 'main', body: '' };
  return (await house.github.as('bob').post<{ number: number }>(`/repos/${repository}/pulls`, order)).number;
}

const label = (repository: string, number: number) =>
  house.github.as('alice').post(`/repos/${repository}/issues/${number}/labels`, { labels: ['ai-fix'] });

test.concurrent('ten failing jobs on a configured branch become one stacked pull request', async () => {
  const jobs = Array.from({ length: 10 }, (_, index) => `unit-${index}`);
  const repository = await create('ten', { jobs, command: `echo '::error file=sum.js,line=1::sum subtracts'; exit 1` });
  const failing = tipOf(repository, 'main');

  await runCi(repository);
  await house.github.reportCheck(repository, { sha: failing, name: 'circle', app: 'circle-ci', conclusion: 'failure' });
  await house.github.reportStatus(repository, { sha: failing, context: 'old-ci', state: 'failure' });
  const pull = await ready(repository);

  expect(pulls(repository)).toHaveLength(1);
  expect(pull).toMatchObject({ head_ref: 'ai-fix/checks-main', base_ref: 'main' });
  expect(pull.body).toContain(`Because the [checks of main fail at ${failing.slice(0, 7)}]`);
  expect(pull.body).not.toMatch(/closes #/i);
  for (const name of [...jobs, 'circle', 'old-ci']) expect(pull.body).toContain(`### ${name}`);
  expect(pull.body).toContain('sum subtracts');
  expect(await house.github.git(repository, 'show', `${pull.head_ref}:sum.js`)).toContain('a + b');
  const [candidate, start, base] = (await house.github.git(repository, 'rev-list', '-3', pull.head_ref)).split('\n');
  expect([candidate, start, base]).toEqual([pull.head_sha, expect.any(String), failing]);
  expect(await house.github.git(repository, 'log', '-1', '--format=%B', pull.head_ref)).not.toMatch(/closes #/i);
  // Chance was ruled out first.
  expect(ciRuns(repository)).toMatchObject([{ attempt: 2, conclusion: 'failure' }]);
  expect(said(repository, pull.number)).toContain('Ready for review');
});

test.concurrent('a check that passes when it is run once more is called flaky, and nothing is mended', async () => {
  const repository = await create('flaky', { command: 'test "$GITHUB_RUN_ATTEMPT" = 2' });
  const failing = tipOf(repository, 'main');

  await runCi(repository);
  const [check] = await until('ai-fix says so on the commit', patienceMs, async () => {
    const found = await ownChecks(repository, failing);
    return found.length > 0 ? found : null;
  });

  expect(check).toMatchObject({ conclusion: 'neutral' });
  expect(check?.output.summary).toContain('"unit" is flaky');
  expect(ciRuns(repository)).toMatchObject([{ attempt: 2, conclusion: 'success' }]);
  await quiet(repository);
  expect(pulls(repository)).toEqual([]);
  expect(branches(repository)).toEqual(['refs/heads/main']);
});

test.concurrent('a newer failing commit takes the place of the older one', async () => {
  const repository = await create('superseded');
  const older = tipOf(repository, 'main');
  await runCi(repository);
  await until('a pull request is open', patienceMs, () => pulls(repository)[0]);

  const newer = await house.github.commit(repository, {
    branch: 'main',
    files: { 'notes.md': 'More.\n' },
    message: 'More',
    author: 'bob',
  });
  await runCi(repository);
  const pull = await until('the second pull request is ready', patienceMs, () =>
    pulls(repository).find(({ state, draft, number }) => state === 'open' && !draft && number !== 1),
  );

  const [, , base] = (await house.github.git(repository, 'rev-list', '-3', pull.head_ref)).split('\n');
  expect(base).toBe(newer);
  await until('the first one is closed', patienceMs, () => pulls(repository)[0]?.state === 'closed');
  await until('it says why', patienceMs, () =>
    said(repository, 1).includes(`stopped: a newer commit took its place: ${newer.slice(0, 7)}`),
  );
  expect(pulls(repository).filter(({ state }) => state === 'open')).toHaveLength(1);
  expect(older).not.toBe(newer);
});

test.concurrent('a newer green commit ends the work', async () => {
  const repository = await create('green-again');
  await runCi(repository);
  const pull = await ready(repository);

  const files = { 'sum.js': 'export const sum = (a, b) => a + b;\n' };
  const green = await house.github.commit(repository, { branch: 'main', files, message: 'Mend', author: 'bob' });
  await runCi(repository);
  await until('the pull request is closed', patienceMs, () => pulls(repository)[0]?.state === 'closed');

  await until('it says why', patienceMs, () =>
    said(repository, pull.number).includes(`the checks pass again, at ${green.slice(0, 7)}`),
  );
});

test.concurrent('a labelled pull request gets a fix that is stacked on its branch', async () => {
  const repository = await create('labelled', { triggers: 'branches: []' });
  const number = await openPullRequest(repository, 'topic');
  await label(repository, number);

  await runCi(repository, 'topic');
  const pull = await ready(repository, 'topic');

  expect(pull).toMatchObject({ head_ref: 'ai-fix/checks-topic' });
  expect(pull.body).toContain(`For #${number}, whose`);
  await until('the status stands in the failing pull request', patienceMs, () =>
    said(repository, number).includes(`has a validated patch in #${pull.number}`),
  );
});

test.concurrent('/ai-fix fix-checks orders the same, and is turned down where nothing fails', async () => {
  const repository = await create('commanded', { triggers: 'branches: [], pull_requests: off' });
  const number = await openPullRequest(repository, 'topic');
  const order = () => house.github.comment(repository, number, { by: 'alice', body: '/ai-fix fix-checks' });

  await order();
  await until('the refusal', patienceMs, () => said(repository, number).includes('None of the checks here fails'));
  await runCi(repository, 'topic');
  await quiet(repository);
  expect(pulls(repository)).toHaveLength(1);
  await order();
  const pull = await ready(repository, 'topic');

  expect(pull.body).toContain('on the order of alice');
});

test.concurrent('a pull request of a fork gets plan and patch as comments, and no branch', async () => {
  const repository = await create('forked', { triggers: 'branches: [main]' });
  const files = { 'notes.md': 'From outside.\n' };
  const fork = await house.github.openForkPullRequest(repository, {
    by: 'mallory',
    branch: 'main',
    title: 'Outside',
    files,
  });
  await label(repository, fork.number);
  const before = branches(repository);

  const order = { workflow: 'ci.yml', branch: 'main', event: 'pull_request', actor: 'mallory' };
  await house.github.runWorkflow(repository, { ...order, forkPullRequest: fork.number });
  await until('the patch is told', patienceMs, () =>
    said(repository, fork.number).includes('+export const sum = (a, b) => a + b;'),
  );
  await quiet(repository);

  expect(said(repository, fork.number)).toContain('Nothing of this was run or reviewed');
  expect(said(repository, fork.number)).toContain('## Plan');
  expect(branches(repository)).toEqual(before);
  expect(pulls(repository)).toHaveLength(1);
  expect(Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/ai-fix/'))).toEqual([]);
});

test.concurrent('where workflows differ from the default branch, the failing commit is told the patch', async () => {
  const repository = await create('release', { triggers: 'branches: [release/*]' });
  const files = { '.github/workflows/more.yml': 'name: More\non: push\njobs: {}\n' };
  await house.github.commit(repository, { branch: 'release/1', from: 'main', files, message: 'Differ', author: 'bob' });

  await runCi(repository, 'release/1');
  const [check] = await until('the commit is told', patienceMs, async () => {
    const found = await ownChecks(repository, tipOf(repository, 'release/1'));
    return found.length > 0 ? found : null;
  });

  expect(check?.output.summary).toContain('is not what `main` has');
  expect(check?.output.summary).toContain('+export const sum = (a, b) => a + b;');
  expect(pulls(repository)).toEqual([]);
});

test.concurrent('a fault in .github is said, with the diff that a person should apply', async () => {
  const repository = await create('out-of-reach', { command: 'echo the wrong operator; exit 1' });
  const failing = tipOf(repository, 'main');

  await runCi(repository);
  const pull = await until('the pull request is closed again', patienceMs, () =>
    pulls(repository).find(({ state }) => state === 'closed'),
  );

  await until('it says why', patienceMs, () => said(repository, pull.number).includes('ai-fix may not change'));
  expect(said(repository, pull.number)).toContain('+grep a - b');
  const [check] = await until('the commit is told', patienceMs, async () => {
    const found = await ownChecks(repository, failing);
    return found.length > 0 ? found : null;
  });
  expect(check?.output.summary).toContain('+grep a - b');
  expect(branches(repository)).toEqual(['refs/heads/main']);
});

test.concurrent('where commits are wanted, the validated one goes onto the failing branch itself', async () => {
  const repository = await create('commit', { triggers: 'branches: [main], delivery: commit' });
  const failing = tipOf(repository, 'main');

  await runCi(repository);
  await until('the commit is on main', patienceMs, () => tipOf(repository, 'main') !== failing);
  const [pull] = pulls(repository);
  await until('the pull request is closed', patienceMs, () => pulls(repository)[0]?.state === 'closed');

  expect(await house.github.git(repository, 'show', 'main:sum.js')).toContain('a + b');
  expect(tipOf(repository, 'main')).toBe(pull?.head_sha);
  expect(said(repository, pull?.number ?? 0)).toContain('it is on main now');
  await until('the branch is gone', patienceMs, () => branches(repository).length === 1);
});

test.concurrent('what nobody asked us to look at, and what we did ourselves, starts nothing', async () => {
  const repository = await create('silent', { triggers: 'branches: [release/*]' });
  const number = await openPullRequest(repository, 'topic');
  await house.github.commit(repository, {
    branch: 'ai-fix/checks-release',
    from: 'main',
    files: { 'x.md': 'x' },
    message: 'x',
    author: 'bob',
  });

  for (const branch of ['main', 'topic', 'ai-fix/checks-release']) await runCi(repository, branch);
  await house.github.reportStatus(repository, { sha: tipOf(repository, 'main'), context: 'old', state: 'error' });
  await quiet(repository);

  expect(pulls(repository)).toHaveLength(1);
  expect(said(repository, number)).toBe('');
  expect(ciRuns(repository).map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
