import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appClient, openGitHub, statusOf, type TestGitHub } from './app-client.ts';
import { tokenDigest } from './journal.ts';
import { asObject } from './json.ts';
import { appOnlyOperations, missingPermission } from './permissions.ts';

const own = 'acme/own';
const other = 'acme/other';
let site: TestGitHub;
let client: ReturnType<typeof appClient>;

beforeEach(async () => {
  site = await openGitHub({ users: ['alice'] });
  const { github } = site;
  for (const fullName of [own, other]) {
    await github.createRepository({ fullName, files: { a: '1\n' }, roles: { alice: 'admin' }, isPrivate: true });
    await github.commit(fullName, { branch: 'side', from: 'main', files: { a: '2\n' }, message: 'm', author: 'alice' });
    await github.as('alice').post(`/repos/${fullName}/issues`, { title: 'secret words' });
    const pull = { head: 'side', base: 'main', title: 't', draft: true };
    await github.as('alice').post(`/repos/${fullName}/pulls`, pull);
  }
  client = appClient(github, own);
});
afterEach(() => site.close());

type Levels = Record<string, 'read' | 'write'>;

async function mint(permissions?: Levels, ...repositoryNames: string[]): Promise<string> {
  const narrowed = {
    ...(permissions !== undefined && { permissions }),
    ...(repositoryNames.length > 0 && { repositoryNames }),
  };
  const { token } = (await client.auth({ type: 'installation', refresh: true, ...narrowed })) as { token: string };
  return token;
}

interface AnyCall {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

const values: Readonly<Record<string, string>> = {
  ref: 'heads/side',
  branch: 'side',
  base: 'main',
  head: 'side',
  basehead: 'main...side',
  path: 'a',
  username: 'alice',
  name: 'bug',
  archive_format: 'zip',
};

/** Every operation of the contract that is about a repository, on this one. */
function callsOn(repository: string): AnyCall[] {
  const contract = JSON.parse(readFileSync(new URL('github-openapi.json', import.meta.url), 'utf8'));
  const [owner = '', repo = ''] = repository.split('/');
  return Object.entries(asObject(contract.paths)).flatMap(([template, methods]) => {
    if (!template.startsWith('/repos/{owner}/{repo}')) return [];
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => ({ owner, repo, ...values })[name] ?? '1');
    return Object.entries(asObject(methods)).map(([method, operation]) => ({
      id: String(asObject(operation).operationId),
      method: method.toUpperCase(),
      path,
    }));
  });
}

async function statusesOf(token: string, calls: readonly AnyCall[]): Promise<[id: string, status: number][]> {
  const ask = async ({ id, method, path }: AnyCall): Promise<[string, number]> => {
    const hasBody = method !== 'GET';
    const answer = await fetch(`${site.github.url}${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      redirect: 'manual',
      ...(hasBody && { body: '{}' }),
    });
    await answer.arrayBuffer();
    return [id, answer.status];
  };
  return Promise.all(calls.map(ask));
}

describe('a token for one repository', () => {
  it('is refused every operation on another', async () => {
    const token = await mint(undefined, 'own');
    const calls = callsOn(other).filter(({ id }) => !appOnlyOperations.has(id));

    const statuses = await statusesOf(token, calls);

    expect(statuses.length).toBeGreaterThan(80);
    expect(statuses.filter(([, status]) => status !== 404)).toEqual([]);
  });

  it('reads the files of another that is public, and nothing else of it', async () => {
    const open = 'globex/open';
    await site.github.createRepository({ fullName: open, files: { a: '1\n' }, roles: { alice: 'admin' } });
    const token = await mint(undefined, 'own');
    const calls = callsOn(open).filter(({ id }) => !appOnlyOperations.has(id));

    const statuses = await statusesOf(token, calls);

    expect(statuses.filter(([, status]) => status !== 404)).toEqual([['repos/get-content', 200]]);
  });

  it('finds nothing of another by listing, searching or GraphQL', async () => {
    const token = await mint(undefined, 'own');
    const headers = { authorization: `token ${token}` };
    const node = site.github.as('alice').get<{ node_id: string }>(`/repos/${other}/pulls/2`);
    const ask = async (query: string) => {
      const body = JSON.stringify({ query });
      return asObject(await (await fetch(`${site.github.url}/graphql`, { method: 'POST', headers, body })).json());
    };
    const { node_id: id } = await node;

    const listed = await (await fetch(`${site.github.url}/installation/repositories`, { headers })).json();
    const found = await (await fetch(`${site.github.url}/search/issues?q=secret`, { headers })).json();
    const answers = await Promise.all([
      ask('{ repository(owner: "acme", name: "other") { issue(number: 1) { title } } }'),
      ask('{ repository(owner: "acme", name: "other") { pullRequest(number: 2) { title } } }'),
      ask(`{ node(id: "${id}") { ... on PullRequest { title } } }`),
      ask(`mutation { markPullRequestReadyForReview(input: { pullRequestId: "${id}" }) { clientMutationId } }`),
    ]);
    const ownIssue = await ask('{ repository(owner: "acme", name: "own") { issue(number: 1) { title } } }');

    expect(listed).toMatchObject({ total_count: 1, repositories: [{ full_name: own }] });
    expect(found).toMatchObject({ items: [{ repository_url: expect.stringContaining(own) }] });
    expect(answers.map(({ errors }) => asObject((errors as unknown[])[0]).type)).toEqual(Array(4).fill('NOT_FOUND'));
    expect(site.github.pullRequests(other)).toMatchObject([{ draft: true }]);
    expect(ownIssue).toEqual({ data: { repository: { issue: { title: 'secret words' } } } });
  });

  it('neither fetches nor pushes another by git', async () => {
    const token = await mint(undefined, 'own');

    const ends = [await git(token, own, 'fetch'), await git(token, other, 'fetch'), await git(token, other, 'push')];

    expect(ends).toEqual(['done', expect.stringMatching(/not found/), expect.stringMatching(/not found/)]);
    expect(site.github.refs(other)).not.toHaveProperty('refs/heads/pushed');
  });
});

describe('a token with few permissions', () => {
  it.each<[string, Levels]>([
    ['contents: read', { contents: 'read' }],
    ['metadata: read', { metadata: 'read' }],
    ['issues: write', { issues: 'write' }],
  ])('that may %s is refused every operation that needs another', async (_what, permissions) => {
    const token = await mint(permissions, 'own');
    const calls = callsOn(own).filter(({ id }) => !appOnlyOperations.has(id));
    const isBeyond = (id: string) => missingPermission(id, { ...permissions, metadata: 'read' }) !== null;

    const statuses = await statusesOf(token, calls);

    const beyond = statuses.filter(([id]) => isBeyond(id));
    expect(beyond.length).toBeGreaterThan(50);
    expect(beyond.filter(([, status]) => status !== 403)).toEqual([]);
    expect(statuses.filter(([id, status]) => !isBeyond(id) && status === 403)).toEqual([]);
  });

  it('writes nothing with contents: read, by REST, git or GraphQL', async () => {
    const token = await mint({ contents: 'read' }, 'own');
    const headers = { authorization: `token ${token}` };
    const writes = callsOn(own).filter(({ id, method }) => method !== 'GET' && !appOnlyOperations.has(id));
    const { node_id: id } = await site.github.as('alice').get<{ node_id: string }>(`/repos/${own}/pulls/2`);
    const query = `mutation { markPullRequestReadyForReview(input: { pullRequestId: "${id}" }) { clientMutationId } }`;

    const statuses = await statusesOf(token, writes);
    const body = JSON.stringify({ query });
    const marked = await fetch(`${site.github.url}/graphql`, { method: 'POST', headers, body });
    const pushed = await git(token, own, 'push');

    expect(new Set(statuses.map(([, status]) => status))).toEqual(new Set([403]));
    expect(await marked.json()).toMatchObject({ errors: [{ type: 'FORBIDDEN' }] });
    expect(pushed).toMatch(/403/);
    expect(await git(token, own, 'fetch')).toBe('done');
    expect(site.github.pullRequests(own)).toMatchObject([{ draft: true }]);
  });

  it('still reads metadata, and cannot have more than the App', async () => {
    const token = await mint({ issues: 'read' }, 'own');
    const headers = { authorization: `token ${token}` };
    const tooMuch = mint({ administration: 'write' });

    const level = await fetch(`${site.github.url}/repos/${own}/collaborators/alice/permission`, { headers });

    expect(level.status).toBe(200);
    await expect(tooMuch).rejects.toMatchObject({ status: 422 });
    expect(await statusOf(mint(undefined, 'nowhere'))).toBe(422);
  });
});

describe('the journal', () => {
  it('tells of each token what it was asked for and what it was used for, and never the token', async () => {
    const { github } = site;
    const token = await mint({ issues: 'write', checks: 'read' }, 'own');
    const headers = { authorization: `token ${token}` };
    await fetch(`${github.url}/repos/${own}/issues/1`, { headers });
    const everything = await mint();
    await git(everything, own, 'fetch');

    const digest = tokenDigest(token);
    const [narrow, wide] = github.journal.tokens;
    expect(narrow).toEqual({
      token: digest,
      installationId: github.installationId(own),
      askedPermissions: { issues: 'write', checks: 'read' },
      askedRepositories: ['own'],
      permissions: { metadata: 'read', issues: 'write', checks: 'read' },
      repositories: [own],
    });
    expect(wide).toMatchObject({ askedPermissions: null, askedRepositories: null, repositories: null });
    expect(github.journal.usesOf(digest).map(({ operationId }) => operationId)).toEqual(['issues/get']);
    expect(github.journal.usesOf(tokenDigest(everything)).map(({ operationId }) => operationId)).toContain('git-fetch');
    const written = JSON.stringify([github.journal.entries, github.journal.tokens]);
    expect([token, everything].filter((secret) => written.includes(secret))).toEqual([]);
  });

  it('names what a token had and did not need', async () => {
    const { github } = site;
    const token = await mint({ issues: 'write', checks: 'read', contents: 'write' }, 'own');
    const headers = { authorization: `token ${token}` };
    await fetch(`${github.url}/repos/${own}/issues/1/labels`, { method: 'POST', headers, body: '{"labels":["x"]}' });
    await git(token, own, 'fetch');

    const unused = github.journal.unusedGrants();

    const digest = tokenDigest(token);
    expect(unused).toEqual([
      `token ${digest}: checks:read was never needed`,
      `token ${digest}: contents:write was never needed`,
    ]);
  });
});

/** `done`, or what git says. */
async function git(token: string, repository: string, what: 'fetch' | 'push'): Promise<string> {
  const url = `${site.github.url.replace('http://', `http://x:${token}@`)}/${repository}.git`;
  const local = join(site.dir, 'repositories', `${own}.git`);
  const args = what === 'push' ? ['push', url, 'main:refs/heads/pushed'] : ['ls-remote', url];
  const closed = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
  try {
    await promisify(execFile)('git', ['-C', local, ...args], { env: { PATH: process.env.PATH, ...closed } });
    return 'done';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}
