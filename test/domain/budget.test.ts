import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, reachedLimit, sayLimit } from '../../src/domain/budget.ts';

const budget: Budget = { usd: 5, tokens: 1_000, attempts: 4, minutes: 60 };
const spent = { usd: 0, tokens: 0, hasUnknownPrice: false, attempts: 1, workedMs: 0 };

describe('a budget', () => {
  it.each([
    ['money', { usd: 5 }],
    ['tokens', { tokens: 1_000 }],
    ['attempts', { attempts: 4 }],
    ['time', { workedMs: 60 * 60_000 }],
  ])('may be spent to the last of its %s', (_what, part) => {
    const limit = reachedLimit(budget, { ...spent, ...part });

    expect(limit).toBeNull();
  });

  it.each([
    ['usd', { usd: 5.01 }],
    ['tokens', { tokens: 1_001 }],
    ['attempts', { attempts: 5 }],
    ['minutes', { workedMs: 60 * 60_000 + 1 }],
  ] as const)('is reached by %s beyond it', (limit, part) => {
    const reached = reachedLimit(budget, { ...spent, ...part });

    expect(reached).toBe(limit);
  });

  it('refuses a call that would not fit, before it is made', () => {
    const almost = { ...spent, usd: 4.9, tokens: 900 };

    const forMoney = reachedLimit(budget, almost, { usd: 0.2, tokens: 0 });
    const forTokens = reachedLimit(budget, almost, { usd: 0, tokens: 101 });
    const fitting = reachedLimit(budget, almost, { usd: 0.05, tokens: 100 });

    expect([forMoney, forTokens, fitting]).toEqual(['usd', 'tokens', null]);
  });

  it('is still held by its tokens where nobody knows a price', () => {
    const reached = reachedLimit(budget, { ...spent, hasUnknownPrice: true, tokens: 2_000 });

    expect(reached).toBe('tokens');
  });

  it('once reached stays reached, however much more is spent', () => {
    const part = fc.record({
      usd: fc.double({ min: 0, max: 10, noNaN: true }),
      tokens: fc.nat(2_000),
      attempts: fc.nat(8),
      workedMs: fc.nat(120 * 60_000),
    });
    fc.assert(
      fc.property(part, part, (first, more) => {
        const before = reachedLimit(budget, { ...first, hasUnknownPrice: false });
        const sum = {
          usd: first.usd + more.usd,
          tokens: first.tokens + more.tokens,
          attempts: first.attempts + more.attempts,
          workedMs: first.workedMs + more.workedMs,
        };

        const after = reachedLimit(budget, { ...sum, hasUnknownPrice: false });

        expect(before === null || after !== null).toBe(true);
      }),
    );
  });
});

describe('a limit in words', () => {
  it.each([
    ['usd', 'the money limit of $5.00'],
    ['tokens', 'the limit of 1,000 tokens'],
    ['attempts', 'the limit of 4 attempts'],
    ['minutes', 'the time limit of 60 minutes'],
  ] as const)('names the %s that were allowed', (limit, words) => {
    expect(sayLimit(limit, budget)).toBe(words);
  });

  it('knows that one attempt is one', () => {
    expect(sayLimit('attempts', { ...budget, attempts: 1 })).toBe('the limit of 1 attempt');
  });
});
