import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubPastIssues } from '../../src/github/github-past-issues.ts';
import { createInstallations } from '../../src/github/installations.ts';
import type { PastIssues } from '../../src/ports/past-issues.ts';
import { openGitHub, type TestGitHub, testApp } from '../stand-in/app-client.ts';

const [owner, name] = ['acme', 'shop'];
const fullName = `${owner}/${name}`;
let stand: TestGitHub;
let pastIssues: PastIssues;

beforeAll(async () => {
  stand = await openGitHub({ users: ['alice'] });
  const { url, privateKey } = stand.github;
  const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
  const credentials = { appId: testApp.id, privateKey, baseUrl: `${url}/api/v3` };
  pastIssues = createGitHubPastIssues(createInstallations(credentials, Octokit, createRedactor([]), false));
  await stand.github.createRepository({ fullName, files: { a: '1\n' }, roles: { alice: 'write' } });
});
afterAll(() => stand.close());

/** Files an issue and a pull request for it, and merges that or not; the numbers of both. */
async function solve(title: string, { isMerged }: { readonly isMerged: boolean }) {
  const { github } = stand;
  const alice = github.as('alice');
  const issue = await alice.post<{ number: number }>(`/repos/${fullName}/issues`, { title, body: '' });
  const branch = `fix-${issue.number}`;
  const files = { [`src/${branch}.ts`]: 'x\n' };
  await github.commit(fullName, { branch, files, message: 'fix', author: 'alice', from: 'main' });
  const body = `Closes #${issue.number}`;
  const pull = await alice.post<{ number: number }>(`/repos/${fullName}/pulls`, {
    title: 'Fix it',
    body,
    head: branch,
    base: 'main',
  });
  if (isMerged) await alice.put(`/repos/${fullName}/pulls/${pull.number}/merge`, {});
  await alice.patch(`/repos/${fullName}/issues/${issue.number}`, { state: 'closed' });
  return { issue: issue.number, pull: pull.number, path: `src/${branch}.ts` };
}

it('closed issues are found by their words with the merged pull request and its files, those without one are not', async () => {
  const both = await solve('Discount rounded twice in cart', { isMerged: true });
  const two = await solve('Discount rounded wrongly', { isMerged: true });
  await solve('Discount rounded and never merged', { isMerged: false });
  await solve('Something else', { isMerged: true });
  const repository = { installationId: stand.github.installationId(fullName), owner, name };

  const found = await pastIssues.solved(repository, ['discount', 'rounded', 'twice']);

  expect(found).toEqual([
    {
      number: both.issue,
      title: 'Discount rounded twice in cart',
      pullRequest: { number: both.pull, paths: [both.path] },
    },
    { number: two.issue, title: 'Discount rounded wrongly', pullRequest: { number: two.pull, paths: [two.path] } },
  ]);
  expect(stand.github.journal.requestProblems()).toEqual([]);
});
