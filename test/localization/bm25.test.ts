import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSlices } from '../../src/domain/slices.ts';
import { bm25, placeOf } from '../../src/localization/bm25.ts';
import { pathTermsAt } from '../../src/localization/path-index.ts';
import { queryOf } from '../../src/localization/query.ts';
import { topOf } from '../../src/localization/top-of.ts';
import type { TreeIndex } from '../../src/localization/tree-index.ts';
import { indexOf } from '../support/sample-index.ts';

const words = ['cart', 'price', 'total', 'mail', 'parsePrice', 'send', 'order', 'item', 'tax', 'list'];
const someWords = fc.array(fc.constantFrom(...words), { maxLength: 30 });
const someFiles = fc.dictionary(
  fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.ts`),
  fc
    .tuple(someWords, someWords)
    .map(([text, defined]) => [...defined.map((name) => `function ${name}() {`), text.join(' ')].join('\n')),
  { minKeys: 1, maxKeys: 12 },
);

/** The formula as the paper has it, term by term and file by file. */
function plainly({ paths, records, meanLength, meanDefinitions }: TreeIndex, terms: readonly [number, number][]) {
  const files = records.map(({ terms: found, counts, definitions, length, definitionLength }, at) => {
    const inPath = pathTermsAt(paths, at);
    const meanPath = paths.terms.length / records.length;
    const times = (term: number) => {
      const place = found.indexOf(term);
      const norm = (share: number, own: number, mean: number) => 1 - share + (share * own) / (mean || 1);
      const inText = place < 0 ? 0 : (counts[place] ?? 0) / norm(0.5, length, meanLength);
      const defined = place < 0 ? 0 : (2 * (definitions[place] ?? 0)) / norm(0.3, definitionLength, meanDefinitions);
      return inText + defined + (inPath.includes(term) ? 4 / norm(0.3, inPath.length, meanPath) : 0);
    };
    return times;
  });
  return files.map((times) =>
    terms.reduce((sum, [term, weight]) => {
      const among = files.filter((other) => other(term) > 0).length;
      const rarity = Math.log(1 + (files.length - among + 0.5) / (among + 0.5));
      return sum + weight * rarity * (times(term) / (2 + times(term)));
    }, 0),
  );
}

it('files score as the formula says, whatever they and the question hold', async () => {
  await fc.assert(
    fc.asyncProperty(someFiles, someWords, async (files, asked) => {
      const index = await indexOf(files);
      const query = queryOf(asked.join(' '));

      const { all } = await bm25(index, query, createSlices());

      const expected = plainly(
        index,
        query.terms.map(({ term, weight }) => [term, weight]),
      );
      for (const [at, score] of expected.entries()) expect(all[at]).toBeCloseTo(score, 9);
    }),
    { numRuns: 60 },
  );
});

it('a place among ascending numbers is found from wherever the search begins before it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200), { maxLength: 60 }), fc.nat(200), fc.nat(60), (numbers, value, from) => {
      const ascending = Uint32Array.from(numbers).sort();
      const expected = ascending.filter((one) => one < value).length;
      const start = Math.min(from, expected);

      expect(placeOf(ascending, value, start)).toBe(expected);
    }),
  );
});

it('the first of many scores are those that a sort would put first, the earlier where two are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 6 }), { maxLength: 80 }), fc.nat(20), (scores, count) => {
      const sorted = [...scores.keys()]
        .filter((at) => (scores[at] ?? 0) > 0)
        .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);

      expect(topOf(Float64Array.from(scores), count)).toEqual(sorted.slice(0, count));
    }),
  );
});
