import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appClient, appToken, openGitHub, statusOf, type TestGitHub } from './app-client.ts';

const execute = promisify(execFile);
let site: TestGitHub;
let number = 0;
let repo: string;
let fullName: string;

beforeAll(async () => {
  site = await openGitHub({ users: ['alice'] });
});
beforeEach(async () => {
  repo = `demo-${++number}`;
  fullName = `acme/${repo}`;
  const files = { 'README.md': 'hello\n', 'src/a b/ü.js': 'one\ntwo\n', '.github/workflows/ci.yml': 'on: push\n' };
  await site.github.createRepository({ fullName, files, roles: { alice: 'write' } });
});
afterAll(() => site.close());

const tip = (branch = 'main'): string => site.github.refs(fullName)[`refs/heads/${branch}`] ?? '';

/** Commits on top of main with other workflows, out of the App's sight. */
async function commitWithOtherWorkflows(): Promise<string> {
  const order = { branch: 'person', from: 'main', message: 'w', author: 'alice' };
  return site.github.commit(fullName, { ...order, files: { '.github/workflows/ci.yml': 'on: pull_request\n' } });
}

describe('commits and trees', () => {
  it('are made by the App as its signed bot, over a tree that git holds', async () => {
    const { rest } = appClient(site.github, fullName);
    const at = { owner: 'acme', repo };
    const { data: parent } = await rest.git.getCommit({ ...at, commit_sha: tip() });
    const content = [{ path: 'src/new.js', mode: '100644', type: 'blob', content: 'new\n' } as const];
    const { data: tree } = await rest.git.createTree({ ...at, base_tree: parent.tree.sha, tree: content });

    const made = await rest.git.createCommit({ ...at, message: 'fix', tree: tree.sha, parents: [parent.sha] });

    expect(made.data).toMatchObject({ author: { name: 'ai-fix[bot]' }, committer: { name: 'ai-fix[bot]' } });
    expect(made.data.verification.verified).toBe(true);
    expect(await site.github.git(fullName, 'show', `${made.data.sha}:src/new.js`)).toBe('new\n');
    expect(await site.github.git(fullName, 'ls-tree', '-r', '--name-only', made.data.sha)).toContain('README.md');
  });

  it('need a tree and parents that are there', async () => {
    const { rest } = appClient(site.github, fullName);
    const at = { owner: 'acme', repo, message: 'x' };
    const tree = (await site.github.git(fullName, 'rev-parse', 'main^{tree}')).trim();

    const noTree = await statusOf(rest.git.createCommit({ ...at, tree: 'f'.repeat(40), parents: [] }));
    const noParent = await statusOf(rest.git.createCommit({ ...at, tree, parents: ['f'.repeat(40)] }));

    expect([noTree, noParent]).toEqual([422, 422]);
  });

  it('are read with their files, compared, and listed', async () => {
    const { rest } = appClient(site.github, fullName);
    const at = { owner: 'acme', repo };
    const files = { 'src/a b/ü.js': 'one\nthree\n', 'bin.dat': { bytes: new Uint8Array([0, 255, 0]) } };
    const head = await site.github.commit(fullName, {
      branch: 'side',
      from: 'main',
      files,
      message: 'two',
      author: 'alice',
    });

    const { data: content } = await rest.repos.getContent({ ...at, path: 'src/a b/ü.js', ref: 'side' });
    const { data: compared } = await rest.repos.compareCommits({ ...at, base: 'main', head: 'side' });
    const { data: listed } = await rest.repos.listCommits({ ...at, sha: 'side', per_page: 1 });
    const { data: branch } = await rest.repos.getBranch({ ...at, branch: 'side' });
    const { data: tree } = await rest.git.getTree({ ...at, tree_sha: head, recursive: 'true' });

    expect(content).toMatchObject({ type: 'file', content: Buffer.from('one\nthree\n').toString('base64') });
    expect(compared).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, merge_base_commit: { sha: tip() } });
    expect(compared.files?.map((file) => [file.filename, file.status, file.patch])).toEqual([
      ['bin.dat', 'added', undefined],
      ['src/a b/ü.js', 'modified', '@@ -1,2 +1,2 @@\n one\n-two\n+three'],
    ]);
    expect(listed.map((commit) => commit.sha)).toEqual([head]);
    expect(branch.commit.sha).toBe(head);
    expect(tree.tree.map((entry) => entry.path)).toContain('src/a b/ü.js');
    expect(site.github.journal.requestProblems()).toEqual([]);
    expect(site.github.journal.responseProblems()).toEqual([]);
  });
});

describe('refs by REST', () => {
  it('are created once, moved forward, moved back only by force, and deleted', async () => {
    const { rest } = appClient(site.github, fullName);
    const at = { owner: 'acme', repo };
    const first = tip();
    const ref = 'refs/ai-fix/f-1/1';
    const second = await site.github.commit(fullName, {
      branch: 'side',
      from: 'main',
      files: { a: 'b' },
      message: 'm',
      author: 'alice',
    });

    const made = await statusOf(rest.git.createRef({ ...at, ref, sha: first }));
    const again = await statusOf(rest.git.createRef({ ...at, ref, sha: first }));
    const moved = await statusOf(rest.git.updateRef({ ...at, ref: 'ai-fix/f-1/1', sha: second }));
    const back = await statusOf(rest.git.updateRef({ ...at, ref: 'ai-fix/f-1/1', sha: first }));
    const forced = await statusOf(rest.git.updateRef({ ...at, ref: 'ai-fix/f-1/1', sha: first, force: true }));
    const gone = await statusOf(rest.git.deleteRef({ ...at, ref: 'ai-fix/f-1/1' }));
    const missing = await statusOf(rest.git.getRef({ ...at, ref: 'ai-fix/f-1/1' }));

    expect([made, again, moved, back, forced, gone, missing]).toEqual([200, 422, 200, 422, 200, 200, 404]);
  });

  it('need a full name and a commit that is there', async () => {
    const { rest } = appClient(site.github, fullName);
    const at = { owner: 'acme', repo };

    const statuses = await Promise.all([
      statusOf(rest.git.createRef({ ...at, ref: 'main2', sha: tip() })),
      statusOf(rest.git.createRef({ ...at, ref: 'refs/main2', sha: tip() })),
      statusOf(rest.git.createRef({ ...at, ref: 'refs/heads/a..b', sha: tip() })),
      statusOf(rest.git.createRef({ ...at, ref: 'refs/heads/a', sha: 'f'.repeat(40) })),
      statusOf(rest.git.updateRef({ ...at, ref: 'heads/nowhere', sha: tip() })),
    ]);

    expect(statuses).toEqual([422, 422, 422, 422, 422]);
  });

  it('are refused to the App when their workflows differ from the default branch', async () => {
    const { rest } = appClient(site.github, fullName);
    const sha = await commitWithOtherWorkflows();

    const refused = await statusOf(rest.git.createRef({ owner: 'acme', repo, ref: 'refs/heads/ai-fix/1', sha }));

    expect(refused).toBe(403);
    expect(Object.keys(site.github.refs(fullName)).sort()).toEqual(['refs/heads/main', 'refs/heads/person']);
  });
});

describe('a push', () => {
  const push = async (token: string, from: string, to: string) => {
    const folder = join(site.dir, `clone-${repo}-${to.replaceAll('/', '-')}`);
    const url = `http://x:${token}@${new URL(site.github.url).host}/${fullName}.git`;
    const env = { PATH: process.env.PATH ?? '', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
    await execute('git', ['clone', '-q', url, folder], { env });
    await execute('git', ['-C', folder, 'push', '-q', 'origin', `${from}:${to}`], { env });
  };

  it('of an App is refused when it brings other workflows, and of a person is not', async () => {
    const token = await appToken(appClient(site.github, fullName));
    await commitWithOtherWorkflows();

    const refused = push(token, 'origin/person', 'refs/heads/ai-fix/1');
    await expect(refused).rejects.toThrow('without `workflows` permission');
    const allowedForApp = push(token, 'origin/main', 'refs/ai-fix/f-1/1');
    await expect(allowedForApp).resolves.toBeUndefined();
    await push(site.github.tokenOf('alice'), 'origin/person', 'refs/heads/copy');

    expect(Object.keys(site.github.refs(fullName)).sort()).toEqual([
      'refs/ai-fix/f-1/1',
      'refs/heads/copy',
      'refs/heads/main',
      'refs/heads/person',
    ]);
  });

  it('moves an open pull request along and tells it once', async () => {
    const { rest } = appClient(site.github, fullName);
    const order = { branch: 'side', from: 'main', message: 'm', author: 'alice' };
    await site.github.commit(fullName, { ...order, files: { a: '1' } });
    const { data: pull } = await rest.pulls.create({ owner: 'acme', repo, head: 'side', base: 'main', title: 't' });
    const before = site.github.webhooks.deliveries.length;
    const head = await site.github.commit(fullName, {
      branch: 'next',
      from: 'side',
      files: { a: '2' },
      message: 'm',
      author: 'alice',
    });

    await push(site.github.tokenOf('alice'), 'origin/next', 'refs/heads/side');

    const { data: moved } = await rest.pulls.get({ owner: 'acme', repo, pull_number: pull.number });
    const told = site.github.webhooks.deliveries.slice(before).filter(({ event }) => event === 'pull_request');
    expect(moved).toMatchObject({ head: { sha: head }, base: { sha: tip() }, commits: 2, changed_files: 1 });
    expect(told.map(({ action, payload }) => [action, payload.after])).toEqual([['synchronize', head]]);
  });
});

describe('a large repository', () => {
  it('of 50,000 files is made and branched in seconds', async () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`src/${i % 500}/${i}.js`, `${i}\n`]));
    await site.github.createRepository({ fullName: 'acme/large', files: many });
    const { rest } = appClient(site.github, 'acme/large');
    const sha = site.github.refs('acme/large')['refs/heads/main'] ?? '';

    const made = await statusOf(rest.git.createRef({ owner: 'acme', repo: 'large', ref: 'refs/heads/side', sha }));

    expect(made).toBe(200);
  }, 20_000);
});
