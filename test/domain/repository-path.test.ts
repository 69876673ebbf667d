import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRepositoryPath, shownPath } from '../../src/domain/repository-path.ts';

test.each([
  'a',
  'src/index.ts',
  '.github/workflows/ci.yml',
  '.gitignore',
  'a b/ü.md',
  'app/[id]/page.tsx',
  '.gitx/a',
  '...',
])('the path %j may name a file', (path) => {
  const checked = checkRepositoryPath(path);

  expect(checked).toEqual({ ok: true, path });
});

test('a leading ./ is dropped', () => {
  const checked = checkRepositoryPath('./src/a.ts');

  expect(checked).toEqual({ ok: true, path: 'src/a.ts' });
});

test.each([
  ['', 'empty'],
  ['./', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['.//etc/passwd', 'absolute'],
  ['C:/windows', 'absolute'],
  ['../a', '".." segment'],
  ['a/../../b', '".." segment'],
  ['a/./b', '"." segment'],
  ['././a', '"." segment'],
  ['a//b', 'empty segment'],
  ['a/', 'empty segment'],
  ['.git/config', '.git'],
  ['a/.GIT/hooks/x', '.git'],
  ['.git. . /config', '.git'],
  ['GIT~1/config', '.git'],
  ['.git::$INDEX_ALLOCATION/config', '.git'],
  ['.g\u200cit/config', '.git'],
  ['a\\..\\b', 'backslash'],
  ['a\nb', 'control character'],
  ['a\0', 'control character'],
  ['a\u2028b', 'line break'],
  ['a\ud800', 'surrogate'],
  ['ü'.repeat(513), '1024 bytes'],
])('the path %j is refused because of: %s', (path, reason) => {
  const checked = checkRepositoryPath(path);

  expect(checked).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test('what is accepted stays below the root and is accepted again unchanged', () => {
  const segment = fc.constantFrom('.', '..', '', '.git', '.GIT ', 'a', 'b.ts', '/', '\\', '\n', './');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(segment).map((list) => list.join('/')),
      ),
      (raw) => {
        const checked = checkRepositoryPath(raw);
        if (!checked.ok) return;

        expect(
          new URL(checked.path.replaceAll('%', '%25').replaceAll('?', '').replaceAll('#', ''), 'file:///root/')
            .pathname,
        ).toMatch(/^\/root\/./);
        expect(checked.path.split('/').map((part) => part.toLowerCase())).not.toContain('.git');
        expect(checkRepositoryPath(checked.path)).toEqual(checked);
      },
    ),
  );
});

test('a path with a line break is shown as one quoted line', () => {
  const shown = shownPath('a\nb');

  expect(shown).toBe('"a\\nb"');
});
