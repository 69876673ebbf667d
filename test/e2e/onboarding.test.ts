import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isOver } from '../../src/domain/fix-facts.ts';
import type { OnboardingState } from '../../src/domain/onboarding.ts';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';
import { starterPolicy } from '../../src/steps/starter-files.ts';
import { nodesOf, parseMarkdown } from '../../src/thread/markdown-tree.ts';
import { type House, labelIssue, openHouse, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { ownComments, patienceMs, statuses, statusOf, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue, workflowPath } from '../support/sum-repository.ts';

/** From the installation to the first fix: one pull request, and nothing else before it is merged. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
  house.github.webhooks.policy = ({ payload }) => (lost.has(JSON.stringify(payload.number ?? '')) ? 'drop' : 'twice');
});
afterAll(() => house.close());

/** Numbers of pull requests whose events get lost. */
const lost = new Set<string>();
const configuration = '.github/ai-fix.yml';
const branch = 'refs/heads/ai-fix/configure';
const { [workflowPath]: _workflow, ...filesWithoutWorkflow } = sumFiles;

async function create(
  repository: string,
  order: Partial<Parameters<House['github']['createRepository']>[0]> = {},
): Promise<string> {
  const roles = { alice: 'admin', tom: 'triage' } as const;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles, ...order });
  return repository;
}

async function rowOf(repository: string) {
  const [owner = '', name = ''] = repository.split('/');
  const installationId = house.github.installationId(repository);
  return house.app.ports.onboardings.find({ installationId, owner, name });
}

const untilRow = (repository: string, state: OnboardingState) =>
  until(`${repository} is ${state}`, patienceMs, async () => {
    const row = await rowOf(repository);
    return row?.state === state && row;
  });

/** Installs the App and waits for the pull request; its number. */
async function proposed(repository: string): Promise<number> {
  house.github.install(repository);
  return (await untilRow(repository, 'proposed')).pullRequest ?? 0;
}

const merge = (repository: string, number: number) =>
  house.github.as('alice').put(`/repos/${repository}/pulls/${number}/merge`, {});
const setState = (repository: string, number: number, state: 'open' | 'closed') =>
  house.github.as('alice').patch(`/repos/${repository}/pulls/${number}`, { state });

/** Labels an issue and waits for the reply that is no fix. */
async function replyTo(repository: string): Promise<{ issue: number; reply: string }> {
  const issue = await labelIssue(house.github, repository, sumIssue);
  await until('there is a reply', patienceMs, () => ownComments(house.github, repository, issue).length > 0);
  return { issue, reply: ownComments(house.github, repository, issue)[0] ?? '' };
}

const linksIn = (body: string): URL[] => {
  const root = parseMarkdown(body);
  const nodes = root === null ? [] : [...nodesOf(root, body)];
  return nodes.flatMap((node) => (node.type === 'link' ? [new URL(node.url)] : []));
};

const writesTo = (repository: string) =>
  house.github.journal.entries.filter(
    ({ method, path, by }) => method !== 'GET' && by === 'installation' && path.startsWith(`/repos/${repository}/`),
  );

test.concurrent('of three repositories the one that needs it gets one pull request with one commented file', async () => {
  const shop = await create('trio/shop', { files: filesWithoutWorkflow });
  const ready = await create('trio/ready', { files: { ...sumFiles, [configuration]: '' } });
  const old = await create('trio/old');
  house.github.archive(old);

  const { id } = house.github.install(shop, ready, old);
  const { pullRequest: number } = await untilRow(shop, 'proposed');
  await untilRow(ready, 'merged');
  await house.github.webhooks.redeliver(id);
  await house.github.webhooks.settled();
  await house.app.engine.sweepNow();

  expect(house.github.pullRequests(shop)).toMatchObject([
    { number, title: 'Configure ai-fix', head_ref: 'ai-fix/configure', base_ref: 'main', draft: false, state: 'open' },
  ]);
  const changed = await house.github.git(shop, 'diff', '--name-only', 'main', 'ai-fix/configure');
  expect(changed).toBe(`${configuration}\n`);
  expect(await house.github.git(shop, 'show', `ai-fix/configure:${configuration}`)).toBe(starterPolicy());
  const [link, empty, ...more] = linksIn(house.github.pullRequests(shop)[0]?.body ?? '');
  expect(more).toEqual([]);
  // The whole file is more than an address holds: it stands below, to be pasted.
  expect(empty?.searchParams.get('value')).toBe('');
  expect(house.github.pullRequests(shop)[0]?.body).toContain('The whole file, to paste');
  expect(link?.pathname).toBe('/trio/shop/new/main');
  expect(link?.searchParams.get('filename')).toBe(workflowPath);
  expect(readSandboxWorkflow(link?.searchParams.get('value') ?? '', workflowPath)).toMatchObject({ ok: true });
  expect(await rowOf(old)).toMatchObject({ state: 'wanted', note: 'the repository is archived', pullRequest: null });
  expect([...writesTo(ready), ...writesTo(old)]).toEqual([]);
});

test.concurrent('nothing starts before the merge, and an issue labelled after it is fixed', async () => {
  const repository = await create('waits/shop');
  const number = await proposed(repository);

  const { issue, reply } = await replyTo(repository);
  const byTom = await labelIssue(house.github, repository, { ...sumIssue, by: 'tom' });
  await house.github.as('alice').delete(`/repos/${repository}/issues/${issue}/labels/ai-fix`);
  await house.github.as('alice').post(`/repos/${repository}/issues/${issue}/labels`, { labels: ['ai-fix'] });
  await house.github.webhooks.settled();
  const before = {
    again: ownComments(house.github, repository, issue),
    tom: ownComments(house.github, repository, byTom),
  };
  await merge(repository, number);
  await untilRow(repository, 'merged');
  const second = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, second, 'complete');

  expect(reply).toContain(`ai-fix starts nothing here before #${number} is merged`);
  expect(before).toEqual({ again: [reply], tom: [] });
  expect(ownComments(house.github, repository, number)).toEqual([
    expect.stringMatching(/\nai-fix is ready: label an issue `ai-fix`\.$/),
  ]);
  expect(house.github.refs(repository)).not.toHaveProperty(branch);
  expect(statuses(house.github, repository, second)).toHaveLength(1);
});

test.concurrent('after a merge without the sandbox workflow the word is what is missing', async () => {
  const repository = await create('half/shop', { files: { 'pyproject.toml': '[project]\nname = "x"\n' } });
  const number = await proposed(repository);

  await merge(repository, number);
  await untilRow(repository, 'merged');

  const [word = '', ...more] = ownComments(house.github, repository, number);
  expect(more).toEqual([]);
  expect(word).toContain('ai-fix is on. Before it can work, one thing is missing.');
  expect(word).toContain('the new file for Python, filled in');
  expect(linksIn(word).map((one) => one.searchParams.get('value') === '')).toEqual([false, true]);
});

test.concurrent('closing it means off, with one word; reopening it counts again; the file turns it on', async () => {
  const repository = await create('shut/shop');
  const number = await proposed(repository);
  const tip = house.github.refs(repository)[branch] ?? '';

  await setState(repository, number, 'closed');
  await untilRow(repository, 'closed');
  const { issue, reply } = await replyTo(repository);
  house.github.install(repository);
  await house.github.webhooks.settled();
  await house.app.engine.sweepNow();
  const closed = { pulls: house.github.pullRequests(repository), words: ownComments(house.github, repository, number) };
  const refs = house.github.refs(repository);
  await house.github.git(repository, 'update-ref', branch, tip);
  await setState(repository, number, 'open');
  await untilRow(repository, 'proposed');
  await house.github.commit(repository, {
    ...{ branch: 'main', files: { [configuration]: 'label: ai-fix\n' }, message: 'turn it on', author: 'alice' },
  });
  const third = await labelIssue(house.github, repository, sumIssue);
  await until('a fix begins', patienceMs, () => statusOf(house.github, repository, third) !== '');

  expect(reply).toContain(`ai-fix is off in this repository, because #${number} was closed.`);
  expect(ownComments(house.github, repository, issue)).toEqual([reply]);
  expect(closed.pulls).toHaveLength(1);
  expect(closed.words).toEqual([expect.stringContaining('ai-fix stays off here')]);
  expect(refs).not.toHaveProperty(branch);
});

test.concurrent("a branch that somebody pushed to is nobody's to delete", async () => {
  const repository = await create('pushed/shop');
  const number = await proposed(repository);
  const sha = await house.github.commit(repository, {
    ...{ branch: 'ai-fix/configure', files: { [configuration]: 'label: robot\n' }, message: 'robot', author: 'alice' },
  });

  await setState(repository, number, 'closed');
  await untilRow(repository, 'closed');

  expect(house.github.refs(repository)[branch]).toBe(sha);
});

test.concurrent('a branch of that name that is not ours is let be, and the row says so', async () => {
  const repository = await create('taken/shop');
  const files = { 'notes.txt': 'mine\n' };
  const sha = await house.github.commit(repository, {
    ...{ branch: 'ai-fix/configure', from: 'main', files, message: 'mine', author: 'alice' },
  });

  house.github.install(repository);
  const row = await until('it was looked at', patienceMs, async () => {
    const found = await rowOf(repository);
    return found?.note !== null && found;
  });

  expect(row).toMatchObject({ state: 'wanted', note: 'somebody else has the branch `ai-fix/configure`' });
  expect(house.github.refs(repository)[branch]).toBe(sha);
  expect(house.github.pullRequests(repository)).toEqual([]);
});

test.concurrent.each<[what: string, name: string, method: string, path: string]>([
  ['the commit', 'commit', 'POST', 'git/commits'],
  ['the branch', 'ref', 'POST', 'git/refs'],
  ['the pull request', 'pull', 'POST', 'pulls'],
])('when the answer to %s is lost there is still one pull request', async (_what, name, method, path) => {
  const repository = await create(`crash/${name}`);
  const place = new RegExp(`^/repos/${repository}/${path}$`);
  house.github.faults.add({ method, path: place, act: 'disconnect-after' });

  await proposed(repository);

  expect(house.github.pullRequests(repository)).toHaveLength(1);
  expect(Number(await house.github.git(repository, 'rev-list', '--count', 'main..ai-fix/configure'))).toBe(1);
});

test.concurrent('the sweep finds a merge whose webhook was lost', async () => {
  const repository = await create('lost/shop');
  // Nowhere else in this file does a pull request have this number.
  for (let count = 0; count < 30; count++)
    await house.github.as('alice').post(`/repos/${repository}/issues`, { title: 'one of many' });
  const number = await proposed(repository);
  lost.add(JSON.stringify(number));

  await merge(repository, number);
  const row = await untilRow(repository, 'proposed');
  await house.app.ports.onboardings.set(row.repository.id, { lookAtMs: 0 });
  await untilRow(repository, 'merged');

  expect(ownComments(house.github, repository, number)).toHaveLength(1);
});

test.concurrent('names that Markdown and addresses take apart stay one link', async () => {
  const defaultBranch = "release/1.0)](x'&`#%";
  const repository = await create('odd/a.-_..b', { defaultBranch, files: { 'go.mod': 'module x\n' } });

  const number = await proposed(repository);

  const [pull] = house.github.pullRequests(repository);
  const [link, empty, ...more] = linksIn(pull?.body ?? '');
  expect(more).toEqual([]);
  expect(empty?.pathname).toBe(link?.pathname);
  expect(link?.pathname.startsWith('/odd/a.-_..b/new/release/1.0')).toBe(true);
  expect(decodeURIComponent(link?.pathname ?? '')).toBe(`/odd/a.-_..b/new/${defaultBranch}`);
  expect(pull).toMatchObject({ number, base_ref: defaultBranch });
});

test.concurrent('where the files tell no stack there is a link for each, folded', async () => {
  const repository = await create('unknown/shop', { files: { 'README.md': '# x\n' } });

  await proposed(repository);

  const body = house.github.pullRequests(repository)[0]?.body ?? '';
  expect(linksIn(body)).toHaveLength(5);
  expect(body).toContain('<details>');
  expect(body.length).toBeLessThan(65_536);
});

test.concurrent('an uninstalled App stops its fixes, and installed again it goes on where it was', async () => {
  const repository = await create('gone/shop', { files: { ...sumFiles, [configuration]: '' } });
  const closed = await create('gone/closed');
  house.github.hangRuns(repository);
  house.github.install(repository, closed);
  const { pullRequest } = await untilRow(closed, 'proposed');
  await setState(closed, pullRequest ?? 0, 'closed');
  await untilRow(closed, 'closed');
  const issue = await labelIssue(house.github, repository, sumIssue);
  await until('a run is waited for', patienceMs, () =>
    statusOf(house.github, repository, issue).includes('the sandbox is running the checks'),
  );
  const installationId = house.github.installationId(repository);
  const { id } =
    (await house.app.ports.fixes.findLive({ installationId, owner: 'gone', name: 'shop' }, `issue:${issue}`)) ?? {};

  house.github.uninstall('gone');
  const fix = await until('the fix is over and rests', patienceMs, async () => {
    const found = id === undefined ? null : await house.app.ports.fixes.find(id);
    const isBusy = (await house.app.ports.fixes.running(100)).some((burst) => burst.fix === id);
    const isWanted = (await house.app.ports.fixes.wanting(100)).some((wanted) => wanted === id);
    return found !== null && isOver(found.state) && !isBusy && !isWanted && found;
  });
  const off = await Promise.all([rowOf(repository), rowOf(closed)]);
  house.github.reinstall(repository, closed);
  await untilRow(repository, 'merged');
  await house.github.webhooks.settled();
  await house.app.engine.sweepNow();

  expect(fix).toMatchObject({ state: 'stopped', wait: null, epilogue: expect.stringContaining('was uninstalled') });
  expect(off.map((row) => row?.state)).toEqual(['off', 'closed']);
  expect(await rowOf(closed)).toMatchObject({ state: 'closed', pullRequest });
  expect(house.github.pullRequests(closed)).toHaveLength(1);
});

test.concurrent('a closed pull request outlasts a rename, and a repository taken off and added again', async () => {
  const before = await create('moved/shop');
  const number = await proposed(before);
  await setState(before, number, 'closed');
  await untilRow(before, 'closed');

  house.github.rename(before, 'store');
  const { reply } = await replyTo('moved/store');
  house.github.removeFromInstallation('moved/store');
  house.github.addToInstallation('moved/store');
  await house.github.webhooks.settled();
  await house.app.engine.sweepNow();

  expect(reply).toContain('ai-fix is off in this repository');
  expect(await rowOf('moved/store')).toMatchObject({ state: 'closed', pullRequest: number });
  expect(house.github.pullRequests('moved/store')).toHaveLength(1);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});
