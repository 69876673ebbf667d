import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowanceOf, leftShare, writableTokens } from '../../src/domain/allowance.ts';
import { roles } from '../../src/domain/conversation.ts';
import { costUsd, type Price } from '../../src/domain/cost.ts';

const budget = { usd: 10, tokens: 1_000_000, attempts: 4, minutes: 60 };
const spent = { usd: 0, tokens: 0 };
const price: Price = { inputUsdPerMillion: 2, cachedInputUsdPerMillion: 0.2, outputUsdPerMillion: 10 };

describe('the allowance of a role', () => {
  it('leaves the reviewer a tenth that those who write may not touch', () => {
    expect(allowanceOf('coder', budget, { usd: 8, tokens: 800_000 })).toEqual({ usd: 1, tokens: 100_000 });
    expect(allowanceOf('reviewer', budget, { usd: 9, tokens: 900_000 })).toEqual({ usd: 1, tokens: 100_000 });
  });

  it('of no role is more than the budget', () => {
    for (const role of roles) expect(allowanceOf(role, budget, spent).usd).toBeLessThanOrEqual(budget.usd);
  });

  it('is told as the smaller share of money and tokens', () => {
    expect(leftShare('reviewer', budget, { usd: 9, tokens: 500_000 })).toBeCloseTo(0.1);
    expect(leftShare('reviewer', budget, { usd: 11, tokens: 0 })).toBe(0);
  });
});

describe('what a call may write', () => {
  it('is what the money leaves after all that it may read', () => {
    const writable = writableTokens({ usd: 1, tokens: 1_000_000 }, [{ inputTokens: 100_000, price }]);

    expect(writable).toEqual({ usd: 79_999, tokens: 900_000 });
  });

  it('is limited by tokens alone where nobody knows the price', () => {
    const writable = writableTokens({ usd: 0, tokens: 5_000 }, [{ inputTokens: 4_000, price: null }]);

    expect(writable).toEqual({ usd: Number.POSITIVE_INFINITY, tokens: 1_000 });
  });

  it('never costs more than there is, whichever model answers and however much it reads, caches and writes', () => {
    const rate = fc.nat(10_000).map((cents) => cents / 100);
    const rates = fc.record({
      inputUsdPerMillion: rate,
      cachedInputUsdPerMillion: rate,
      cacheWriteUsdPerMillion: rate,
      outputUsdPerMillion: rate,
    });
    const share = fc.nat(100).map((percent) => percent / 100);
    fc.assert(
      fc.property(
        fc.array(fc.record({ inputTokens: fc.nat(1_000_000), price: rates }), { minLength: 1, maxLength: 4 }),
        fc.record({
          usd: fc.integer({ min: -100, max: 5_000 }).map((cents) => cents / 100),
          tokens: fc.nat(3_000_000),
        }),
        fc.record({ read: share, cached: share, stored: share, wrote: share }),
        (asked, left, used) => {
          const { usd, tokens } = writableTokens(left, asked);
          const most = Math.min(usd, tokens, 32_000);
          fc.pre(most >= 1);
          for (const { inputTokens: bound, price: dear } of asked) {
            const inputTokens = Math.floor(bound * used.read);
            const cachedInputTokens = Math.floor(inputTokens * used.cached);
            const cacheWriteTokens = Math.floor((inputTokens - cachedInputTokens) * used.stored);
            const outputTokens = Math.floor(most * used.wrote);

            const cost = costUsd({ inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens }, dear);

            expect(cost).toBeLessThanOrEqual(left.usd);
            expect(inputTokens + outputTokens).toBeLessThanOrEqual(left.tokens);
          }
        },
      ),
    );
  });
});
