import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha } from '../../src/domain/ids.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
let host: GitHost;
let workspace: GitWorkspace;
let from: Sha;
let to: Sha;

beforeAll(async () => {
  host = await startGitHost();
  workspace = workspaceOn(host);
  const kept = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  from = host.commit('acme/demo', [
    { path: 'caf\u00e9.txt', content: 'one\ntwo\n' },
    { path: 'logo.bin', content: Buffer.from([0, 1, 2]) },
    { path: 'old name.txt', content: kept },
    { path: 'same.txt', content: 'same\n' },
  ]);
  to = host.commit(
    'acme/demo',
    [
      { path: 'caf\u00e9.txt', content: 'one\n2\nthree\n' },
      { path: 'logo.bin', content: Buffer.from([0, 1, 3]) },
      { path: 'new name.txt', content: kept },
      { path: 'same.txt', content: 'same\n' },
    ],
    { parent: from },
  );
});
afterAll(async () => {
  await workspace.close();
  await host.close();
});

test('a diff counts lines by file, names binary files, and shows a rename as both its halves', async () => {
  const diff = await workspace.diff(repository, from, to, 100_000);

  expect(diff.isCut).toBe(false);
  expect(diff.files).toEqual([
    { path: 'caf\u00e9.txt', added: 2, removed: 1, isBinary: false },
    { path: 'logo.bin', added: 0, removed: 0, isBinary: true },
    { path: 'new name.txt', added: 20, removed: 0, isBinary: false },
    { path: 'old name.txt', added: 0, removed: 20, isBinary: false },
  ]);
  expect(diff.text).toContain('--- a/caf\u00e9.txt\n+++ b/caf\u00e9.txt\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+three\n');
  expect(diff.text).toContain('Binary files a/logo.bin and b/logo.bin differ');
});

test('a diff of a file in ISO-8859-1 reads as what it says', async () => {
  const latin = (text: string) => [{ path: 'a.c', content: Buffer.from(text, 'latin1') }];
  const before = host.commit('acme/demo', latin('// Größe\n'));
  const after = host.commit('acme/demo', latin('// Maß\n'));

  const diff = await workspace.diff(repository, before, after, 100_000);

  expect(diff.text).toContain('-// Größe\n+// Maß\n');
});

test('git applies the text of a diff that was not cut', async () => {
  const overlay = { 'same.txt': { kind: 'write', text: 'other\n', mode: '100755' } } as const;
  const { carrier } = await workspace.build(repository, from, overlay, from);
  const { text } = await workspace.diff(repository, from, carrier, 100_000);

  const applied = host.git('acme/demo', ['apply', '--numstat', '-z', '-'], Buffer.from(text)).toString();

  expect(applied).toBe('1\t1\tsame.txt\0');
});

test('trees can be compared as well as commits', async () => {
  const overlay = { 'same.txt': { kind: 'delete' } } as const;
  const { tree } = await workspace.build(repository, from, overlay, from);

  const diff = await workspace.diff(repository, from, tree, 100_000);

  expect(diff.files).toEqual([{ path: 'same.txt', added: 0, removed: 1, isBinary: false }]);
});

test('nothing differs from itself', async () => {
  const diff = await workspace.diff(repository, from, from, 100);

  expect(diff).toEqual({ text: '', isCut: false, files: [] });
});

test('a diff is cut at a whole line, below its limit, and still counts every file', async () => {
  const whole = await workspace.diff(repository, from, to, 100_000);

  const cut = await workspace.diff(repository, from, to, 300);

  expect(cut.isCut).toBe(true);
  expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(300);
  expect(cut.text).toMatch(/\n$/);
  expect(whole.text.startsWith(cut.text)).toBe(true);
  expect(cut.files).toEqual(whole.files);
});

test('a diff of megabytes does not have to be read to its end', async () => {
  const long = 'a long line of text that repeats\n'.repeat(1_000_000);
  const overlay = { 'long.txt': { kind: 'write', text: long, mode: '100644' } } as const;
  const { carrier } = await workspace.build(repository, from, overlay, from);

  const diff = await workspace.diff(repository, from, carrier, 1_000);

  expect(diff.isCut).toBe(true);
  expect(diff.files).toEqual([{ path: 'long.txt', added: 1_000_000, removed: 0, isBinary: false }]);
});
