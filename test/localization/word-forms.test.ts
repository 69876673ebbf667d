import fc from 'fast-check';
import { expect, it } from 'vitest';
import { queryOf } from '../../src/localization/query.ts';
import { stem, termNumber } from '../../src/localization/terms.ts';
import { otherForms } from '../../src/localization/word-forms.ts';

it.each([
  ['serialization', 'serialize'],
  ['serialize', 'serialization'],
  ['compression', 'compress'],
  ['Compressed', 'compression'],
  ['completion', 'complete'],
  ['validating', 'validation'],
  ['redirection', 'redirect'],
  ['allocations', 'allocate'],
  ['allocation', 'alloc'],
  ['configure', 'configuration'],
  ['resolution', 'resolve'],
  ['decision', 'decide'],
  ['inclusion', 'include'],
  ['availability', 'available'],
])('%s is of one family with %s', (word, other) => {
  expect(otherForms(word)).toContain(stem(other));
});

it.each(['cart', 'HTTPServer', 'parse_price', 'v2', 'naïve', 'file'])('%s has no other forms', (word) => {
  expect(otherForms(word)).toEqual([]);
});

it('no word is its own other form, and no form is short enough to be anything', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z]{1,30}$/), (word) => {
      const forms = otherForms(word);

      expect(forms).not.toContain(stem(word.toLowerCase()));
      expect(forms.every(({ length }) => length >= 4)).toBe(true);
      expect(forms.length).toBeLessThan(20);
    }),
  );
});

it('a query asks for other forms too, for less than for the words themselves', () => {
  const { terms } = queryOf('The serialization of a cart');
  const weightOf = (word: string) => terms.find(({ term }) => term === termNumber(stem(word)))?.weight ?? 0;

  expect(weightOf('serialization')).toBeGreaterThan(weightOf('serialize'));
  expect(weightOf('serialize')).toBeGreaterThan(0);
});

it('a long text has no room for other forms', () => {
  const words = Array.from({ length: 600 }, (_, at) => `word${at}`).join(' ');

  expect(queryOf(`${words} serialization`).terms).toHaveLength(400);
});
