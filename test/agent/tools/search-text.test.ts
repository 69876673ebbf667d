import { expect, test } from 'vitest';
import { searchTextTool } from '../../../src/agent/tools/search-text.ts';
import { fakeTree } from '../../support/fake-tree.ts';
import { call, write } from './call.ts';

const files = {
  'README.md': 'total price\n',
  'src/a.ts': 'const price = 1;\nlet x;\n',
  'src/b.ts': 'price();\r\n',
  'test/c.ts': 'Price\n',
};

test('hits come as path:line: text, in path order', async () => {
  const outcome = await call(searchTextTool, { pattern: 'price' }, files);

  expect(outcome.output).toBe('README.md:1: total price\nsrc/a.ts:1: const price = 1;\nsrc/b.ts:1: price();');
});

test('an edited file is found by its edited text only, a deleted one never', async () => {
  const overlay = {
    'src/a.ts': write('new\nprice 2\n'),
    'README.md': { kind: 'delete' },
    'src/aa.ts': write('price 3'),
  } as const;

  const outcome = await call(searchTextTool, { pattern: '\\bprice\\b' }, files, overlay);

  expect(outcome.output).toBe('src/a.ts:2: price 2\nsrc/aa.ts:1: price 3\nsrc/b.ts:1: price();');
});

test.each([
  { args: { pattern: 'price', folder: 'src' }, paths: ['src/a.ts', 'src/b.ts', 'src/new.ts'] },
  { args: { pattern: 'price', folder: 'src/a.ts' }, paths: ['src/a.ts'] },
  { args: { pattern: 'price', glob: '*.md' }, paths: ['README.md'] },
  {
    args: { pattern: 'PRICE', ignore_case: true, glob: '**/*.ts' },
    paths: ['src/a.ts', 'src/b.ts', 'src/new.ts', 'test/c.ts'],
  },
  { args: { pattern: 'price()', literal: true }, paths: ['src/b.ts'] },
  { args: { pattern: 'price\\(\\);$' }, paths: ['src/b.ts'] },
])('$args finds $paths', async ({ args, paths }) => {
  const outcome = await call(searchTextTool, args, files, { 'src/new.ts': write('the price') });

  expect(outcome.output.split('\n').map((line) => line.split(':')[0])).toEqual(paths);
});

test('nothing found is an answer, not an error', async () => {
  const outcome = await call(searchTextTool, { pattern: 'nowhere' }, files);

  expect(outcome).toMatchObject({ output: 'No line matches.', isError: false });
});

test('more than 100 hits are cut with a way to go on', async () => {
  const outcome = await call(
    searchTextTool,
    { pattern: 'x' },
    { a: 'x\n'.repeat(60), b: 'x\n'.repeat(60) },
    { c: write('x\n') },
  );

  const lines = outcome.output.split('\n');
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toContain('there are more hits; go on with after: "b:40"');
});

test('after goes on behind a hit, in untouched and in edited files', async () => {
  const files = { a: 'x\n'.repeat(60), b: 'x\n'.repeat(60) };

  const outcome = await call(searchTextTool, { pattern: 'x', after: 'b:58' }, files, { c: write('x\n') });
  const end = await call(searchTextTool, { pattern: 'x', after: 'c:1' }, files, { c: write('x\n') });

  expect(outcome.output).toBe('b:59: x\nb:60: x\nc:1: x');
  expect(end.output).toBe('No more lines match.');
});

test('stale hits of edited files do not push out the hits of others', async () => {
  const outcome = await call(
    searchTextTool,
    { pattern: 'x' },
    { a: 'x\n'.repeat(5_000), b: 'x\n' },
    { a: write('y\n') },
  );

  expect(outcome.output).toBe('b:1: x');
});

test('long lines are cut, in edited files and in others', async () => {
  const outcome = await call(
    searchTextTool,
    { pattern: 'x' },
    { a: 'x'.repeat(9_000) },
    { b: write('x'.repeat(9_000)) },
  );

  expect(outcome.output.match(/\[line cut at 500 characters\]/g)).toHaveLength(2);
});

test.each([
  { pattern: 'price(', says: 'never closed' },
  { pattern: 'a\nb', says: 'line break' },
  { pattern: '(?<!a)b', says: '(?' },
])('the pattern $pattern is refused: $says', async ({ pattern, says }) => {
  const outcome = await call(searchTextTool, { pattern }, files);

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});

test('a pattern that would take years on an edited file is ended and refused', async () => {
  const outcome = await call(searchTextTool, { pattern: '(a+)+$' }, {}, { evil: write(`${'a'.repeat(40)}!`) });

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain('takes too long');
}, 20_000);

test('what git says against a pattern is passed on', async () => {
  const tree = {
    ...fakeTree(files),
    search: () => Promise.resolve({ kind: 'bad-pattern', reason: 'too big' } as const),
  };

  const outcome = await call(searchTextTool, { pattern: 'x' }, tree);

  expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('too big') });
});
