import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStopWord, stem, termNumbersOf, termsOfWord, wordsOf } from '../../src/localization/terms.ts';

describe('a word', () => {
  it.each(['parsePrice', 'ParsePrice', 'parse_price', 'PARSE_PRICE', '_parsePrice', '$parse_price'])(
    'that is an identifier is its parts and its whole, however it is written: %s',
    (word) => {
      expect(termsOfWord(word)).toEqual(['pars', 'pric', 'parseprice']);
    },
  );

  it.each([
    ['HTTPServer', ['http', 'serv', 'httpserver']],
    ['utf8', ['utf8']],
    ['x', []],
    ['___', []],
    ['größe', ['größe']],
    ['価格計算', ['価格', '格計', '計算', '価格格計計算']],
  ])('%s is %j', (word, terms) => {
    expect(termsOfWord(word)).toEqual(terms);
  });

  it.each([
    ['parses', 'parsed', 'parsing', 'parser'],
    ['runs', 'running', 'run'],
    ['calls', 'called', 'calling', 'call'],
    ['matches', 'matching', 'match'],
    ['queries', 'query'],
  ])('meets its other forms: %s', (...forms) => {
    expect(new Set(forms.map(stem)).size).toBe(1);
  });

  it.each(['status', 'class', 'this', 'bus', 'ring', 'red'])('is left alone where its end is no ending: %s', (word) => {
    expect(stem(word)).toBe(word);
  });

  it('of natural language that tells no place from another is a stop word, in any letter case', () => {
    expect(['The', 'fixed', 'cart', 'parsePrice'].map(isStopWord)).toEqual([true, true, false, false]);
  });
});

it('any text is taken apart in bounded words at their places', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      for (const { text: word, index } of wordsOf(text)) {
        expect(text.slice(index, index + word.length)).toBe(word);
        for (const number of termNumbersOf(word)) expect(number).toSatisfy((it: number) => it >= 0 && it < 2 ** 32);
      }
    }),
  );
});

it('a word of a million letters is no word, and costs nothing', () => {
  expect([...wordsOf('a'.repeat(1_000_000))]).toEqual([]);
});
