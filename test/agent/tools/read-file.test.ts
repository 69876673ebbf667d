import { expect, test } from 'vitest';
import { readFileTool } from '../../../src/agent/tools/read-file.ts';
import { call, write } from './call.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

test('lines come numbered, without byte order mark and line endings', async () => {
  const outcome = await call(readFileTool, { path: 'a' }, { a: '\ufeffone\r\ntwo\nthree' });

  expect(outcome.output).toBe('a, lines 1-3 of 3:\n1\tone\n2\ttwo\n3\tthree');
});

test('an edited file is shown as the overlay has it', async () => {
  const outcome = await call(readFileTool, { path: 'a' }, { a: 'base' }, { a: write('edited') });

  expect(outcome.output).toContain('1\tedited');
});

test('a long file stops after 400 lines and tells how to read on', async () => {
  const outcome = await call(readFileTool, { path: 'a' }, { a: numbers(1000) });

  expect(outcome.output).toContain('a, lines 1-400 of 1000:');
  expect(outcome.output).toMatch(/400\tline 400\n\[read on with start_line: 401\]$/);
});

test('a range shows just these lines', async () => {
  const outcome = await call(readFileTool, { path: 'a', start_line: 3, end_line: 4 }, { a: numbers(5) });

  expect(outcome.output).toBe('a, lines 3-4 of 5:\n3\tline 3\n4\tline 4\n[read on with start_line: 5]');
});

test('a long line is cut with a note', async () => {
  const outcome = await call(readFileTool, { path: 'a' }, { a: `${'x'.repeat(499)}😀yyy` });

  expect(outcome.output).toContain('[line cut at 500 characters]');
  expect(outcome.output).not.toContain('yyy');
  expect(outcome.output.isWellFormed()).toBe(true);
});

test('an answer stays below 30 KB and reading on misses no line', async () => {
  const text = `${'é'.repeat(450)}\n`.repeat(100);

  const outcome = await call(readFileTool, { path: 'a' }, { a: text });
  const next = Number(/start_line: (\d+)\]$/.exec(outcome.output)?.[1]);
  const rest = await call(readFileTool, { path: 'a', start_line: next }, { a: text });

  expect(Buffer.byteLength(outcome.output)).toBeLessThan(30_000);
  expect(outcome.output).toContain(`\n${next - 1}\té`);
  expect(outcome.output).not.toContain(`\n${next}\té`);
  expect(rest.output).toContain(`\n${next}\té`);
});

test.each([
  { what: 'a binary file', file: Buffer.from('a\0b'), says: 'binary', isError: true },
  { what: 'a file in ISO-8859-1', file: Buffer.from([0x63, 0xe9]), says: 'c\u00e9', isError: false },
  {
    what: 'a file in UTF-16',
    file: Buffer.from('\ufeffa', 'utf16le'),
    says: 'an encoding other than UTF-8',
    isError: true,
  },
  { what: 'a file of more than 5 MB', file: Buffer.alloc(5_000_001, 'a'), says: '5000001 bytes', isError: true },
  {
    what: 'a symlink',
    file: { mode: '120000', bytes: '../../etc/passwd' } as const,
    says: 'a symlink to ../../etc/passwd',
    isError: false,
  },
  { what: 'an empty file', file: '', says: 'is empty', isError: false },
])('$what is told as such', async ({ file, says, isError }) => {
  const outcome = await call(readFileTool, { path: 'a' }, { a: file });

  expect(outcome.output).toContain(says);
  expect(outcome.isError).toBe(isError);
});

test.each([
  { what: 'a folder', args: { path: 'src' }, says: 'is a folder' },
  { what: 'a missing file', args: { path: 'lib/a.ts' }, says: 'Files of that name: src/a.ts' },
  { what: 'a start behind the end', args: { path: 'src/a.ts', start_line: 9 }, says: 'has 1 line; start_line 9' },
  { what: 'an end before the start', args: { path: 'src/a.ts', start_line: 1, end_line: 0 }, says: 'end_line' },
  { what: 'a deleted file', args: { path: 'gone' }, says: 'There is no file gone' },
  { what: 'an inherited name', args: { path: 'constructor' }, says: 'There is no file constructor' },
  { what: 'a path that leads out', args: { path: '../a' }, says: '".." segment' },
])('$what is refused with a reason', async ({ args, says }) => {
  const outcome = await call(readFileTool, args, { 'src/a.ts': 'x', gone: 'y' }, { gone: { kind: 'delete' } });

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});
