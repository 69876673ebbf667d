import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asSha } from '../../src/domain/ids.ts';
import { createIndexer } from '../../src/localization/index-tree.ts';
import { fakeRecordCache } from '../support/fake-record-cache.ts';
import { type FakeFiles, fakeTree, slowTree } from '../support/fake-tree.ts';

const repository = { installationId: 1, owner: 'acme', name: 'shop' };
const first = asSha('1'.repeat(40));
const second = asSha('2'.repeat(40));
const third = asSha('3'.repeat(40));
const files: FakeFiles = { 'src/cart.ts': 'export function total() {}\n', 'src/price.ts': 'export const price = 1;\n' };
const limits = { signal: new AbortController().signal, limitMs: 60_000 };
const open = (cache = fakeRecordCache()) => createIndexer({ cache, maxBytes: 1_000_000 });

it('the second commit reads only the blobs that changed', async () => {
  const indexer = open();
  const before = await indexer.index(repository, fakeTree(files, first), limits);

  const after = await indexer.index(
    repository,
    fakeTree({ ...files, 'src/price.ts': 'export const price = 2;\n' }, second),
    limits,
  );

  expect([before.readBlobs, after.readBlobs]).toEqual([2, 1]);
});

it('the index of a later commit is the same, whatever was indexed before', async () => {
  const later = fakeTree({ ...files, 'src/price.ts': 'export const price = 2;\n', 'docs/new.md': '# New\n' }, second);
  const indexer = open();
  await indexer.index(repository, fakeTree({ ...files, 'test/old.test.ts': 'old' }, first), limits);

  const after = await indexer.index(repository, later, limits);
  const fresh = await open().index(repository, later, limits);

  expect(after.index).toEqual(fresh.index);
});

it('after any changes the index is what a fresh one would be', async () => {
  const someTree = fc.dictionary(
    fc.constantFrom('a.ts', 'src/b.ts', 'src/c.test.ts', 'docs/d.md', 'x/logo.png'),
    fc.constantFrom('', 'let total;', 'function price() {}'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(someTree, { minLength: 1, maxLength: 5 }), async (trees) => {
      const indexer = open();
      for (const [at, tree] of trees.entries()) {
        const commit = asSha(String(at).repeat(40));

        const { index } = await indexer.index(repository, fakeTree(tree, commit), limits);

        expect(index).toEqual((await open().index(repository, fakeTree(tree, commit), limits)).index);
      }
    }),
    { numRuns: 60 },
  );
});

it('what follows from the paths is kept while only contents change', async () => {
  const indexer = open();
  const before = await indexer.index(repository, fakeTree(files, first), limits);

  const changed = await indexer.index(repository, fakeTree({ ...files, 'src/cart.ts': 'let a;\n' }, second), limits);
  const grown = await indexer.index(repository, fakeTree({ ...files, 'src/a.ts': '' }, third), limits);

  expect(changed.index.paths).toBe(before.index.paths);
  expect(changed.index.records).not.toEqual(before.index.records);
  expect(grown.index.paths.list).toEqual(['src/a.ts', 'src/cart.ts', 'src/price.ts']);
});

it('another process reads nothing that the cache holds', async () => {
  const cache = fakeRecordCache();
  await open(cache).index(repository, fakeTree(files, first), limits);

  const other = await open(cache).index(repository, fakeTree(files, first), limits);

  expect(other).toMatchObject({ readBlobs: 0, isComplete: true });
});

it('a record that is damaged is made anew, and the index is the same', async () => {
  const cache = fakeRecordCache();
  const whole = await open(cache).index(repository, fakeTree(files, first), limits);
  for (const blob of cache.kept.keys()) cache.kept.set(blob, Uint8Array.from([1, 2, 3]));

  const again = await open(cache).index(repository, fakeTree(files, first), limits);

  expect(again.readBlobs).toBe(2);
  expect(again.index).toEqual(whole.index);
});

it('a reading that was aborted says so, and the next one begins anew', async () => {
  const indexer = open();
  const aborted = { signal: AbortSignal.abort(), limitMs: 60_000 };

  const cut = await indexer.index(repository, fakeTree(files, first), aborted);
  const whole = await indexer.index(repository, fakeTree(files, first), limits);

  expect(cut).toMatchObject({ readBlobs: 0, isComplete: false });
  expect(whole).toMatchObject({ readBlobs: 2, isComplete: true });
});

it('once the time is up a reading gives what there is, says so, and goes on the next time', async () => {
  const indexer = open();

  const cut = await indexer.index(repository, slowTree(files, first), { ...limits, limitMs: 5 });
  const whole = await indexer.index(repository, fakeTree(files, first), limits);

  expect(cut).toMatchObject({ readBlobs: 0, isComplete: false });
  expect(cut.index.paths.list).toEqual(['src/cart.ts', 'src/price.ts']);
  expect(whole).toMatchObject({ readBlobs: 2, isComplete: true });
});

it('lock files, vendored code, images and links are not read', async () => {
  const tree = fakeTree({
    ...files,
    'package-lock.json': '{}',
    'vendor/lib.go': 'package lib\n',
    'logo.png': 'x',
    link: { mode: '120000', bytes: 'src/cart.ts' },
  });

  const { index } = await open().index(repository, tree, limits);

  expect(index.paths.list).toEqual(['src/cart.ts', 'src/price.ts']);
});

it('whole repositories are let go of when memory is short, and read from the cache again', async () => {
  const indexer = createIndexer({ cache: fakeRecordCache(), maxBytes: 1 });
  await indexer.index(repository, fakeTree(files, first), limits);
  await indexer.index({ ...repository, name: 'other' }, fakeTree(files, first), limits);

  const again = await indexer.index(repository, fakeTree(files, first), limits);

  expect(again.readBlobs).toBe(0);
});

it('others get their turn while a large tree is indexed', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 400 }, (_, at) => [`src/file${at}.ts`, `export const a${at} = 1;\n`.repeat(200)]),
  );
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  }, 1);

  const { readBlobs } = await open().index(repository, fakeTree(many, first), limits);

  clearInterval(timer);
  expect(readBlobs).toBe(400);
  expect(longestMs).toBeGreaterThan(0);
  expect(longestMs).toBeLessThan(500);
});
