import fc from 'fast-check';
import { expect, it } from 'vitest';
import { costUsd, mostUsd, type Price } from '../../src/domain/cost.ts';

const price: Price = {
  inputUsdPerMillion: 3,
  cachedInputUsdPerMillion: 0.3,
  cacheWriteUsdPerMillion: 3.75,
  outputUsdPerMillion: 15,
  reasoningUsdPerMillion: 20,
};

it('each class of tokens costs its own price', () => {
  const usage = {
    inputTokens: 1_000_000,
    cachedInputTokens: 600_000,
    cacheWriteTokens: 100_000,
    outputTokens: 200_000,
    reasoningTokens: 50_000,
  };

  // 300,000 fresh, 600,000 cached, 100,000 into the cache; 150,000 written, 50,000 thought.
  expect(costUsd(usage, price)).toBeCloseTo(0.9 + 0.18 + 0.375 + 2.25 + 1, 10);
});

it('reasoning costs like other output where no price is its own', () => {
  const { reasoningUsdPerMillion: _, ...plain } = price;

  expect(costUsd({ inputTokens: 0, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 60 }, plain)).toBeCloseTo(
    0.0015,
    10,
  );
});

it('no reply costs less than nothing or more than its most, whatever a provider counts', () => {
  const tokens = fc.nat(2_000_000);
  const rate = fc.double({ min: 0, max: 200, noNaN: true });
  const prices = fc.record({
    inputUsdPerMillion: rate,
    cachedInputUsdPerMillion: rate,
    cacheWriteUsdPerMillion: rate,
    outputUsdPerMillion: rate,
    reasoningUsdPerMillion: rate,
  });
  fc.assert(
    fc.property(prices, tokens, tokens, fc.nat(100), fc.nat(100), fc.nat(100), (rates, read, wrote, a, b, thought) => {
      const cachedInputTokens = Math.floor((read * a) / 100);
      const cacheWriteTokens = Math.floor(((read - cachedInputTokens) * b) / 100);
      const reasoningTokens = Math.floor((wrote * thought) / 100);
      const usage = { inputTokens: read, cachedInputTokens, cacheWriteTokens, outputTokens: wrote, reasoningTokens };

      expect(costUsd(usage, rates)).toBeGreaterThanOrEqual(0);
      expect(costUsd(usage, rates)).toBeLessThanOrEqual(mostUsd(read, wrote, rates) + 1e-9);
    }),
  );
});

it('cached tokens beyond all that was read make nothing cheaper', () => {
  expect(costUsd({ inputTokens: 10, cachedInputTokens: 1_000, outputTokens: 0 }, price)).toBeGreaterThanOrEqual(0);
});
