import { expect, test } from 'vitest';
import { listFilesTool } from '../../../src/agent/tools/list-files.ts';
import { call, write } from './call.ts';

const files = { 'README.md': 'hello', 'src/a.ts': 'a', 'src/deep/er/b.ts': 'b', 'src/deep/er/c.ts': 'c', 'srcs/x': '' };

test('files come with sizes, deep folders as one line', async () => {
  const outcome = await call(listFilesTool, { depth: 2 }, files);

  expect(outcome.output.split('\n')).toEqual([
    'README.md (5 bytes)',
    'src/a.ts (1 bytes)',
    'src/deep/ (folder, 2 files)',
    'srcs/x (0 bytes)',
  ]);
});

test.each(['src', 'src/', './src'])('the folder %j lists what is in it and not its namesakes', async (folder) => {
  const outcome = await call(listFilesTool, { folder }, files);

  expect(outcome.output.split('\n')).toEqual([
    'src/a.ts (1 bytes)',
    'src/deep/er/b.ts (1 bytes)',
    'src/deep/er/c.ts (1 bytes)',
  ]);
});

test.each(['', '.', './', '/'])('the folder %j is the root', async (folder) => {
  const outcome = await call(listFilesTool, { folder, depth: 1 }, files);

  expect(outcome.output).toContain('README.md (5 bytes)\nsrc/ (folder, 3 files)');
});

test('the overlay is part of the listing', async () => {
  const overlay = {
    'src/a.ts': { kind: 'delete' },
    'README.md': write('longer text'),
    'lib/new.ts': write('n'),
  } as const;

  const outcome = await call(listFilesTool, { depth: 2 }, files, overlay);

  expect(outcome.output.split('\n')).toEqual([
    'README.md (11 bytes)',
    'lib/new.ts (1 bytes)',
    'src/deep/ (folder, 2 files)',
    'srcs/x (0 bytes)',
  ]);
});

test('a glob lists matching files at every depth', async () => {
  const outcome = await call(listFilesTool, { glob: 'src/**/*.ts', depth: 1 }, files);

  expect(outcome.output.split('\n')).toHaveLength(3);
});

test('a long listing goes on behind its last line until nothing is left', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 700 }, (_, index) => [`f${String(index).padStart(4, '0')}`, '']),
  );
  const seen: string[] = [];
  let after: string | undefined;

  do {
    const { output } = await call(listFilesTool, after === undefined ? {} : { after }, many);
    seen.push(...output.split('\n').filter((line) => line.startsWith('f')));
    after = /go on with after: "(.*)"\]$/.exec(output)?.[1];
  } while (after !== undefined);

  expect(seen.map((line) => line.slice(0, 5))).toEqual(Object.keys(many));
});

test('long paths do not make a listing larger than 30 KB', async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${'x'.repeat(900)}${index}`, '']));

  const outcome = await call(listFilesTool, {}, many);

  expect(Buffer.byteLength(outcome.output)).toBeLessThan(30_000);
  expect(outcome.output).toContain('more lines; go on with after');
});

test('a file name with a line break stays one line', async () => {
  const outcome = await call(listFilesTool, {}, { 'a\nb (9 bytes)': '' });

  expect(outcome.output).toBe('"a\\nb (9 bytes)" (0 bytes)');
});

test.each([
  { args: { folder: 'nowhere' }, says: 'There is no file in nowhere' },
  { args: { folder: '../x' }, says: '".." segment' },
  { args: { glob: '*.{ts,js}' }, says: 'braces are not known' },
])('$args is refused with a reason', async ({ args, says }) => {
  const outcome = await call(listFilesTool, args, files);

  expect(outcome.isError).toBe(true);
  expect(outcome.output).toContain(says);
});

test('a place to go on from that is not in the listing is told', async () => {
  const outcome = await call(listFilesTool, { after: 'zzz' }, files);

  expect(outcome.output).toContain('There is no line "zzz"');
});
