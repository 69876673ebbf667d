import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubRepositories } from '../../src/github/github-repositories.ts';
import type { Octokit } from '../../src/github/installations.ts';
import { createInstallations } from '../../src/github/installations.ts';
import { readLabelledIssues } from '../../src/github/labelled-issues.ts';
import type { Repositories } from '../../src/ports/repositories.ts';
import { openGitHub, type TestGitHub, testApp } from '../stand-in/app-client.ts';

const minuteMs = 60_000;
const atMs = Math.floor(Date.now() / 1_000) * 1_000 - 30 * minuteMs;
let stand: TestGitHub;
let repositories: Repositories;
let fresh = 0;

beforeAll(async () => {
  stand = await openGitHub({ users: ['alice', 'bob'] });
  const { url, privateKey } = stand.github;
  const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
  const credentials = { appId: testApp.id, privateKey, baseUrl: `${url}/api/v3` };
  repositories = createGitHubRepositories(createInstallations(credentials, Octokit, createRedactor([]), false));
});
afterAll(() => stand.close());

async function create() {
  fresh += 1;
  const [owner, name] = ['acme', `shop-${fresh}`];
  const fullName = `${owner}/${name}`;
  await stand.github.createRepository({ fullName, files: { a: '1\n' }, roles: { alice: 'write', bob: 'write' } });
  const file = async (title: string) =>
    (await stand.github.as('bob').post<{ number: number }>(`/repos/${fullName}/issues`, { title, body: 'It breaks.' }))
      .number;
  const repository = { installationId: stand.github.installationId(fullName), owner, name };
  const look = (sinceMs = 0) => repositories.labelledIssues(repository, 'ai-fix', sinceMs);
  return { fullName, file, look };
}

it('an issue with the label stands there with its words of now, who labelled it last and when', async () => {
  const { fullName, file, look } = await create();
  const number = await file('bug');
  await stand.github.labelIssue(fullName, number, { by: 'bob', label: 'ai-fix', atMs: atMs - minuteMs });
  await stand.github.as('bob').delete(`/repos/${fullName}/issues/${number}/labels/ai-fix`);
  await stand.github.labelIssue(fullName, number, { by: 'alice', label: 'ai-fix', atMs });
  await stand.github.labelIssue(fullName, number, { by: 'bob', label: 'other', atMs: atMs + minuteMs });
  await stand.github.editIssue(fullName, number, { by: 'bob', body: 'It breaks often.', atMs: atMs + minuteMs });

  const [labelled, ...more] = await look();

  expect(more).toEqual([]);
  expect(labelled).toEqual({
    issue: {
      number,
      title: 'bug',
      body: 'It breaks often.',
      author: 'bob',
      url: `${stand.github.url}/${fullName}/issues/${number}`,
      labelledAtMs: atMs,
      isFound: true,
    },
    by: { login: 'alice', id: expect.any(Number), isBot: false },
  });
  expect(stand.github.journal.requestProblems()).toEqual([]);
});

it('a label that a bot put there is that of a bot, whatever person has the same name', async () => {
  const { fullName, file, look } = await create();
  const number = await file('bug');
  await stand.github.labelIssue(fullName, number, { by: 'triager[bot]', label: 'ai-fix', atMs });

  const [labelled] = await look();

  expect(labelled?.by).toMatchObject({ login: 'triager[bot]', isBot: true });
});

it('what is closed, carries another label or has not changed since then is not there', async () => {
  const { fullName, file, look } = await create();
  const [closed, other, old, open] = [await file('a'), await file('b'), await file('c'), await file('d')];
  await stand.github.labelIssue(fullName, closed, { by: 'alice', label: 'ai-fix' });
  await stand.github.as('alice').patch(`/repos/${fullName}/issues/${closed}`, { state: 'closed' });
  await stand.github.labelIssue(fullName, other, { by: 'alice', label: 'bug' });
  await stand.github.labelIssue(fullName, old, { by: 'alice', label: 'ai-fix', atMs });
  await stand.github.labelIssue(fullName, open, { by: 'alice', label: 'ai-fix' });

  const found = await look(atMs + minuteMs);

  expect(found.map(({ issue }) => issue.number)).toEqual([open]);
});

it('a repository that is gone is a fault that says so', async () => {
  const { fullName } = await create();
  const installationId = stand.github.installationId(fullName);

  const looking = repositories.labelledIssues({ installationId, owner: 'acme', name: 'nowhere' }, 'ai-fix', 0);

  await expect(looking).rejects.toThrow('the App is not installed for acme/nowhere');
});

const odd = { number: 3, title: 'odd', body: '', url: 'https://github.test/3', author: null };
const alice = { __typename: 'User', login: 'alice' };
const labelled = { createdAt: '2026-11-27T12:00:00Z', label: { name: 'ai-fix' }, actor: alice };

it.each<[string, unknown]>([
  ['no issue', null],
  ['an issue without a timeline', { ...odd, timelineItems: { nodes: null } }],
  ['an issue of other events', { ...odd, timelineItems: { nodes: [null, {}, { label: null }] } }],
  ['a label whose labeller is gone', { ...odd, timelineItems: { nodes: [{ ...labelled, actor: null }] } }],
  ['a moment that is none', { ...odd, timelineItems: { nodes: [{ ...labelled, createdAt: 'soon' }] } }],
  ['a title longer than any', { ...odd, title: 'x'.repeat(2_000), timelineItems: { nodes: [labelled] } }],
])('%s in the answer is passed over, and what is sound beside it counts', async (_what, node) => {
  const sound = { ...odd, number: 4, timelineItems: { nodes: [labelled] } };
  const octokit = { graphql: async () => ({ repository: { issues: { nodes: [node, sound] } } }) };

  const found = await readLabelledIssues(octokit as unknown as Octokit, { owner: 'acme', repo: 'shop' }, 'ai-fix', 0);

  expect(found.map(({ issue }) => `${issue.number} by ${issue.author}`)).toEqual(['4 by ghost']);
});
