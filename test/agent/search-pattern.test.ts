import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { literalPattern, searchPattern } from '../../src/agent/search-pattern.ts';

const folder = mkdtempSync(join(tmpdir(), 'search-pattern-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers of the lines that git finds. */
function gitLines(extended: string, lines: readonly string[]): number[] {
  writeFileSync(join(folder, 'text'), lines.map((line) => `${line}\n`).join(''));
  const git = spawnSync('git', ['grep', '--no-index', '-n', '-h', '-E', '-e', extended, '--', 'text'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', GIT_CEILING_DIRECTORIES: tmpdir() },
  });
  if (git.status !== 0 && git.status !== 1) throw new Error(`git refused ${JSON.stringify(extended)}: ${git.stderr}`);
  const numbers = git.stdout.split('\n').flatMap((line) => (line === '' ? [] : [Number.parseInt(line, 10)]));
  // A pattern that matches nothing may hit behind the last line break too: git's own quirk.
  return numbers.filter((number) => number <= lines.length);
}

function ownLines(source: string, lines: readonly string[]): number[] {
  const expression = new RegExp(source, 'u');
  return lines.flatMap((line, index) => (expression.test(line) ? [index + 1] : []));
}

const lines = [
  '',
  'a',
  'ab',
  'foo(bar)',
  'foo_1 = [x]',
  'a-b^c]d\\e',
  'end;\r',
  '\tif {',
  'a{2}',
  'A.B|C',
  '   ',
  '$5+*?',
  'é',
  '9',
];

test.each([
  ['\\d', [5, 9, 12, 14]],
  ['^\\s+$', [11]],
  ['end;$', [7]],
  ['foo\\(', [4]],
  ['\\bfoo\\b', [4]],
  ['[\\]^-]', [5, 6]],
  ['[]d]', [5, 6, 7]],
  ['[^\\w\\s]$', [4, 5, 7, 8, 9, 12, 13]],
  ['(?:a|A)[.-]', [6, 10]],
  ['if {', [8]],
  ['^a{1,2}$', [2]],
  ['a\\{2\\}', [9]],
  ['\\t', [8]],
  ['[[:digit:]]', [5, 9, 12, 14]],
  ['[\\\\]', [6]],
  ['a.*?b', [3, 6]],
  ['\\[x\\]', [5]],
  ['[$]5', [12]],
  ['\\.B\\|', [10]],
  ['\\"|é', [13]],
] as const)('the pattern %j finds the same lines in git and here', (pattern, expected) => {
  const read = searchPattern(pattern);

  expect(read).toMatchObject({ ok: true });
  if (!read.ok) return;
  expect(ownLines(read.source, lines)).toEqual(expected);
  expect(gitLines(read.extended, lines)).toEqual(expected);
});

const pieces =
  'a b - ^ $ . [ ] ( ) | * + ? {2} {1,2} { } , \\d \\w \\W \\s \\S \\b \\. \\] \\[ \\\\ \\t " [^ [a-c] [] [^] [\\w-] (?: [[:alpha:]'.split(
    ' ',
  );

test('whatever pattern is accepted, git and the own matcher find the same lines', () => {
  const piece = fc.constantFrom(...pieces);
  const text = fc.string({ unit: fc.constantFrom(...'ab-^$.[](){}|*+?,\\1_ \t"c\r'.split('')), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join('')),
      fc.array(text, { minLength: 5, maxLength: 20 }),
      (pattern, candidates) => {
        const read = searchPattern(pattern);
        fc.pre(read.ok);

        expect(ownLines(read.source, candidates)).toEqual(gitLines(read.extended, candidates));
      },
    ),
    { numRuns: 250, maxSkipsPerRun: 1000 },
  );
}, 60_000);

test('a literal text finds itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ab.*[](){}|^$\\+?- "/é'.split('')), minLength: 1, maxLength: 10 }),
      (text) => {
        const read = literalPattern(text);

        expect(read.ok && new RegExp(`^${read.source}$`, 'u').test(text)).toBe(true);
      },
    ),
  );
});

test.each([
  ['(?=a)', '(?'],
  ['(?<name>a)', '(?'],
  ['(a)\\1', '\\1'],
  ['\\p{L}', '\\p'],
  ['a(b', 'never closed'],
  ['a)', 'closes nothing'],
  ['[abc', 'never closed'],
  ['*a', 'to repeat'],
  ['a|+', 'to repeat'],
  ['^*', 'to repeat'],
  ['a**', 'to repeat'],
  ['a\\', 'lone backslash'],
  ['[z-a]', 'upside down'],
  ['[a-\\d]', 'no end'],
  ['[[:nope:]]', '[:nope:]'],
  ['[[.a.]]', 'collating'],
  ['[\\D]', 'escape'],
  ['a{3,2}', 'counts down'],
  ['((a{99}){99}){99}', 'multiply'],
  ['a{99999}', 'multiply'],
])('the pattern %j is refused: %s', (pattern, reason) => {
  const read = searchPattern(pattern);

  expect(read).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
