import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { textChange } from '../../src/domain/patched-file.ts';
import { weakenedTests } from '../../src/domain/weakened-tests.ts';
import { type SamplePath, sampleTests } from '../support/sample-tests.ts';

const found = (path: string, before: string | null, after: string | null) =>
  weakenedTests(textChange(path, before, after)).map(({ rule }) => rule);

const replaced = (path: SamplePath, ...[from, to]: [from: string | RegExp, to: string]) => {
  const after = sampleTests[path].replace(from, to);
  if (after === sampleTests[path]) throw new Error(`${path} has no ${from}`);
  return found(path, sampleTests[path], after);
};

describe('nothing is found', () => {
  it.each(Object.entries(sampleTests))('in a new file of tests: %s', (path, text) => {
    expect(found(path, null, text)).toEqual([]);
  });

  it.each(Object.entries(sampleTests))('when tests are added to %s', (path, text) => {
    const renamed = text.replaceAll(/counts/gi, 'adds').replaceAll(/is( |_)?close/gi, 'isNear');
    const inline =
      path === 'src/a.rs' ? renamed.slice(renamed.indexOf('#[cfg')).replace('mod tests', 'mod more') : renamed;

    expect(found(path, text, `${text}\n${inline}`)).toEqual([]);
    expect(found(path, text, path === 'src/a.rs' ? `${text}\n${inline}` : `${inline}\n${text}`)).toEqual([]);
  });

  it.each(Object.entries(sampleTests))(
    'when %s is indented anew, ends its lines another way, or stays',
    (path, text) => {
      expect(found(path, text, text.replaceAll(/^(?=.)/gm, '  '))).toEqual([]);
      expect(found(path, text, text.replaceAll('\n', '\r\n'))).toEqual([]);
      expect(found(path, text, text)).toEqual([]);
    },
  );

  it.each<[SamplePath, string | RegExp, string]>([
    ['test/a.test.ts', 'f(1)', 'f(1 + 0)'],
    ['test/a.test.ts', 'const got', 'let got'],
    ['test/a.test.ts', "import { f } from '../src/f.ts'", "import { f } from '../src/g.ts'"],
    ['test/a.test.ts', "describe('f'", "describe('the function f'"],
    ['src/a.rs', 'assert!(x > 0);', 'assert!(x > 1);'],
    ['src/a.rs', 'x + 1', 'x.saturating_add(1)'],
    ['spec/a_spec.rb', 'got = f(1)', 'got = f(1, 0)'],
    ['tests/test_a.py', 'def test_counts():', 'def test_counts():\n    """Counts.\n\n    From one.\n    """'],
    [
      'tests/test_a.py',
      'def test_counts():',
      'def test_more():\n    if f(0):\n        return\n    assert f(2)\n\n\ndef test_counts():',
    ],
    [
      'tests/test_a.py',
      'def test_counts():',
      '@pytest.mark.skipif(WIN, reason="")\ndef test_more():\n    assert f(2)\n\n\ndef test_counts():',
    ],
    [
      'src/a.rs',
      '    #[test]\n    fn counts',
      '    #[test]\n    #[should_panic]\n    fn stops() {\n        f(0);\n    }\n\n    #[test]\n    fn counts',
    ],
    [
      'test/a.test.ts',
      "  it('counts'",
      "  it('skips', { skip: !fast }, () => {\n    try {\n      f(0);\n    } catch {}\n    expect(f(3)).toBe(4);\n  });\n\n  it('counts'",
    ],
    [
      'test/a.test.ts',
      "  it('counts'",
      "  it('pages', () => {\n    expect(page({ skip: 10 })).toEqual([]);\n  });\n\n  it('counts'",
    ],
    ['tests/test_a.py', 'import pytest\n', 'import pytest\nfrom helpers import assert_same\n'],
    ['a_test.go', 'package a', '// Package a does it (twice).\npackage a'],
  ])('%s: %s becomes %j', (path, from, to) => {
    expect(replaced(path, from, to)).toEqual([]);
  });

  it('when tests change places, or get another quote', () => {
    const [counts = '', close = ''] = sampleTests['test/a.test.ts'].match(/ {2}it\([\s\S]*?\n {2}\}\);\n/g) ?? [];
    const swapped = `describe('f', () => {\n${close}\n${counts}});\n`;

    expect(found('test/a.test.ts', sampleTests['test/a.test.ts'], swapped)).toEqual([]);
    expect(replaced('test/a.test.ts', "it('counts'", 'it("counts"')).toEqual([]);
  });

  it('in the prose of tests, and in files that are no tests', () => {
    expect(found('test/README.md', 'expect(1)\n', 'expect(2)\n')).toEqual([]);
    expect(found('src/a.ts', 'assert(a === 1);\n', 'assert(a === 2);\n')).toEqual([]);
    expect(found('src/testing.json', '{ "a": 1 }\n', '{ "a": 2 }\n')).toEqual([]);
  });
});

test('however lines are added in any places, what stays is not found', () => {
  const lines = sampleTests['test/a.test.ts'].split('\n');
  const added = fc.constantFrom("it('b', () => {", '});', '  const c = 1;', '', '  expect(c).toBe(1);', '  f();');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(lines.length), added)), (insertions) => {
      const after = insertions.reduce((all, [at, line]) => all.toSpliced(at, 0, line), lines);

      expect(found('test/a.test.ts', lines.join('\n'), after.join('\n'))).toEqual([]);
    }),
  );
});
