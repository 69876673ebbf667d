import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sha } from '../../src/domain/ids.ts';
import type { Overlay, OverlayEntry } from '../../src/domain/overlay.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
const submodule = '1234567890123456789012345678901234567890';
let host: GitHost;
let workspace: GitWorkspace;
let base: Sha;

beforeAll(async () => {
  host = await startGitHost();
  workspace = workspaceOn(host);
  base = host.commit('acme/demo', [
    { path: 'README.md', content: 'hello\n' },
    { path: 'bin/run.sh', mode: '100755', content: '#!/bin/sh\n' },
    { path: 'deep/er/est/only.txt', content: 'only\n' },
    { path: 'latin/\u00e9.txt', content: 'utf-8 name\n' },
    { path: Buffer.from('latin/\u00e9.txt', 'latin1'), content: 'latin-1 name\n' },
    { path: 'link', mode: '120000', content: 'README.md' },
    { path: 'logo.bin', content: Buffer.from([0, 255, 10, 13, 0]) },
    { path: 'src/a.ts', content: 'a\n' },
    { path: 'src/b.ts', content: 'b\n' },
    { path: 'vendor/lib', mode: '160000', content: submodule },
    { path: 'vendor/note.txt', content: 'note\n' },
  ]);
});
afterAll(async () => {
  await workspace.close();
  await host.close();
});

const write = (text: string, mode: '100644' | '100755' = '100644'): OverlayEntry => ({ kind: 'write', text, mode });
const gone: OverlayEntry = { kind: 'delete' };

/** Builds, pushes, and gives the lines of the server's own `ls-tree` by path (Latin-1: bytes as they are). */
async function pushed(overlay: Overlay): Promise<Map<string, string>> {
  const { carrier } = await workspace.build(repository, base, overlay, base);
  await workspace.push(repository, carrier, 'refs/ai-fix/f-1/1');
  return serverFiles('refs/ai-fix/f-1/1');
}

function serverFiles(revision: string): Map<string, string> {
  const lines = host.git('acme/demo', ['ls-tree', '-r', '-z', revision]).toString('latin1').split('\0');
  return new Map(lines.filter((line) => line !== '').map((line) => [line.slice(line.indexOf('\t') + 1), line]));
}

const latin1 = (path: string): string => Buffer.from(path).toString('latin1');

/** Paths whose line differs between the base and what was pushed. */
function differences(after: Map<string, string>): string[] {
  const before = serverFiles(base);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

test.each([
  'plain.txt',
  '-rf',
  '--exec=x/-e',
  'a b/ leading and trailing ',
  'quote"back\\slash',
  '*.[ch]',
  ':(exclude)x',
  'caf\u00e9.md',
  'cafe\u0301.md',
  'emoji/\u{1f600}.txt',
  '.gitignore',
  '.github/workflows/ci.yml',
  'src.txt',
  'src-1',
])('a file written at %j is on the server under exactly this name, and nothing else changed', async (path) => {
  const after = await pushed({ [path]: write('new\n') });

  expect(differences(after)).toEqual([latin1(path)]);
  expect(host.git('acme/demo', ['cat-file', 'blob', after.get(latin1(path))?.slice(12, 52) ?? '']).toString()).toBe(
    'new\n',
  );
});

test.each(['', 'no end', 'a\r\nb\r\n', '\ufeffmarked', 'e\u0301 \u00e9 \u{1f600}\0', '\n\n'])(
  'the text %j arrives byte by byte',
  async (text) => {
    await pushed({ 'text.txt': write(text) });

    const bytes = host.git('acme/demo', ['show', 'refs/ai-fix/f-1/1:text.txt']);
    expect(bytes).toEqual(Buffer.from(text));
  },
);

test('a text in windows-1252 arrives in windows-1252', async () => {
  await pushed({ 'text.txt': { kind: 'write', text: 'Größe: 5 €\r\n', mode: '100644', encoding: 'windows-1252' } });

  const bytes = host.git('acme/demo', ['show', 'refs/ai-fix/f-1/1:text.txt']);
  expect(bytes).toEqual(Buffer.from('Gr\u00f6\u00dfe: 5 \x80\r\n', 'latin1'));
});

test('the executable bit is what the overlay says', async () => {
  const after = await pushed({
    'bin/run.sh': write('#!/bin/sh\nexit\n', '100755'),
    'src/a.ts': write('a\n', '100755'),
  });

  expect(after.get('bin/run.sh')).toMatch(/^100755 /);
  expect(after.get('src/a.ts')).toMatch(/^100755 /);
  expect(after.get('src/b.ts')).toMatch(/^100644 /);
});

test('neighbours that no overlay can name survive: submodules, links, binary files, names that are not UTF-8', async () => {
  const after = await pushed({
    'vendor/note.txt': write('changed\n'),
    'latin/other.txt': write('new\n'),
    'README.md': write('changed\n'),
  });

  expect(differences(after)).toEqual(['README.md', 'latin/other.txt', 'vendor/note.txt']);
  expect(after.get('vendor/lib')).toBe(`160000 commit ${submodule}\tvendor/lib`);
  expect(after.has('latin/\u00e9.txt')).toBe(true);
});

test('deleting the last file of a folder removes the folder', async () => {
  const after = await pushed({ 'deep/er/est/only.txt': gone });

  expect(differences(after)).toEqual(['deep/er/est/only.txt']);
  expect(host.git('acme/demo', ['ls-tree', '--name-only', 'refs/ai-fix/f-1/1']).toString()).not.toContain('deep');
});

test('deleting everything leaves the empty tree', async () => {
  const only = host.commit('acme/single', [{ path: 'a/b', content: 'x' }]);

  const { tree } = await workspace.build(repositoryNamed('single'), only, { 'a/b': gone }, only);

  expect(tree).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});

test.each<[string, Overlay, string[]]>([
  [
    'with its files deleted',
    { src: write('file\n'), 'src/a.ts': gone, 'src/b.ts': gone },
    ['src', 'src/a.ts', 'src/b.ts'],
  ],
  ['without a word about its files', { src: write('file\n') }, ['src', 'src/a.ts', 'src/b.ts']],
])('a file takes the place of a folder, %s', async (_, overlay, expected) => {
  const after = await pushed(overlay);

  expect(differences(after)).toEqual(expected);
});

test.each<[string, Overlay]>([
  ['deleted', { 'README.md': gone, 'README.md/en': write('x') }],
  ['not mentioned', { 'README.md/en': write('x') }],
])('a folder takes the place of a file that is %s', async (_, overlay) => {
  const after = await pushed(overlay);

  expect(differences(after)).toEqual(['README.md', 'README.md/en']);
});

test.each(['nowhere.txt', 'nowhere/at/all.txt', 'README.md/below-a-file', 'src'])(
  'deleting %j, which is no file, changes nothing',
  async (path) => {
    const { tree } = await workspace.build(repository, base, { [path]: gone }, base);

    expect(tree).toBe(
      host
        .git('acme/demo', ['rev-parse', `${base}^{tree}`])
        .toString()
        .trim(),
    );
  },
);

test('the same input gives the same commits on another machine, whatever the order of the edits', async () => {
  const other = workspaceOn(host);

  const first = await workspace.build(repository, base, { 'x/1': write('1'), 'src/a.ts': gone }, base);
  const second = await other.build(repository, base, { 'src/a.ts': gone, 'x/1': write('1') }, base);

  expect(second).toEqual(first);
  await other.close();
});

test('the carrier stands on the given parent', async () => {
  const parent = host.commit('acme/demo', [{ path: 'other', content: 'x' }], { parent: base, ref: 'refs/heads/fix' });

  const { carrier, tree } = await workspace.build(repository, base, { new: write('1') }, parent);
  await workspace.push(repository, carrier, 'refs/ai-fix/f-1/2');

  const written = host.git('acme/demo', ['show', '-s', '--format=%P %T', 'refs/ai-fix/f-1/2']).toString().trim();
  expect(written).toBe(`${parent} ${tree}`);
});

test.each([
  [{ a: write('x'), 'a/b': write('y') }, /both "a" and files below it/],
  [{ 'x/../../y': write('x') }, /segment "\.\."/],
  [{ '.GIT/config': write('x') }, /\.git/],
  [{ '/etc/passwd': gone }, /absolute/],
  [{ 'bad\ud800': write('x') }, /Unicode/],
  [{ 'a.txt': write('\udc00') }, /Unicode/],
])('an overlay that no tree can hold is refused in words (%#)', async (overlay, words) => {
  const building = workspace.build(repository, base, overlay, base);

  await expect(building).rejects.toThrow(words);
  await expect(building).rejects.toBeInstanceOf(TypeError);
});

test('in a repository of 50,000 files, only the folders on the way to a change are written and sent', async () => {
  const files = Array.from({ length: 50_000 }, (_, index) => ({
    path: `src/group-${index % 50}/part-${index % 500}/file-${index}.ts`,
    content: `export const value = ${index};\n`,
  }));
  const large = repositoryNamed('large');
  const first = host.commit('acme/large', files);
  const tree = await workspace.open(large, first);
  // The branch moves on: what the server has can no longer be told by its branches.
  host.commit('acme/large', [...files, { path: 'moved.txt', content: 'x' }], { parent: first });
  const objectsBefore = countObjects('acme/large');

  const built = await workspace.build(large, first, { 'src/group-1/part-1/new.ts': write('new\n') }, first);
  await workspace.push(large, built.carrier, 'refs/ai-fix/f-9/1');

  // One blob, the commit, and the trees: root, src, group-1, part-1.
  expect(countObjects('acme/large') - objectsBefore).toBe(6);
  expect(await tree.list()).toHaveLength(50_000);
  expect(host.git('acme/large', ['diff', '--name-only', first, built.carrier]).toString()).toBe(
    'src/group-1/part-1/new.ts\n',
  );
}, 120_000);

function countObjects(name: string): number {
  const numbers = host.git(name, ['count-objects', '-v']).toString();
  const numberOf = (key: string): number => Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(numbers)?.[1]);
  return numberOf('count') + numberOf('in-pack');
}
