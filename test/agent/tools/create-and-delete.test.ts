import { expect, test } from 'vitest';
import { createFileTool } from '../../../src/agent/tools/create-file.ts';
import { deleteFileTool } from '../../../src/agent/tools/delete-file.ts';
import type { Overlay } from '../../../src/domain/overlay.ts';
import { fakeSyntax } from '../../support/fake-syntax.ts';
import { call, write } from './call.ts';

const link = { mode: '120000', bytes: 'elsewhere' } as const;

const createTool = createFileTool(fakeSyntax());

test('a new file stands in the overlay', async () => {
  const outcome = await call(createTool, { path: './src/new.ts', content: 'a\nb\n' }, {});

  expect(outcome.overlay).toEqual({ 'src/new.ts': { kind: 'write', text: 'a\nb\n', mode: '100644' } });
  expect(outcome.output).toBe('Made src/new.ts (2 lines, 4 bytes).');
});

test('a new file may be a program', async () => {
  const outcome = await call(createTool, { path: 'run.sh', content: '#!/bin/sh\n', executable: true }, {});

  expect(outcome.overlay['run.sh']).toMatchObject({ mode: '100755' });
});

test('a file called __proto__ is a file like any other', async () => {
  const outcome = await call(createTool, { path: '__proto__', content: 'x' }, {});
  const again = await call(createTool, { path: '__proto__', content: 'x' }, {}, outcome.overlay);

  expect(Object.keys(outcome.overlay)).toEqual(['__proto__']);
  expect(again.isError).toBe(true);
});

test.each([
  { what: 'an existing file', path: 'a', says: 'a exists' },
  { what: 'a symlink', path: 'link', says: 'link exists' },
  { what: 'a binary file', path: 'image', says: 'image exists' },
  { what: 'a folder', path: 'src', says: 'src is a folder' },
  { what: 'a folder that only the overlay has', path: 'lib', says: 'lib is a folder' },
  { what: 'a path below a file', path: 'a/b/c', says: 'a is a file' },
  { what: 'a path through a symlink', path: 'link/b', says: 'link is a file' },
  { what: 'a path below a new file', path: 'lib/x/y', says: 'lib/x is a file' },
  { what: 'a path into .git', path: '.git/hooks/pre-push', says: '.git' },
  { what: 'a path that leads out', path: 'src/../../x', says: '".." segment' },
])('making $what is refused', async ({ path, says }) => {
  const files = { a: 'x', link, image: Buffer.from([0]), 'src/b': '' };
  const overlay = { 'lib/x': write('') };

  const outcome = await call(createTool, { path, content: 'new' }, files, overlay);

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
  expect(outcome.overlay).toBe(overlay);
});

test.each([
  { what: 'more than 1 MB', content: 'é'.repeat(500_001), says: '1000002 bytes' },
  { what: 'a NUL character', content: 'a\0', says: 'NUL' },
  { what: 'half a surrogate pair', content: '\ud83d', says: 'surrogate' },
])('a content with $what is refused', async ({ content, says }) => {
  const outcome = await call(createTool, { path: 'a', content }, {});

  expect(outcome).toMatchObject({ isError: true, overlay: {} });
  expect(outcome.output).toContain(says);
});

test('the overlay holds at most 200 files, of which each may still change', async () => {
  const overlay: Overlay = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, write('x')]));

  const created = await call(createTool, { path: 'one-more', content: '' }, {}, overlay);
  const deletedBase = await call(deleteFileTool, { path: 'base' }, { base: '' }, overlay);
  const deletedNew = await call(deleteFileTool, { path: 'f7' }, {}, overlay);

  expect(created).toMatchObject({ isError: true, output: expect.stringContaining('200 files') });
  expect(deletedBase).toMatchObject({ isError: true, output: expect.stringContaining('200 files') });
  expect(Object.keys(deletedNew.overlay)).toHaveLength(199);
});

test('a deleted base file is an entry, a deleted new file is none', async () => {
  const base = await call(deleteFileTool, { path: 'a' }, { a: 'x' }, { b: write('y') });
  const both = await call(deleteFileTool, { path: 'b' }, { a: 'x' }, base.overlay);

  expect(both.overlay).toEqual({ a: { kind: 'delete' } });
});

test('a file made again as the base has it is no change, and keeps its executable bit', async () => {
  const files = { a: { mode: '100755', bytes: 'x' } } as const;

  const same = await call(createTool, { path: 'a', content: 'x' }, files, { a: { kind: 'delete' } });
  const other = await call(createTool, { path: 'a', content: 'y' }, files, { a: { kind: 'delete' } });

  expect(same.overlay).toEqual({});
  expect(other.overlay).toEqual({ a: { kind: 'write', text: 'y', mode: '100755' } });
});

test('a folder whose last file was deleted may become a file', async () => {
  const outcome = await call(
    createTool,
    { path: 'src', content: 'x' },
    { 'src/a': '' },
    { 'src/a': { kind: 'delete' } },
  );

  expect(outcome.isError).toBe(false);
});

test.each([
  { what: 'a binary file', file: Buffer.from([0]) },
  { what: 'a symlink', file: link },
])('$what can be deleted', async ({ file }) => {
  const outcome = await call(deleteFileTool, { path: 'a' }, { a: file });

  expect(outcome.overlay).toEqual({ a: { kind: 'delete' } });
});

test.each([
  { path: 'gone', says: 'There is no file gone' },
  { path: 'src', says: 'is a folder' },
  { path: 'b', says: 'Files of that name: src/b' },
  { path: '/src/b', says: 'absolute' },
])('deleting $path is refused', async ({ path, says }) => {
  const outcome = await call(deleteFileTool, { path }, { gone: '', 'src/b': '' }, { gone: { kind: 'delete' } });

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});

test('a new file with a syntax error is made and the error told', async () => {
  const outcome = await call(createTool, { path: 'a.ts', content: 'a\n@@\n' }, {});

  expect(outcome.isError).toBe(false);
  expect(outcome.output).toContain('line 2, column 1: unexpected "@@"');
});

test.each([
  { what: 'end their lines in CRLF', neighbour: 'a\r\nb\r\n', content: 'a\nb\n' },
  { what: 'indent with tabs', neighbour: 'a\n\tb\n', content: 'a\n  b\n' },
])('a new file is told that the files beside it $what', async ({ what, neighbour, content }) => {
  const files = { 'd/a.ts': neighbour, 'd/b.ts': neighbour, 'd/other.md': 'a\n  b\n', 'd/deep/c.ts': 'a\n  b\n' };

  const odd = await call(createTool, { path: 'd/new.ts', content }, files);
  const alike = await call(createTool, { path: 'd/new.ts', content: neighbour }, files);
  const unclear = await call(createTool, { path: 'd/new.ts', content }, { ...files, 'd/b.ts': content });

  expect(odd.output).toContain(`The files beside it ${what}`);
  expect(alike.output).not.toContain('beside');
  expect(unclear.output).not.toContain('beside');
});

test('a file that was deleted is not made anew with a hint at its lines', async () => {
  const base = { 'a.py': Buffer.from('def f():\n    a()\n    b()\n') };
  const content = 'def f():\n    a2()\n    # rest of the function unchanged\n';

  const outcome = await call(createTool, { path: 'a.py', content }, base, { 'a.py': { kind: 'delete' } });

  expect(outcome).toMatchObject({ isError: true, overlay: { 'a.py': { kind: 'delete' } } });
  expect(outcome.output).toContain('write the whole text');
});

test('a file made anew has the encoding that it had', async () => {
  const base = { 'a.txt': Buffer.from('Größe\n', 'latin1') };

  const outcome = await call(createTool, { path: 'a.txt', content: 'Maß\n' }, base, { 'a.txt': { kind: 'delete' } });

  expect(outcome.overlay['a.txt']).toMatchObject({ text: 'Maß\n', encoding: 'windows-1252' });
});
