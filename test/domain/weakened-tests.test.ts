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

describe('a weakened test asks a person', () => {
  it.each<[SamplePath, string | RegExp, string, string[]]>([
    // A test is gone, or has another name.
    ['test/a.test.ts', / {2}it\('counts'[\s\S]*?\n {2}\}\);\n/, '', ['removed-test', 'changed-assertion']],
    ['tests/test_a.py', /def test_counts[\s\S]*?== 2\n/, '', ['removed-test', 'changed-assertion']],
    ['a_test.go', 'TestCounts', 'testCounts', ['removed-test']],
    ['src/test/java/ATest.java', '  @Test\n  void counts', '  void counts', ['removed-test']],
    ['src/a.rs', '    #[test]\n    fn counts', '    fn counts', ['removed-test']],
    ['spec/a_spec.rb', "it 'counts' do", "helper 'counts' do", ['removed-test']],
    ['Shop.Tests/ATests.cs', '    [Fact]\n    public void Counts', '    public void Counts', ['removed-test']],
    ['test/a_test.cpp', 'TEST(F, Counts)', 'static void Counts()', ['removed-test']],
    ['test/a.test.ts', "it('counts'", "// it('counts'", ['removed-test']],
    // An assertion is gone, changed, or commented out.
    ['test/a.test.ts', '    expect(got).toBe(2);\n', '', ['changed-assertion']],
    ['test/a.test.ts', 'toBe(2)', 'toBe(3)', ['changed-assertion']],
    ['test/a.test.ts', 'toBe(2)', 'toBeDefined()', ['changed-assertion']],
    ['test/a.test.ts', 'expect(got)', '// expect(got)', ['changed-assertion']],
    ['tests/test_a.py', 'assert got == 2', 'assert got', ['changed-assertion']],
    ['a_test.go', 'got != 2', 'got != 3', ['changed-assertion']],
    ['a_test.go', 't.Errorf("got', 't.Logf("got', ['changed-assertion']],
    ['src/test/java/ATest.java', 'assertEquals(2, got)', 'assertNotNull(got)', ['changed-assertion']],
    ['src/a.rs', 'assert_eq!(got, 2)', 'assert_ne!(got, 3)', ['changed-assertion']],
    ['spec/a_spec.rb', 'eq(2)', 'be_truthy', ['changed-assertion']],
    ['Shop.Tests/ATests.cs', 'Assert.Equal(2, got)', 'Assert.NotNull(got)', ['changed-assertion']],
    ['test/a_test.cpp', 'EXPECT_EQ(got, 2)', 'EXPECT_GE(got, 0)', ['changed-assertion']],
    // An assertion cannot fail any more.
    ['test/a.test.ts', 'expect(got).toBe(2)', 'expect(true).toBe(true)', ['changed-assertion', 'trivial-assertion']],
    ['test/a.test.ts', 'expect(got).toBe(2)', 'expect(got).toBe(got)', ['changed-assertion', 'trivial-assertion']],
    ['test/a.test.ts', 'expect(got)', 'expect(got === 2 || true)', ['changed-assertion', 'trivial-assertion']],
    ['tests/test_a.py', 'assert got == 2', 'assert True', ['changed-assertion', 'trivial-assertion']],
    ['tests/test_a.py', 'got == 2', 'got == 2 or True', ['changed-assertion', 'trivial-assertion']],
    [
      'src/test/java/ATest.java',
      'assertEquals(2, got)',
      'assertTrue(true)',
      ['changed-assertion', 'trivial-assertion'],
    ],
    ['src/a.rs', 'assert_eq!(got, 2)', 'assert!(true)', ['changed-assertion', 'trivial-assertion']],
    ['spec/a_spec.rb', 'expect(got).to eq(2)', 'assert true', ['changed-assertion', 'trivial-assertion']],
    ['Shop.Tests/ATests.cs', 'Assert.Equal(2, got)', 'Assert.True(true)', ['changed-assertion', 'trivial-assertion']],
    ['test/a_test.cpp', 'EXPECT_EQ(got, 2)', 'EXPECT_TRUE(true)', ['changed-assertion', 'trivial-assertion']],
    // A test does not run, or need not pass.
    ['test/a.test.ts', "it('counts'", "it.skip('counts'", ['skipped-test']],
    ['test/a.test.ts', "it('counts'", "xit('counts'", ['skipped-test']],
    ['test/a.test.ts', "it('counts'", "it.todo('counts'", ['skipped-test']],
    ['test/a.test.ts', "it('counts'", "it.fails('counts'", ['skipped-test']],
    ['test/a.test.ts', "it('counts', ", "it('counts', { skip: true }, ", ['skipped-test']],
    ['test/a.test.ts', "describe('f'", "describe.skip('f'", ['skipped-test']],
    ['test/a.test.ts', "describe('f'", "describe.skipIf(slow)('f'", ['skipped-test']],
    ['test/a.test.ts', "it('counts'", "it.only('counts'", ['focused-test']],
    ['test/a.test.ts', "describe('f'", "fdescribe('f'", ['focused-test']],
    ['tests/test_a.py', 'def test_counts', '@pytest.mark.skip\ndef test_counts', ['skipped-test']],
    ['tests/test_a.py', 'def test_counts', '@pytest.mark.xfail\ndef test_counts', ['skipped-test']],
    ['tests/test_a.py', 'def test_counts', '@pytest.mark.skipif(True, reason="")\ndef test_counts', ['skipped-test']],
    ['tests/test_a.py', 'def test_counts', '@unittest.skip("later")\ndef test_counts', ['skipped-test']],
    ['tests/test_a.py', '    got = f(1)', '    pytest.skip("later")\n    got = f(1)', ['skipped-test']],
    ['a_test.go', '\tgot := F(1)', '\tt.Skip("later")\n\tgot := F(1)', ['skipped-test']],
    ['a_test.go', 'package a', '//go:build never\n\npackage a', ['skipped-test']],
    ['src/test/java/ATest.java', '  @Test\n  void counts', '  @Disabled\n  @Test\n  void counts', ['skipped-test']],
    ['src/test/java/ATest.java', '    int got', '    assumeTrue(fast);\n    int got', ['skipped-test']],
    ['src/a.rs', '    #[test]\n    fn counts', '    #[test]\n    #[ignore]\n    fn counts', ['skipped-test']],
    ['src/a.rs', '    #[test]\n    fn counts', '    #[test]\n    #[should_panic]\n    fn counts', ['skipped-test']],
    ['spec/a_spec.rb', "it 'counts' do", "xit 'counts' do", ['skipped-test']],
    ['spec/a_spec.rb', '    got = f(1)', "    pending 'later'\n    got = f(1)", ['skipped-test']],
    ['spec/a_spec.rb', "it 'counts' do", "it 'counts', :focus do", ['focused-test']],
    ['Shop.Tests/ATests.cs', '[Fact]', '[Fact(Skip = "later")]', ['skipped-test']],
    ['test/a_test.cpp', 'TEST(F, Counts)', 'TEST(F, DISABLED_Counts)', ['removed-test', 'skipped-test']],
    // A limit lets more through.
    ['test/a.test.ts', '0.3, 5', '0.3, 2', ['loosened-limit']],
    ['tests/test_a.py', '1e-6', '1e-2', ['loosened-limit']],
    ['a_test.go', '0.001)', '0.1)', ['loosened-limit']],
    ['src/test/java/ATest.java', '0.001', '0.5', ['loosened-limit']],
    ['spec/a_spec.rb', '0.001', '0.01', ['loosened-limit']],
    ['Shop.Tests/ATests.cs', 'precision: 5', 'precision: 1', ['loosened-limit']],
    ['test/a_test.cpp', '0.001', '0.1', ['loosened-limit']],
    // Assertions stand, but are caught, made conditional, left out or never reached.
    ['test/a.test.ts', / {4}(expect\(got\).*)/, '    try {\n      $1\n    } catch {}', ['sidestepped-assertion']],
    ['test/a.test.ts', / {4}(expect\(got\).*)/, '    if (got) {\n    $1\n    }', ['sidestepped-assertion']],
    ['test/a.test.ts', / {4}(expect\(got\).*)/, '    setTimeout(() => {\n      $1\n    });', ['sidestepped-assertion']],
    ['test/a.test.ts', / {4}(expect\(got\).*)/, '    /*\n    $1\n    */', ['sidestepped-assertion']],
    ['test/a.test.ts', / {4}(expect\(got\).*)/, '    return;\n    $1', ['sidestepped-assertion']],
    [
      'test/a.test.ts',
      '    const got = f(1);\n',
      '    const got = f(1);\n    if (false) {\n    }\n',
      ['sidestepped-assertion'],
    ],
    [
      'tests/test_a.py',
      '    assert got == 2',
      '    try:\n        assert got == 2\n    except Exception:\n        pass',
      ['sidestepped-assertion'],
    ],
    [
      'tests/test_a.py',
      '    assert got == 2',
      '    with contextlib.suppress(AssertionError):\n        assert got == 2',
      ['sidestepped-assertion'],
    ],
    ['tests/test_a.py', '    assert got == 2', '    """\n    assert got == 2\n    """', ['sidestepped-assertion']],
    ['tests/test_a.py', '    assert got == 2', '    return\n    assert got == 2', ['sidestepped-assertion']],
    [
      'src/test/java/ATest.java',
      / {4}(assertEquals\(2.*)/,
      '    try {\n      $1\n    } catch (Throwable e) {}',
      ['sidestepped-assertion'],
    ],
    [
      'spec/a_spec.rb',
      '    expect(got).to eq(2)',
      '    if got\n      expect(got).to eq(2)\n    end',
      ['sidestepped-assertion'],
    ],
    ['Shop.Tests/ATests.cs', / {4}(.*Assert\.Equal\(2.*)/, '#if false\n    $1\n#endif', ['sidestepped-assertion']],
  ])('%s: %s becomes %j', (path, from, to, expected) => {
    expect(replaced(path, from, to)).toEqual(expected);
  });

  it('with the lines where it is, in words of ours', () => {
    const before = sampleTests['test/a.test.ts'];

    const findings = weakenedTests(textChange('test/a.test.ts', before, before.replace('toBe(2)', 'toBe(3)')));

    expect(findings).toEqual([
      {
        grade: 'ask',
        rule: 'changed-assertion',
        path: 'test/a.test.ts',
        why: 'assertions are gone or changed (old line 6)',
      },
    ]);
  });

  it('when a condition moves from one assertion to another', () => {
    const before = "it('a', () => {\n  if (x) {\n    expect(a).toBe(1);\n  }\n  expect(b).toBe(2);\n});\n";
    const after = "it('a', () => {\n  expect(a).toBe(1);\n  if (x) {\n    expect(b).toBe(2);\n  }\n});\n";
    const edited = before.replace('(x)', '(x && y)');

    expect(found('test/a.test.ts', before, after.replace('(x)', '(y)'))).toEqual(['sidestepped-assertion']);
    expect(found('test/a.test.ts', before, edited)).toEqual([]);
  });

  it('when a skip moves from one test to another', () => {
    const before = sampleTests['test/a.test.ts'].replace("it('counts'", "it.skip('counts'");
    const after = sampleTests['test/a.test.ts'].replace("it('is close'", "it.skip('is close'");

    expect(found('test/a.test.ts', before, after)).toEqual(['skipped-test']);
  });
});

describe('what tests are given and compare with asks a person when it changes', () => {
  const table =
    "it.each([\n  ['a', 1],\n  ['b', 2],\n])('%s', (name, count) => {\n  expect(f(name)).toBe(count);\n});\n";
  const object = "it('a', () => {\n  expect(f()).toEqual({\n    total: 12.5,\n    name: 'a',\n  });\n});\n";

  it.each([
    ['test/a.test.ts', table, table.replace("  ['b', 2],\n", ''), 'changed-expectation'],
    ['test/a.test.ts', table, table.replace("['b', 2]", "['b', 3]"), 'changed-expectation'],
    ['test/a.test.ts', object, object.replace('12.5', '12'), 'changed-expectation'],
    ['test/a.test.ts', 'const expected = 5;\n', 'const expected = 6;\n', 'changed-assertion'],
    ['a_test.go', '\t\t{"a", 1, true},\n', '\t\t{"a", 2, true},\n', 'changed-expectation'],
    ['tests/test_a.py', 'CASES = [\n    ("a", 1),\n]\n', 'CASES = [\n    ("a", 2),\n]\n', 'changed-expectation'],
    ['test/limits.ts', 'export const timeoutMs = 500;\n', 'export const timeoutMs = 5_000;\n', 'loosened-limit'],
    ['test/__snapshots__/a.test.ts.snap', 'a\nb\n', 'a\nc\n', 'changed-snapshot'],
    ['src/__snapshots__/a.snap', 'a\nb\n', null, 'deleted-test'],
    ['tests/snapshots/a.approved.txt', 'a\n', 'b\n', 'changed-snapshot'],
    ['test/fixtures/order.json', '{\n  "total": 1\n}\n', '{\n  "total": 2\n}\n', 'changed-fixture'],
    ['tests/data.csv', 'a,1\n', 'a,2\n', 'changed-fixture'],
    ['pkg/testdata/in.go', 'package a\n', 'package b\n', 'changed-fixture'],
    ['test/fixtures/order.json', '{}\n', null, 'deleted-test'],
    ['test/a.test.ts', sampleTests['test/a.test.ts'], null, 'deleted-test'],
    ['src/a.rs', sampleTests['src/a.rs'], null, 'deleted-test'],
  ])('%s', (path, before, after, rule) => {
    expect(found(path, before, after)).toEqual([rule]);
  });

  it('but not when something is added', () => {
    expect(found('test/a.test.ts', table, table.replace("['b', 2],", "['b', 2],\n  ['c', 3],"))).toEqual([]);
    expect(found('test/fixtures/a.json', '{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "b": 2\n}\n')).toEqual([]);
    expect(found('test/__snapshots__/a.snap', 'a\n', 'a\nb\n')).toEqual([]);
    expect(found('test/__snapshots__/a.snap', null, 'a\n')).toEqual([]);
  });
});

test('whichever assertion is taken out is found', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `  expect(f(${index})).toBe(${index * index});`);
  fc.assert(
    fc.property(fc.nat(39), fc.shuffledSubarray(lines, { minLength: 40 }), (at, shuffled) => {
      const [finding] = weakenedTests(textChange('a.test.js', lines.join('\n'), shuffled.toSpliced(at, 1).join('\n')));

      expect(finding?.rule).toBe('changed-assertion');
      expect(finding?.why).toMatch(/\(old line \d+\)/);
    }),
  );
});

test.each([
  'it(',
  '@Test ',
  '"',
  '\\"',
  '`',
  'expect(a',
  'a=',
  'if (',
  '"""',
  '#[test] ',
  '[Fact] ',
  't.Run( ',
  'assert ||',
])('lines of nothing but %j cost linear time in every language', (piece) => {
  const text = piece.repeat(100_000 / piece.length);
  const startedMs = performance.now();

  for (const path of Object.keys(sampleTests)) found(path, `#[test]\n${text}`, `#[test]\n${text.slice(1)}`);

  expect(performance.now() - startedMs).toBeLessThan(4_000);
});

test('a gap of spaces anywhere in a line costs linear time', () => {
  const near = [
    'if (x) {',
    'expect(true).toBe(true);',
    'assert.ok(true);',
    "it.skip('a', { skip: true });",
    'assert a == a',
  ];
  const startedMs = performance.now();

  for (const path of Object.keys(sampleTests))
    for (const line of near)
      for (const { index } of line.matchAll(/\b|(?=\W)/g)) {
        const gap = `${line.slice(0, index)}${' '.repeat(20_000)}${line.slice(index)}`;
        found(path, `#[test]\n${gap}\n`, `#[test]\n${gap}!\n`);
      }

  expect(performance.now() - startedMs).toBeLessThan(4_000);
});
