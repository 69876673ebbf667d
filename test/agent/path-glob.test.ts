import { matchesGlob as nodeMatchesGlob } from 'node:path/posix';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesGlob } from '../../src/agent/path-glob.ts';

test.each([
  ['*.ts', 'a.ts', true],
  ['*.ts', 'src/deep/a.ts', true],
  ['*.ts', 'a.tsx', false],
  ['src/*.ts', 'src/a.ts', true],
  ['src/*.ts', 'src/deep/a.ts', false],
  ['src/**/*.ts', 'src/a.ts', true],
  ['src/**/*.ts', 'src/x/y/a.ts', true],
  ['src/**/a.ts', 'src/xa.ts', false],
  ['src/**/a.ts', 'src/x/ya.ts', false],
  ['src/**', 'src/x/y', true],
  ['src/**', 'srcs/x', false],
  ['a?c', 'abc', true],
  ['x/a?c', 'x/a/c', false],
  ['app/[id]/*', 'app/[id]/page.tsx', true],
  ['a.c', 'abc', false],
])('the glob %j and the path %j: %s', (glob, path, isMatch) => {
  const matches = matchesGlob(path, glob);

  expect(matches).toBe(isMatch);
});

test('globs with folders mean what they mean to Node', () => {
  const part = fc.constantFrom('a', 'b', '*', '?', '/', '**/', '/*');
  const character = fc.constantFrom('a', 'b', '/');
  const isPath = (text: string) => /^[^/]+(\/[^/]+)*$/.test(text);
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }).map((parts) => `a/${parts.join('')}`),
      fc.array(character, { maxLength: 8 }).map((list) => `a/${list.join('')}`),
      (glob, path) => {
        // Node reads a star as needing one character at a segment's start, ** only as a whole segment, and folds //.
        fc.pre(isPath(path) && isPath(glob) && !/\*\*(?!\/)|[^/]\*\*/.test(glob) && !/(^|\/)\*(\/|$)/.test(glob));

        expect(matchesGlob(path, glob)).toBe(nodeMatchesGlob(path, glob));
      },
    ),
    { numRuns: 2000 },
  );
});

test('a glob full of stars costs no more than its length times the path', () => {
  const matches = matchesGlob('a'.repeat(1000), `${'*a'.repeat(90)}b`);

  expect(matches).toBe(false);
});
