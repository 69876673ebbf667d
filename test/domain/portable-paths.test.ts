import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collidingPaths, foldPath, unportableName } from '../../src/domain/portable-paths.ts';

const fresh = (path: string) => ({ path, isInBase: false, isDeleted: false });
const known = (path: string) => ({ path, isInBase: true, isDeleted: false });
const gone = (path: string) => ({ path, isInBase: true, isDeleted: true });

describe('a new path collides', () => {
  it.each([
    ['with a file of another letter case', ['readme.md'], ['README.md'], ['readme.md']],
    ['with a folder of another letter case', ['Src/b.ts'], ['src/a.ts'], ['Src/b.ts']],
    ['with a file where it needs a folder', ['a/b.ts'], ['a'], ['a/b.ts']],
    ['with a folder where it is a file', ['a'], ['a/b.ts'], ['a']],
    ['with a folder of another letter case where it is a file', ['A'], ['a/b.ts'], ['A']],
    ['with decomposed letters', ['u\u0308.md'], ['ü.md'], ['u\u0308.md']],
    ['with a ligature', ['ﬁle.ts'], ['file.ts'], ['ﬁle.ts']],
    ['with full width', ['ａ.ts'], ['a.ts'], ['ａ.ts']],
    ['with a sharp s', ['straße.md'], ['STRASSE.md'], ['straße.md']],
    ['with a capital sharp s', ['STRAẞE.md'], ['straße.md'], ['STRAẞE.md']],
    ['with a long s', ['ſrc/a.ts'], ['src/b.ts'], ['ſrc/a.ts']],
    ['with another new path', ['a/B.ts', 'A/b.ts'], [], ['a/B.ts', 'A/b.ts']],
    ['with itself', ['a.ts', 'a.ts'], [], ['a.ts']],
  ])('%s', (_name, paths, basePaths, expected) => {
    expect(collidingPaths(paths.map(fresh), basePaths)).toEqual(expected);
  });

  it('while the file of the base that it collides with is not at fault', () => {
    expect(collidingPaths([known('README.md'), fresh('readme.md')], ['README.md'])).toEqual(['readme.md']);
  });
});

describe('a path does not collide', () => {
  it.each([
    ['with what the patch deletes', [gone('README.md'), fresh('readme.md')], ['README.md', 'a.ts']],
    ['with a folder that the patch empties', [gone('a/b.ts'), fresh('a')], ['a/b.ts']],
    ['when the base has it', [known('Src/a.ts')], ['Src/a.ts', 'src/a.ts']],
    ['in a folder that the base has', [fresh('Src/b.ts')], ['Src/a.ts', 'src/a.ts']],
    [
      'in a folder of which the patch edits the only file',
      [known('Src/a.ts'), fresh('Src/b.ts')],
      ['Src/a.ts', 'src/a.ts'],
    ],
    ['with a longer name', [fresh('src/a.ts'), fresh('src/a.tsx'), fresh('srca/a.ts')], ['src.ts', 'src/b']],
  ])('%s', (_name, patch, basePaths) => {
    expect(collidingPaths(patch, basePaths)).toEqual([]);
  });
});

describe('whatever the name is', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .map((letters) => letters.replaceAll('/', ''));
  const spellings = [
    (path: string) => path.toUpperCase(),
    (path: string) => path.toLowerCase(),
    (path: string) => path.normalize('NFD'),
    (path: string) => path.normalize('NFC'),
    (path: string) => path.normalize('NFKC'),
  ];

  it('every other spelling of it collides, in the patch and with the base', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom(...spellings), (folder, file, respell) => {
        const path = `${folder}x/${file}y`;
        const other = respell(path);
        fc.pre(other !== path);

        expect(collidingPaths([fresh(path), fresh(other)], [])).toEqual([path, other]);
        expect(collidingPaths([fresh(path)], [other])).toEqual([path]);
      }),
    );
  });

  it('folding it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        expect(foldPath(foldPath(path))).toBe(foldPath(path));
      }),
    );
  });
});

describe('a new file cannot be checked out everywhere', () => {
  it.each([
    'CON',
    'src/nul',
    'aux.c',
    'src/Com1.txt',
    'lpt¹',
    'a/prn/b.ts',
    'con .txt',
    'CONIN$',
    'a.',
    'folder./a',
    'a ',
    'what?.md',
    'a:b',
    'a*b',
    'a|b',
    '"a"',
    '<a>',
  ])('named %j', (path) => {
    expect(unportableName(path)).toEqual({ rule: 'unportable-path', why: expect.stringContaining('Windows') });
  });

  it.each(['a\u202eb.ts', 'a\u200b.ts', 'src\u2066/a.ts', 'a\u00ad.md', 'a\ufeff'])('named %j', (path) => {
    expect(unportableName(path)).toMatchObject({ rule: 'hidden-characters' });
  });

  it.each([
    'console.ts',
    'src/null.ts',
    'com10.txt',
    'auxiliary/a',
    '.a',
    'a b.md',
    "it's (a) [b] {c}, d;e=f@g+h!.md",
    'con-text',
  ])('but it can named %j', (path) => {
    expect(unportableName(path)).toBeNull();
  });
});

it('a base tree of a hundred thousand files costs little', () => {
  const basePaths = Array.from({ length: 100_000 }, (_, index) => `packages/p${index % 500}/src/deep/file${index}.ts`);
  const patch = Array.from({ length: 200 }, (_, index) => fresh(`packages/P${index}/src/deep/new${index}.ts`));
  const startedMs = performance.now();

  const colliding = collidingPaths(patch, basePaths);

  expect(colliding).toHaveLength(200);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
});
