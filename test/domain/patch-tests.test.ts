import { describe, expect, it } from 'vitest';
import type { Overlay } from '../../src/domain/overlay.ts';
import { digestOfTests, isTestFile, testsHeld, testsOf } from '../../src/domain/patch-tests.ts';

const write = (text: string) => ({ kind: 'write', text, mode: '100644' }) as const;

describe('the tests of a patch', () => {
  it.each([
    'test/sum.test.js',
    'tests/test_sum.py',
    'sum_test.go',
    'tests/__init__.py',
    'src/test/java/PriceTest.java',
  ])('hold %s', (path) => {
    expect(isTestFile(path)).toBe(true);
  });

  it.each([
    'src/sum.js',
    'tests/conftest.py',
    'test/jest.config.js',
    'package.json',
    'test/package.json',
    'test/run.sh',
  ])('do not hold %s, which is code or steers how tests run', (path) => {
    expect(isTestFile(path)).toBe(false);
  });

  it('are what it writes of them; nothing is deleted', () => {
    const patch: Overlay = {
      'sum.js': write('a + b'),
      'sum.test.js': write('test'),
      'old.test.js': { kind: 'delete' },
    };

    expect(testsOf(patch)).toEqual({ 'sum.test.js': write('test') });
  });

  it('have the same digest in any order, and another one with another byte, mode or name', () => {
    const tests: Overlay = { 'a.test.js': write('a'), 'b.test.js': write('b') };
    const same: Overlay = { 'b.test.js': write('b'), 'a.test.js': write('a') };
    const others: Overlay[] = [
      { ...tests, 'b.test.js': write('b ') },
      { ...tests, 'b.test.js': { ...write('b'), mode: '100755' } },
      { 'a.test.js': write('a'), 'c.test.js': write('b') },
      { 'a.test.js': write('a') },
    ];

    expect(digestOfTests(same)).toBe(digestOfTests(tests));
    expect(new Set([tests, ...others].map(digestOfTests)).size).toBe(5);
  });
});

describe('the tests that a model says it added', () => {
  const patch = {
    'm_test.go': { kind: 'write', text: 'func TestAdd(t *testing.T) { t.Run("two and three", f) }', mode: '100644' },
    'test/sum.test.js': { kind: 'write', text: "test('adds', () => {})", mode: '100644' },
    'old_test.go': { kind: 'delete' },
  } as const;

  it.each([
    'm_test.go',
    'test/sum.test.js › adds',
    'sum.test.js',
    'TestAdd',
    'TestAdd/two and three',
    'sum › adds',
    'm_test.go::TestAdd[1-2]',
  ])('are told where the patch holds them: %s', (said) => expect(testsHeld([said], patch)).toEqual([said]));

  it.each(['add_test.go', 'old_test.go', 'TestOther', 'm_test.go2', ''])('are left out where it does not: %j', (said) =>
    expect(testsHeld([said], patch)).toEqual([]),
  );
});
