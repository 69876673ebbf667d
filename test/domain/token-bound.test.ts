import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostTokensIn } from '../../src/domain/token-bound.ts';
import measured from './token-counts.json' with { type: 'json' };

describe('the most tokens that a text is counted as', () => {
  it.each(measured.map(({ name, text, tokens }) => [name, text, Math.max(...Object.values(tokens))] as const))(
    'is no less than what three vocabularies make of %s',
    (_name, text, most) => {
      expect(mostTokensIn(text)).toBeGreaterThanOrEqual(most);
    },
  );

  it('is no more than three quarters of the bytes of code, prose and JSON', () => {
    const real = ['TypeScript', 'prose in Markdown', 'a lock file', 'SQL', 'a table of numbers'];
    const texts = measured.filter(({ name }) => real.includes(name)).map(({ text }) => text);

    expect(texts).toHaveLength(real.length);
    for (const text of texts) expect(mostTokensIn(text) / Buffer.byteLength(text)).toBeLessThan(0.75);
  });

  it('is never more than a token a byte, and counts each part for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(mostTokensIn(one)).toBeLessThanOrEqual(Buffer.byteLength(one));
        expect(mostTokensIn(`${one}\n${other}`)).toBeLessThanOrEqual(mostTokensIn(one) + mostTokensIn(other) + 1);
      }),
    );
  });

  it('of a megabyte is known at once', () => {
    const startedMs = performance.now();

    mostTokensIn('const discount = round(price * 0.1);\n'.repeat(28_000));

    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});
