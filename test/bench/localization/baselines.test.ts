import { expect, it } from 'vitest';
import type { TreeEntry } from '../../../src/ports/workspace.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import { createSources, rankByScore, type Scores, type SourceTree } from './baselines.ts';
import { createBlobWords } from './blob-words.ts';

async function shown(sourcesOf: ReturnType<typeof createSources>, files: Readonly<Record<string, string>>) {
  const tree = fakeTree(files);
  return sourcesOf(tree, await tree.list());
}

const order = (sources: SourceTree, scores: Scores): readonly string[] =>
  sources.paths.toSorted((a, b) => rankByScore(sources, scores, a) - rankByScore(sources, scores, b));

it('plain BM25 prefers the rarer word, then the shorter file', async () => {
  const sources = await shown(createSources(), {
    'src/a.ts': 'price and much else that nobody asks for in a file as long as this one',
    'src/b.ts': 'rounding among other things',
    'src/c.ts': 'price among other things',
  });

  expect(order(sources, sources.plainBm25('rounding, price'))).toEqual(['src/b.ts', 'src/c.ts', 'src/a.ts']);
});

it('grep meets words within words, a path counts thrice, and words of English do not', async () => {
  const sources = await shown(createSources(), {
    'src/a.ts': 'const THEIRS = 1;',
    'src/b.ts': 'computeRoundingOf(x)',
    'src/rounding.ts': '',
  });

  expect([...sources.pathAndGrep('their rounding')]).toEqual([0, 1, 3]);
});

it('the next tree is ranked by what lies in it, whatever was read for the one before', async () => {
  const sourcesOf = createSources();
  await shown(sourcesOf, { 'src/a.ts': 'price', 'src/b.ts': 'price', 'src/c.ts': 'rounding' });

  const after = await shown(sourcesOf, { 'src/a.ts': 'rounding', 'src/b.ts': 'price', 'src/copy.ts': 'price' });
  const alone = await shown(createSources(), { 'src/a.ts': 'rounding', 'src/b.ts': 'price', 'src/copy.ts': 'price' });

  expect(after.plainBm25('price rounding')).toEqual(alone.plainBm25('price rounding'));
  expect(after.pathAndGrep('price rounding')).toEqual(alone.pathAndGrep('price rounding'));
  expect([...after.pathAndGrep('price')]).toEqual([0, 1, 1]);
});

it('a blob is read once, however many trees and paths it lies in', async () => {
  const sourcesOf = createSources();
  const read: string[] = [];
  const tree = fakeTree({ 'src/a.ts': 'price', 'src/b.ts': 'price' });
  const counting: typeof tree = {
    ...tree,
    readMany: (paths, options, each) => {
      read.push(...paths);
      return tree.readMany(paths, options, each);
    },
  };
  const entries: readonly TreeEntry[] = await tree.list();

  await sourcesOf(counting, entries);
  await sourcesOf(counting, entries);

  expect(new Set(read).size).toBe(read.length);
});

it('a word is found within each word that has it, whatever stands beside', () => {
  const words = createBlobWords();
  words.add(0, ['around', 'found']);
  words.add(1, ['round', 'found', 'found']);

  const blobsWith = (part: string) => words.ofPart(part).map(({ blobs }) => blobs);

  expect(blobsWith('round')).toEqual([[0], [1]]);
  expect(blobsWith('ound')).toEqual([[0], [0, 1], [1]]);
  expect(blobsWith('roundfound')).toEqual([]);
  expect(words.ofWord('found')).toEqual({ blobs: [0, 1], counts: [1, 2] });
  expect(words.ofWord('foun')).toEqual({ blobs: [], counts: [] });
});
