import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { createGitHubRepositories } from '../../src/github/github-repositories.ts';
import { createInstallations } from '../../src/github/installations.ts';
import type { Repositories } from '../../src/ports/repositories.ts';
import { type ApiAnswer, type ApiHost, privateKey, startApiHost } from './api-host.ts';

const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
const shop = { installationId: 7, owner: 'acme', name: 'shop' };
let host: ApiHost;
let repositories: Repositories;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host.close());
beforeEach(() => {
  host.reset();
  const credentials = { appId: 42, privateKey, baseUrl: host.baseUrl };
  repositories = createGitHubRepositories(createInstallations(credentials, Octokit, createRedactor([]), false));
});

const file = (text: string): ApiAnswer => ({
  body: { type: 'file', encoding: 'base64', content: Buffer.from(text).toString('base64'), sha: 'a'.repeat(40) },
});
const read = (owner: string, name: string, maxBytes = 100) =>
  repositories.sharedFile(shop, { owner, name }, '.github/ai-fix.yml', maxBytes);

it('a repository of the same owner is read with a token of its own', async () => {
  host.installed = ['shop', '.github'];
  host.answer = () => file('label: x');

  expect(await read('acme', '.github')).toBe('label: x');
  expect(host.requests.map(({ url, grant }) => [url, grant?.repositories, grant?.permissions])).toEqual([
    ['/api/v3/repos/acme/.github/contents/.github%2Fai-fix.yml', ['.github'], { contents: 'read' }],
  ]);
});

it('one that the installation does not reach is read with the first one’s token, as far as it is public', async () => {
  host.answer = ({ url }) => (url.includes('/repos/acme/.github/') ? file('label: x') : {});

  expect(await read('acme', '.github')).toBe('label: x');
  expect(host.minted.map(({ repositories: names }) => names)).toEqual([['shop']]);
});

it('one of another owner never gets a token made by its name: that would be for a namesake of ours', async () => {
  host.installed = ['shop', 'settings'];
  host.answer = () => file('label: x');

  expect(await read('other', 'settings')).toBe('label: x');
  expect(host.minted.map(({ repositories: names }) => names)).toEqual([['shop']]);
});

it.each([404, 403, 451])('what GitHub answers with %i is no file that we may read', async (status) => {
  host.answer = () => ({ status, body: { message: 'no' } });

  expect(await read('other', 'settings')).toBeNull();
});

it('a folder is no file', async () => {
  host.answer = () => ({ body: [] });

  expect(await read('other', 'settings')).toBeNull();
});

it.each<[string, ApiAnswer]>([
  ['is away', { status: 502, body: { message: 'no' } }],
  ['says later', { status: 403, body: { message: 'no' }, headers: { 'retry-after': '60' } }],
])('a GitHub that %s says nothing about the file', async (_what, answer) => {
  host.answer = () => answer;

  await expect(read('other', 'settings')).rejects.toMatchObject({ name: ForgeError.name, isRetryable: true });
});

it('no more is kept than was asked for, also of a file without its content', async () => {
  const content = Buffer.from('x'.repeat(500)).toString('base64');
  host.answer = ({ url }) =>
    url.includes('/git/blobs/')
      ? { body: { content, encoding: 'base64' } }
      : { body: { type: 'file', encoding: 'none', content: '', sha: 'a'.repeat(40) } };

  expect(await read('other', 'settings', 100)).toHaveLength(100);
  expect(host.requests.at(-1)?.url).toContain('/repos/other/settings/git/blobs/');
});
