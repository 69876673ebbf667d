import fc from 'fast-check';
import { expect, it } from 'vitest';
import { definedNames } from '../../src/localization/definitions.ts';
import { emptyRecord, recordOf } from '../../src/localization/file-record.ts';
import { writtenImports } from '../../src/localization/imports.ts';
import { decodeRecord, encodeRecord } from '../../src/localization/record-codec.ts';
import { termNumbersOf } from '../../src/localization/terms.ts';

it.each([
  ['TypeScript', 'export async function parsePrice(text: string) {\n', ['parsePrice']],
  ['a class and its method', 'class Cart {\n  total(of: Item[]): number {\n', ['Cart', 'total']],
  ['Python', 'class Cart:\n    def total(self):\n', ['Cart', 'total']],
  ['Go', 'func (c *Cart) Total() int {\ntype Price struct {\n', ['Total', 'Price']],
  ['Java', 'public final class Cart {\n  private int total(List<Item> items) {\n', ['Cart', 'total']],
  ['Rust', 'pub(crate) fn total() -> u32 {\nimpl Cart {\n', ['total', 'Cart']],
  ['a constant', 'export const maxItems = 5;\n', ['maxItems']],
  ['an arrow', 'const of = {\n  total: (items) => 1,\n', ['total']],
])('names that %s defines are found', (_language, text, names) => {
  expect(definedNames(text)).toEqual(expect.arrayContaining(names));
});

it('a condition is no definition', () => {
  expect(definedNames('    if (a) {\n    while (b) {\n')).toEqual([]);
});

it.each([
  ["import { a } from './a.ts';", './a.ts'],
  ["const b = require('../b')", '../b'],
  ['from shop.cart import total', 'shop.cart'],
  ['import com.shop.Cart;', 'com.shop.Cart'],
  ['use crate::cart::total;', 'crate::cart::total'],
  ['mod cart;', 'cart'],
  ['\t"github.com/shop/cart"', 'github.com/shop/cart'],
  ['#include "cart.h"', 'cart.h'],
])('what %j imports is found', (line, name) => {
  expect(writtenImports(`${line}\n`)).toContain(name);
});

it.each([
  ['binary bytes', Buffer.from([1, 2, 0, 3])],
  ['minified code', Buffer.from('var a=1;'.repeat(2_000))],
])('%s are nothing', (_kind, bytes) => {
  expect(recordOf(bytes)).toEqual(emptyRecord);
});

it('a file is known by a bounded number of terms, with what it defines among them', () => {
  const noise = Array.from({ length: 20_000 }, (_, at) => `word${at.toString(36)}`).join(' ');
  const record = recordOf(Buffer.from(`${noise.replaceAll(/(.{80}) /g, '$1\n')}\nfunction parsePrice() {}\n`));

  expect(record.terms.length).toBeLessThanOrEqual(6_000);
  expect(record.terms).toContain(termNumbersOf('parsePrice').at(-1));
});

it('a record comes back from its bytes as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
      const record = recordOf(Buffer.from(`${text}\nimport './a.ts'\nfunction parsePrice() {}\n`));

      expect(decodeRecord(encodeRecord(record))).toEqual(record);
    }),
  );
});

it('bytes that are no record are none, whatever they are', () => {
  const whole = encodeRecord(recordOf(Buffer.from('function parsePrice() {}\n')));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 200 }), (length, noise) => {
      expect(decodeRecord(whole.slice(0, length))).toBeNull();
      expect(() => decodeRecord(noise)).not.toThrow();
    }),
  );
});

it.each([
  '\n',
  ' ',
  '\t \n',
  'export ',
  '(',
  '  a(',
  '  A<',
  'import "',
  ' = ',
  '{\n',
  'const a: ',
  "from './a'\n",
  '\r',
])('half a megabyte of %j is read in bounded time', (part) => {
  const bytes = Buffer.from(part.repeat(Math.floor(500_000 / part.length)));
  const startMs = performance.now();

  recordOf(bytes);

  expect(performance.now() - startMs).toBeLessThan(5_000);
});

it.each(['export ', '  A<', '  a(', 'const a: ', 'import "', '  x = (a'])(
  'a line of half a megabyte of %j is taken apart in bounded time',
  (part) => {
    const text = part.repeat(Math.floor(500_000 / part.length));
    const startMs = performance.now();

    definedNames(text);
    writtenImports(text);

    expect(performance.now() - startMs).toBeLessThan(5_000);
  },
);
