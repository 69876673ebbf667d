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
])('%s are nothing', async (_kind, bytes) => {
  expect(await recordOf(bytes)).toEqual(emptyRecord);
});

it('a file is known by a bounded number of terms, with what it defines among them', async () => {
  const noise = Array.from({ length: 20_000 }, (_, at) => `word${at.toString(36)}`).join(' ');
  const record = await recordOf(Buffer.from(`${noise.replaceAll(/(.{80}) /g, '$1\n')}\nfunction parsePrice() {}\n`));

  expect(record.terms.length).toBeLessThanOrEqual(6_000);
  expect(record.terms).toContain(termNumbersOf('parsePrice').at(-1));
});

it('a record comes back from its bytes as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 500 }), async (text) => {
      const record = await recordOf(Buffer.from(`${text}\nimport './a.ts'\nfunction parsePrice() {}\n`));

      expect(decodeRecord(encodeRecord(record))).toEqual(record);
    }),
  );
});

it('a large file is read in pieces, and known as if it had been read at once', async () => {
  const lines = Array.from({ length: 5_000 }, (_, at) => `export function price${at % 40}() { return total; }\n`);
  const large = await recordOf(Buffer.from(`import './first.ts';\n${lines.join('')}import './last.ts';\n`));
  const small = await recordOf(Buffer.from(lines.slice(0, 40).join('')));

  expect([...large.terms]).toEqual(expect.arrayContaining([...small.terms]));
  expect(large).toMatchObject({ imports: ['./first.ts', './last.ts'], definitionLength: 5_000 });
});

it('others get their turn while a large file is read', async () => {
  const bytes = Buffer.from(Array.from({ length: 16_000 }, (_, at) => `const price${at} = total(${at});\n`).join(''));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);

  await recordOf(bytes);

  clearImmediate(timer);
  expect(bytes.length).toBeGreaterThan(400_000);
  expect(turns).toBeGreaterThan(2);
});

it('bytes that are no record are none, whatever they are', async () => {
  const whole = encodeRecord(await recordOf(Buffer.from('function parsePrice() {}\n')));
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
])('half a megabyte of %j is read in bounded time', async (part) => {
  const bytes = Buffer.from(part.repeat(Math.floor(500_000 / part.length)));
  const startMs = performance.now();

  await recordOf(bytes);

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
