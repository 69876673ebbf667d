import fc from 'fast-check';
import { expect, it } from 'vitest';
import { queryOf } from '../../src/localization/query.ts';
import { chooseRanges } from '../../src/localization/ranges.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';

const source = [
  'class Cart',
  '  function total',
  '    sum of all items',
  '    with a discount',
  '  function empty',
  '    nothing left',
  'function parsePrice',
  '  a number with a comma',
  '',
].join('\n');

async function ranges(text: string, ticket: string, named: readonly number[] = [], path = 'cart.ts') {
  const query = queryOf(ticket);
  return chooseRanges(text, await fakeSyntax().outline(path, text), { query, rarity: query.terms.map(() => 1), named });
}

it('the symbol with the name comes first, with the line that declares it', async () => {
  const [first] = await ranges(source, 'parsePrice fails');

  expect(first).toMatchObject({ startLine: 7, name: 'parsePrice', because: 'name', signature: 'function parsePrice' });
});

it('the innermost symbol is chosen, not all that lies around it', async () => {
  const [first] = await ranges(source, 'The discount is not counted');

  expect(first).toMatchObject({ startLine: 2, endLine: 4, name: 'total' });
});

it('a line that was named comes before the words', async () => {
  const [first] = await ranges(source, 'parsePrice fails', [6]);

  expect(first).toMatchObject({ startLine: 5, endLine: 6, because: 'line' });
});

it('where nothing is known of the symbols, windows of lines are chosen', async () => {
  const lines = Array.from({ length: 200 }, (_, at) => (at === 150 ? 'the discount' : 'nothing'));

  const [first] = await ranges(lines.join('\n'), 'Discount', [], 'cart.txt');

  expect(first).toMatchObject({ signature: null });
  expect(first?.startLine).toBeLessThanOrEqual(151);
  expect(first?.endLine).toBeGreaterThanOrEqual(151);
});

it('a file without a word of the ticket has no range', async () => {
  expect(await ranges(source, 'Payment')).toEqual([]);
});

it('ranges lie within the file, are three at most and share no line, whatever text and lines are named', async () => {
  const line = fc.constantFrom('class A', '  function total', '    discount', '', '}', 'function price', '      price');
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.array(fc.nat(100)), async (lines, named) => {
      const found = await ranges(lines.join('\n'), 'price total discount', named);

      const covered = found.flatMap(({ startLine, endLine }) =>
        Array.from({ length: endLine - startLine + 1 }, (_, at) => startLine + at),
      );
      expect(found.length).toBeLessThanOrEqual(3);
      expect(new Set(covered).size).toBe(covered.length);
      for (const at of covered) expect(at).toSatisfy((it: number) => it >= 1 && it <= Math.max(1, lines.length));
    }),
  );
});
