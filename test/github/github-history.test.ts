import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asSha, type RepositoryRef, type Sha } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubHistory } from '../../src/github/github-history.ts';
import { createInstallations } from '../../src/github/installations.ts';
import type { History } from '../../src/ports/history.ts';
import { openGitHub, type TestGitHub, testApp } from '../stand-in/app-client.ts';

const fullName = 'acme/shop';
let stand: TestGitHub;
let history: History;
let repository: RepositoryRef;
let head: Sha;

beforeAll(async () => {
  stand = await openGitHub({ users: ['alice'] });
  const { url, privateKey } = stand.github;
  const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
  const credentials = { appId: testApp.id, privateKey, baseUrl: `${url}/api/v3` };
  history = createGitHubHistory(createInstallations(credentials, Octokit, createRedactor([]), false));
  await stand.github.createRepository({ fullName, files: { a: '1\n2\n3\n', b: 'x\n' }, roles: { alice: 'write' } });
  const change = { branch: 'main', author: 'alice', files: { a: '1\ntwo\n3\n' } };
  head = asSha(await stand.github.commit(fullName, { ...change, message: 'Say two\n\nIt reads better.' }));
  repository = { installationId: stand.github.installationId(fullName), owner: 'acme', name: 'shop' };
});
afterAll(() => stand.close());

it('the last commits of a file are told with author, moment and message, newest first', async () => {
  const commits = await history.ofFile(repository, 'a', head, 10);

  expect(commits).toHaveLength(2);
  expect(commits[0]).toEqual({
    sha: head,
    author: 'alice',
    at: expect.stringMatching(/^20\d\d-/),
    message: 'Say two\n\nIt reads better.',
  });
  expect(await history.ofFile(repository, 'a', head, 1)).toEqual(commits.slice(0, 1));
});

it('the history of a file leaves out commits that did not change it', async () => {
  const commits = await history.ofFile(repository, 'b', head, 10);

  expect(commits.map(({ sha }) => sha)).not.toContain(head);
  expect(commits).toHaveLength(1);
});

it('each line is told with the commit that changed it last', async () => {
  const lines = (await history.ofLines(repository, 'a', head)) ?? [];

  expect(lines.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(lines.map(({ commit }) => commit.sha === head)).toEqual([false, true, false]);
});

it('a file that is not there has no history', async () => {
  expect(await history.ofFile(repository, 'none', head, 10)).toEqual([]);
  expect(await history.ofLines(repository, 'none', head)).toBeNull();
});
