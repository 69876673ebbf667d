import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { asSha, type Sha } from '../../src/domain/ids.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
let host: GitHost;
let commit: Sha;
let mirrorsDir: string;

beforeAll(async () => {
  host = await startGitHost();
  commit = host.commit('acme/demo', [
    { path: 'a.txt', content: 'a\n' },
    { path: 'b/c.txt', content: 'c\n' },
  ]);
});
afterAll(() => host.close());
beforeEach(() => {
  mirrorsDir = mkdtempSync(join(host.scratch, 'mirrors-'));
  host.requests.length = 0;
});

const mirror = (): string => join(mirrorsDir, '1/acme/demo.git');
const fetches = (): number =>
  host.requests.filter((request) => request.endsWith('git-upload-pack') && request.startsWith('POST')).length;

function opened(): GitWorkspace {
  const workspace = workspaceOn(host, { mirrorsDir });
  onTestFinished(() => workspace.close());
  return workspace;
}

test('a commit is fetched once, for every later call and for every later process', async () => {
  await opened().open(repository, commit);
  const fetchesAtFirst = fetches();

  const tree = await opened().open(repository, commit);
  const bytes = await tree.read('a.txt');

  expect(bytes?.toString()).toBe('a\n');
  expect(fetchesAtFirst).toBe(1);
  expect(fetches()).toBe(1);
});

test('only the commit itself is fetched, without its history', async () => {
  const child = host.commit('acme/demo', [{ path: 'a.txt', content: 'child\n' }], {
    parent: commit,
    ref: 'refs/heads/child',
  });
  const workspace = opened();

  await workspace.open(repository, child);
  await workspace.open(repository, commit);

  expect(fetches()).toBe(2);
});

test('a commit that no branch holds can be opened', async () => {
  const orphan = host.commit('acme/demo', [{ path: 'o.txt', content: 'o\n' }], { ref: 'refs/heads/orphan' });
  host.git('acme/demo', ['update-ref', '-d', 'refs/heads/orphan']);

  const tree = await opened().open(repository, orphan);

  expect(await tree.list()).toHaveLength(1);
});

test('a commit that the remote does not have is a fault that no retry mends', async () => {
  const opening = opened().open(repository, asSha('f'.repeat(40)));

  await expect(opening).rejects.toMatchObject({ name: 'ForgeError', isRetryable: false });
  await expect(opening).rejects.toThrow(/not our ref/);
});

const damages: [string, () => void][] = [
  ['deleted', () => rmSync(mirror(), { recursive: true })],
  ['emptied', empty],
  ['without HEAD', () => rmSync(join(mirror(), 'HEAD'))],
  ['without objects', () => rmSync(join(mirror(), 'objects'), { recursive: true })],
  ['with cut packs', cutPacks],
  ['without packs', removePacks],
  ['with a broken config', () => writeFileSync(join(mirror(), 'config'), '[core')],
  [
    'replaced by a file',
    () => {
      rmSync(mirror(), { recursive: true });
      writeFileSync(mirror(), 'not a folder');
    },
  ],
  ['with an abandoned lock of git', () => writeFileSync(join(mirror(), 'shallow.lock'), '')],
];

function cutPacks(): void {
  for (const pack of packs()) truncateSync(pack, 20);
}

function removePacks(): void {
  for (const pack of packs()) rmSync(pack);
}

function empty(): void {
  for (const name of readdirSync(mirror())) rmSync(join(mirror(), name), { recursive: true });
}

function packs(): string[] {
  const folder = join(mirror(), 'objects/pack');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => join(folder, name));
}

test.each(damages)('a mirror that is %s between two calls heals by itself', async (_, damage) => {
  const workspace = opened();
  const tree = await workspace.open(repository, commit);
  const next = host.commit('acme/demo', [{ path: 'a.txt', content: 'next\n' }], {
    parent: commit,
    ref: 'refs/heads/next',
  });
  damage();

  const bytes = await tree.read('b/c.txt');
  const found = await tree.search('^a', { limit: 5 });
  const nextBytes = await (await workspace.open(repository, next)).read('a.txt');

  expect(bytes?.toString()).toBe('c\n');
  expect(found).toMatchObject({ kind: 'found', hits: [{ path: 'a.txt' }] });
  expect(nextBytes?.toString()).toBe('next\n');
});

test.each(damages)('a candidate is built and pushed over a mirror that is %s', async (_, damage) => {
  const workspace = opened();
  await workspace.open(repository, commit);
  damage();

  const built = await workspace.build(
    repository,
    commit,
    { new: { kind: 'write', text: 'x', mode: '100644' } },
    commit,
  );
  await workspace.push(repository, built.carrier, 'refs/ai-fix/f-1/1');

  expect(host.git('acme/demo', ['rev-parse', 'refs/ai-fix/f-1/1']).toString().trim()).toBe(built.carrier);
});

test('a candidate lost before its push is worth a retry, which builds it again', async () => {
  const workspace = opened();
  const overlay = { lost: { kind: 'write', text: 'x', mode: '100644' } } as const;
  const { carrier } = await workspace.build(repository, commit, overlay, commit);
  rmSync(mirror(), { recursive: true });

  const pushing = workspace.push(repository, carrier, 'refs/ai-fix/f-1/2');

  await expect(pushing).rejects.toBeInstanceOf(ForgeError);
  await expect(pushing).rejects.toMatchObject({ isRetryable: true });
});

test.each(damages)(
  'a search heals a mirror that is %s, and blames the pattern only where it is bad',
  async (_, damage) => {
    const tree = await opened().open(repository, commit);
    damage();

    const bad = await tree.search('x[', { limit: 5 });
    const good = await tree.search('^c', { limit: 5 });

    expect(bad.kind).toBe('bad-pattern');
    expect(good).toMatchObject({ kind: 'found', hits: [{ path: 'b/c.txt', line: 1, text: 'c' }] });
  },
);

test('bursts and processes that open the same commit at once share one fetch', async () => {
  const [one, other] = [opened(), opened()];

  const opening = [one, other, one, other, one, other].map((workspace) => workspace.open(repository, commit));
  const listings = await Promise.all((await Promise.all(opening)).map((tree) => tree.list()));

  expect(listings.map((listing) => listing.length)).toEqual([2, 2, 2, 2, 2, 2]);
  expect(fetches()).toBe(1);
});

test('two processes that open different commits at once do not disturb each other', async () => {
  const [one, other] = [opened(), opened()];
  const textAt = async (workspace: GitWorkspace, name: string): Promise<string | undefined> => {
    const sha = host.commit('acme/demo', [{ path: 'n.txt', content: name }], { ref: `refs/heads/${name}` });
    const tree = await workspace.open(repository, sha);
    return (await tree.read('n.txt'))?.toString();
  };

  const texts = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => textAt(index % 2 === 0 ? one : other, name)),
  );

  expect(texts).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a lock left by a killed process is taken over', async () => {
  await opened().open(repository, commit);
  rmSync(mirror(), { recursive: true });
  const lock = `${mirror()}.lock`;
  writeFileSync(lock, 'somebody who is gone');
  utimesSync(lock, new Date(0), new Date(0));

  const tree = await opened().open(repository, commit);

  expect(await tree.list()).toHaveLength(2);
  expect(existsSync(lock)).toBe(false);
});

test('nothing but mirrors is left in the folder of mirrors', async () => {
  const workspace = opened();
  await workspace.open(repository, commit);
  removePacks();
  await (await workspace.open(repository, commit)).read('a.txt');

  const left = readdirSync(mirrorsDir);

  expect(left).toEqual(['1']);
  expect(readdirSync(join(mirrorsDir, '1/acme'))).toEqual(['demo.git']);
});

test('a folder of mirrors that cannot be made is told at once', async () => {
  const file = join(host.scratch, 'no-folder');
  writeFileSync(file, '');

  const create = (): GitWorkspace => workspaceOn(host, { mirrorsDir: join(file, 'mirrors') });

  expect(create).toThrow(/ENOTDIR/);
});
