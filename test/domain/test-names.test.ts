import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexNames } from '../../src/domain/test-names.ts';

const reported = [
  'test/sum.test.js › sum › adds',
  'test/product.test.js › product › adds',
  'tests.test_unique.UniqueSlugTest › test_the_cut',
  'com.acme.shop.PriceTest › rounds(int)[1]',
  'com.acme.shop.PriceTest › rounds(int)[2]',
  'tests.test_sum › test_parameters[1-2]',
  'github.com/acme/shop › TestSum/two_and_three',
  'shop::price › price::tests::rounds_once',
];

describe('a test that somebody named is found in a report', () => {
  it.each([
    ['sum › adds', ['test/sum.test.js › sum › adds']],
    ['test/product.test.js > product > adds', ['test/product.test.js › product › adds']],
    ['tests/test_unique.py::UniqueSlugTest::test_the_cut', ['tests.test_unique.UniqueSlugTest › test_the_cut']],
    ['tests.test_unique.UniqueSlugTest.test_the_cut', ['tests.test_unique.UniqueSlugTest › test_the_cut']],
    ['PriceTest.rounds', ['com.acme.shop.PriceTest › rounds(int)[1]', 'com.acme.shop.PriceTest › rounds(int)[2]']],
    ['PriceTest#rounds(int)[2]', ['com.acme.shop.PriceTest › rounds(int)[2]']],
    ['test_parameters', ['tests.test_sum › test_parameters[1-2]']],
    ['TestSum/two_and_three', ['github.com/acme/shop › TestSum/two_and_three']],
    ['price::tests::rounds_once', ['shop::price › price::tests::rounds_once']],
    ['some/other/file.test.js › adds', ['test/sum.test.js › sum › adds', 'test/product.test.js › product › adds']],
  ])('as %j', (said, expected) => {
    expect(indexNames(reported)(said)).toEqual(expected);
  });

  it.each(['dds', 'subtracts', 'test_the', '', '!?', 'sum adds more'])('but not as %j', (said) => {
    expect(indexNames(reported)(said)).toEqual([]);
  });

  it('by the longest of its parts that fits, not by the last alone', () => {
    expect(indexNames(reported)('sum > adds')).toEqual(['test/sum.test.js › sum › adds']);
  });

  it('whenever it is said as the report says it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 }), (names) => {
        const find = indexNames(names);
        for (const name of names) {
          const found = find(name);
          expect(found.includes(name) || !/[\p{L}\p{N}]/u.test(name)).toBe(true);
        }
      }),
    );
  });

  it('in a moment, however long what is said is', () => {
    const startMs = performance.now();

    indexNames([`x${'([1]'.repeat(75)}`])(`${'([a-z]+'.repeat(20_000)}`);

    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
