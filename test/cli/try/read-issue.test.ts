import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readIssue } from '../../../src/cli/try/read-issue.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-issue-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string): string => {
  const path = join(folder, 'issue.md');
  writeFileSync(path, text);
  return path;
};

test.each([
  ['a heading', '# The sum is wrong\n\nIt subtracts.\n', 'The sum is wrong', 'It subtracts.'],
  ['a heading with signs behind it', '## The sum ##\nIt subtracts.', 'The sum', 'It subtracts.'],
  ['a first line', '\n\nThe sum is wrong\nIt subtracts.\n', 'The sum is wrong', 'It subtracts.'],
  ['Windows line ends', '\uFEFF# Sum\r\n\r\nOne\r\nTwo\r\n', 'Sum', 'One\nTwo'],
  ['one line alone', 'Just this', 'Just this', ''],
])('the title is %s, the text what stands below it', async (_what, text, title, body) => {
  expect(await readIssue(fileWith(text), undefined)).toEqual({ title, body });
});

test('words come from the command line and from standard input too', async () => {
  expect(await readIssue(undefined, 'Sum\nmore')).toEqual({ title: 'Sum', body: 'more' });
  expect(await readIssue('-', undefined, false, Readable.from(['# Su', 'm\nmore']))).toEqual({
    title: 'Sum',
    body: 'more',
  });
});

test('a line that is too long for a title is cut there, and whole in the text', async () => {
  const line = 'word '.repeat(100).trim();

  const { title, body } = await readIssue(undefined, line);

  expect(title).toHaveLength(256);
  expect(body).toBe(line);
});

test.each([
  [undefined, undefined, /say what is to be fixed, in one way/],
  ['a.md', 'text', /in one way: --issue FILE/],
  ['/nowhere/a.md', undefined, /--issue: found "\/nowhere\/a.md", where there is nothing; allowed: a Markdown file/],
  [undefined, ' \n ', /--text: found no words; allowed: a title/],
  [undefined, 'x'.repeat(300_000), /--text: found 300000 bytes; allowed: 262144/],
])('of --issue %j and --text %.20j it is said what is wrong', async (file, text, problem) => {
  await expect(readIssue(file, text)).rejects.toThrow(problem);
});

test.each([
  [Buffer.from('# Größe\n\nzu groß', 'latin1'), /issue\.md: found bytes that are no UTF-8; allowed: UTF-8.*iconv/],
  [Buffer.from('# Sum\n\none\0two'), /issue\.md: found the character NUL in line 3; allowed: text without it/],
])('an issue whose letters would not come through is refused, with its place (%#)', async (bytes, problem) => {
  const path = join(folder, 'issue.md');
  writeFileSync(path, bytes);

  await expect(readIssue(path, undefined)).rejects.toThrow(problem);
  await expect(readIssue('-', undefined, false, Readable.from([bytes]))).rejects.toThrow(/^standard input: found/);
});
