import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sha } from '../../src/domain/ids.ts';
import type { Tree } from '../../src/ports/workspace.ts';
import { type GitHost, type GitWorkspace, repositoryNamed, startGitHost, workspaceOn } from './git-host.ts';

const repository = repositoryNamed('demo');
let host: GitHost;
let workspace: GitWorkspace;
let commit: Sha;
let tree: Tree;

const composed = 'docs/caf\u00e9.md';
const decomposed = 'docs/cafe\u0301.md';
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

beforeAll(async () => {
  host = await startGitHost();
  workspace = workspaceOn(host);
  commit = host.commit('acme/demo', [
    { path: '-rf', content: 'dash\n' },
    { path: 'a/b c.txt', content: 'crlf\r\nlast line without end' },
    { path: 'a-b.txt', content: '' },
    { path: 'bin/run.sh', mode: '100755', content: '#!/bin/sh\nneedle\n' },
    { path: 'image.png', content: everyByte },
    { path: composed, content: 'composed needle\n' },
    { path: decomposed, content: 'decomposed Needle\n' },
    { path: 'link', mode: '120000', content: '/etc/passwd' },
    { path: 'line\nbreak\t"quoted"', content: 'needle in an odd place\n' },
    { path: Buffer.from([0x66, 0xff, 0x66]), content: 'needle without a name\n' },
    { path: 'vendor/lib', mode: '160000', content: '1234567890123456789012345678901234567890' },
    { path: 'wide.js', content: `${'x'.repeat(3_000_000)}needle\n` },
  ]);
  tree = await workspace.open(repository, commit);
});
afterAll(async () => {
  await workspace.close();
  await host.close();
});

test('a listing holds every file by the order of its bytes, without submodules and names that are not UTF-8', async () => {
  const paths = (await tree.list()).map(({ path }) => path);

  expect(paths).toEqual([
    '-rf',
    'a-b.txt',
    'a/b c.txt',
    'bin/run.sh',
    decomposed,
    composed,
    'image.png',
    'line\nbreak\t"quoted"',
    'link',
    'wide.js',
  ]);
});

test('a listing tells mode, size and object of a file', async () => {
  const entries = await tree.list('bin');

  const blob = host
    .git('acme/demo', ['rev-parse', `${commit}:bin/run.sh`])
    .toString()
    .trim();
  expect(entries).toEqual([{ path: 'bin/run.sh', mode: '100755', sizeBytes: 17, blob }]);
});

test.each([
  ['a', ['a/b c.txt']],
  ['a/', ['a/b c.txt']],
  ['a/b c.txt', ['a/b c.txt']],
  ['nowhere', []],
  ['../', []],
  [':(top)a', []],
])('a listing below %j holds nothing else', async (prefix, expected) => {
  const entries = await tree.list(prefix);

  expect(entries.map(({ path }) => path)).toEqual(expected);
});

test.each([
  ['-rf', Buffer.from('dash\n')],
  ['a/b c.txt', Buffer.from('crlf\r\nlast line without end')],
  ['a-b.txt', Buffer.alloc(0)],
  ['image.png', everyByte],
  [composed, Buffer.from('composed needle\n')],
  [decomposed, Buffer.from('decomposed Needle\n')],
  ['line\nbreak\t"quoted"', Buffer.from('needle in an odd place\n')],
])('the bytes of %j are read exactly', async (path, expected) => {
  const bytes = await tree.read(path);

  expect(bytes).toEqual(expected);
});

test('a link is read as its target and never followed', async () => {
  const bytes = await tree.read('link');

  expect(bytes?.toString()).toBe('/etc/passwd');
});

test.each(['a', 'vendor/lib', 'nowhere', '', '/etc/passwd', '../demo.git/HEAD', 'a//b c.txt', './-rf'])(
  'there is no file at %j',
  async (path) => {
    const bytes = await tree.read(path);

    expect(bytes).toBeNull();
  },
);

test('hundreds of reads at once are all answered', async () => {
  const reads = await Promise.all(Array.from({ length: 300 }, () => tree.read('-rf')));

  expect(new Set(reads.map(String))).toEqual(new Set(['dash\n']));
});

test('a search finds lines with their place, in path order, and skips binary files', async () => {
  const found = await tree.search('^.{0,12}needle', { limit: 10 });

  expect(found).toEqual({
    kind: 'found',
    isCut: false,
    hits: [
      { path: 'bin/run.sh', line: 2, text: 'needle' },
      { path: composed, line: 1, text: 'composed needle' },
      { path: 'line\nbreak\t"quoted"', line: 1, text: 'needle in an odd place' },
    ],
  });
});

test('a line in ISO-8859-1 is found by its ASCII and read as what it says', async () => {
  const other = host.commit('acme/latin', [
    { path: 'a.c', content: Buffer.from('// Gr\u00f6\u00dfe needle\n', 'latin1') },
  ]);
  const latin = await workspace.open(repositoryNamed('latin'), other);

  const found = await latin.search('needle', { limit: 10 });

  expect(found).toMatchObject({ hits: [{ path: 'a.c', line: 1, text: '// Größe needle' }] });
});

test('a long line is read as what it says, wherever it is cut', async () => {
  const text = `año needle ${'x'.repeat(1_987)}üü\n`;
  const other = host.commit(
    'acme/long',
    [0, 1, 2].map((shift) => ({ path: `${shift}.txt`, content: 'y'.repeat(shift) + text })),
  );
  const long = await workspace.open(repositoryNamed('long'), other);

  const found = await long.search('needle', { limit: 10 });

  expect(found).toMatchObject({ hits: [0, 1, 2].map(() => ({ text: expect.stringContaining('año needle') })) });
});

test('a search can ignore case, of letters beyond ASCII too', async () => {
  const other = host.commit('acme/cases', [{ path: 'a.txt', content: 'ÜBER needle\n' }]);
  const cases = await workspace.open(repositoryNamed('cases'), other);

  const found = await cases.search('über NEEDLE', { ignoreCase: true, limit: 10 });

  expect(found).toMatchObject({ hits: [{ path: 'a.txt', line: 1 }] });
});

test('a search stops at its limit and says so', async () => {
  const found = await tree.search('needle', { limit: 1 });

  expect(found).toMatchObject({ kind: 'found', isCut: true, hits: [{ path: 'bin/run.sh' }] });
});

test('a search below a prefix stays there', async () => {
  const found = await tree.search('e', { prefix: 'docs', limit: 10 });

  expect(found).toMatchObject({ hits: [{ path: decomposed }, { path: composed }] });
});

test.each(['nowhere', '../..', ':/', '--help'])('a search below %j finds nothing', async (prefix) => {
  const found = await tree.search('e', { prefix, limit: 10 });

  expect(found).toEqual({ kind: 'found', hits: [], isCut: false });
});

test('a line of megabytes is shown by its first 500 characters', async () => {
  const found = await tree.search('xneedle$', { limit: 10 });

  expect(found).toEqual({
    kind: 'found',
    isCut: false,
    hits: [{ path: 'wide.js', line: 1, text: `${'x'.repeat(500)}…` }],
  });
});

test.each(['x[', '(', 'nul\0', 'a'.repeat(1_001)])('a bad pattern is answered, not thrown (%#)', async (pattern) => {
  const answer = await tree.search(pattern, { limit: 10 });

  expect(answer).toMatchObject({ kind: 'bad-pattern', reason: expect.stringMatching(/\w+/) });
});

test.each(['--open-files-in-pager=touch /tmp/x', '-e', '-Osh'])('the pattern %j is no option', async (pattern) => {
  const answer = await tree.search(pattern, { limit: 10 });

  expect(answer).toEqual({ kind: 'found', hits: [], isCut: false });
});

describe('many files at once', () => {
  const readMany = async (paths: readonly string[], options: { maxBytes?: number; signal?: AbortSignal } = {}) => {
    const read = new Map<string, Buffer>();
    await tree.readMany(
      paths,
      { maxBytes: 10_000_000, ...options },
      (entry, bytes) => void read.set(entry.path, bytes),
    );
    return read;
  };

  test('come with their exact bytes, in the order they were asked for', async () => {
    const read = await readMany(['wide.js', 'image.png', 'a-b.txt', composed, 'line\nbreak\t"quoted"']);

    expect([...read.keys()]).toEqual(['wide.js', 'image.png', 'a-b.txt', composed, 'line\nbreak\t"quoted"']);
    expect(read.get('image.png')).toEqual(everyByte);
    expect(read.get('a-b.txt')).toEqual(Buffer.alloc(0));
    expect(read.get('wide.js')?.length).toBe(3_000_007);
  });

  test('leave out what is no file, links, and what is too large', async () => {
    const read = await readMany(['nowhere', '../etc/passwd', 'link', 'vendor/lib', 'wide.js', '-rf'], {
      maxBytes: 100,
    });

    expect([...read.keys()]).toEqual(['-rf']);
  });

  test('end early without an error once nobody wants them', async () => {
    const leave = new AbortController();
    const read: string[] = [];

    await tree.readMany(['-rf', 'a-b.txt', 'image.png'], { maxBytes: 1_000, signal: leave.signal }, ({ path }) => {
      read.push(path);
      leave.abort();
    });

    expect(read).toEqual(['-rf']);
  });

  test('end with the fault of whoever takes them', async () => {
    const fault = new TypeError('no thanks');

    const reading = tree.readMany(['-rf'], { maxBytes: 1_000 }, () => {
      throw fault;
    });

    await expect(reading).rejects.toBe(fault);
  });

  test('wait for whoever takes them', async () => {
    let isBusy = false;
    await tree.readMany(['-rf', 'a-b.txt', 'image.png'], { maxBytes: 1_000 }, async () => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      isBusy = false;
    });

    expect(isBusy).toBe(false);
  });
});
