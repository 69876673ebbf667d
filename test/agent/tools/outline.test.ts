import { expect, test } from 'vitest';
import { outlineTool } from '../../../src/agent/tools/outline.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { call, write } from './call.ts';

const tool = outlineTool(fakeSyntax());
const shop = 'class Shop {\n  function open() {\n  }\n}\nconst limit = 1\n';

test('a file is told by its symbols with their lines, indented by depth', async () => {
  const outcome = await call(tool, { path: 'a.ts' }, { 'a.ts': shop });

  expect(outcome.output).toBe(
    'a.ts (typescript):\n1-4 class: class Shop {\n  2-4 function: function open() {\n5-5 constant: const limit = 1',
  );
});

test('edits are part of an outline', async () => {
  const outcome = await call(tool, { path: 'a.ts' }, { 'a.ts': shop }, { 'a.ts': write('const other = 2\n') });

  expect(outcome.output).toContain('const other');
  expect(outcome.output).not.toContain('Shop');
});

test('start_line leaves out what ends before', async () => {
  const outcome = await call(tool, { path: 'a.ts', start_line: 5 }, { 'a.ts': shop });

  expect(outcome.output).toBe('a.ts (typescript):\n5-5 constant: const limit = 1');
});

test('a long outline is cut with the line to go on from, and going on reaches the end', async () => {
  const text = Array.from({ length: 1_500 }, (_, index) => `const limit_of_the_shop_${index} = 1\n`).join('');
  const first = await call(tool, { path: 'a.ts' }, { 'a.ts': text });
  const start = Number(/\[go on with start_line: (\d+)\]$/.exec(first.output)?.[1]);
  const second = await call(tool, { path: 'a.ts', start_line: start }, { 'a.ts': text });

  expect(first.output).not.toContain(`limit_of_the_shop_${start - 1} `);
  expect(first.output).toContain(`limit_of_the_shop_${start - 2} `);
  expect(second.output).toContain(`limit_of_the_shop_${start - 1} `);
});

test('a folder is told by what its own files declare at the top', async () => {
  const files = { 'src/a.ts': shop, 'src/b.ts': 'function b() {\n}\n', 'src/deep/c.ts': shop, 'src/note.md': '# x\n' };

  const outcome = await call(tool, { path: 'src/' }, files, { 'src/new.ts': write('const fresh = 1\n') });

  expect(outcome.output).toBe(
    [
      'src/a.ts:',
      '  1-4 class: class Shop {',
      '  5-5 constant: const limit = 1',
      'src/b.ts:',
      '  1-2 function: function b() {',
      'src/new.ts:',
      '  1-1 constant: const fresh = 1',
    ].join('\n'),
  );
});

test('a folder of many files is cut with the path to go on behind', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 90 }, (_, index) => [`f${String(index).padStart(2, '0')}.ts`, shop]),
  );
  const first = await call(tool, { path: '' }, files);
  const second = await call(tool, { path: '.', after: 'f39.ts' }, files);
  const third = await call(tool, { path: '.', after: 'f79.ts' }, files);

  expect(first.output).toContain('[go on with after: "f39.ts"]');
  expect(second.output.startsWith('f40.ts:')).toBe(true);
  expect(third.output).toContain('f89.ts:');
  expect(third.output).not.toContain('go on');
});

test.each([
  { path: 'b.md', says: 'its language is not known' },
  { path: 'none.ts', says: 'no file or folder' },
  { path: 'link', says: 'symlink' },
  { path: 'binary.ts', says: 'binary' },
])('$path is refused with what to do', async ({ path, says }) => {
  const files = { 'b.md': '# b\n', link: { mode: '120000', bytes: 'b.md' } as const, 'binary.ts': Buffer.from([0]) };

  const outcome = await call(tool, { path }, files);

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});
