import { expect, test } from 'vitest';
import { contextTokensOf, priceOf } from '../../src/models/prices.ts';

const haiku = {
  inputUsdPerMillion: 1,
  cachedInputUsdPerMillion: 0.1,
  cacheWriteUsdPerMillion: 1.25,
  outputUsdPerMillion: 5,
};

test.each([
  ['anthropic/claude-haiku-4-5', haiku],
  ['anthropic/claude-haiku-4-5-20251001', haiku],
  ['openai/gpt-5', { inputUsdPerMillion: 1.25, cachedInputUsdPerMillion: 0.125, outputUsdPerMillion: 10 }],
  ['openrouter/openai/gpt-5', { inputUsdPerMillion: 1.25, cachedInputUsdPerMillion: 0.125, outputUsdPerMillion: 10 }],
])('%s has the price of the registry', (modelId, price) => {
  expect(priceOf(modelId)).toEqual(price);
});

test('a price that rises with the prompt has its steps', () => {
  const price = priceOf('anthropic/claude-sonnet-4-5');

  expect(price).toEqual({
    inputUsdPerMillion: 3,
    cachedInputUsdPerMillion: 0.3,
    cacheWriteUsdPerMillion: 3.75,
    outputUsdPerMillion: 15,
    steps: [
      {
        aboveInputTokens: 200_000,
        inputUsdPerMillion: 6,
        cachedInputUsdPerMillion: 0.6,
        cacheWriteUsdPerMillion: 7.5,
        outputUsdPerMillion: 22.5,
      },
    ],
  });
});

test('a price that changed at a date is the one in force', () => {
  const price = priceOf('openai/o3');

  expect(price).toMatchObject({ inputUsdPerMillion: 2, outputUsdPerMillion: 8 });
});

test('where caching has no price of its own, cached input costs like fresh', () => {
  const price = priceOf('openai/gpt-5-pro');

  expect(price).toEqual({ inputUsdPerMillion: 15, cachedInputUsdPerMillion: 15, outputUsdPerMillion: 120 });
});

test('a reseller is told by its address', () => {
  const price = priceOf('openai/anthropic/claude-sonnet-4.5', 'https://openrouter.ai/api/v1');

  expect(price).toMatchObject({ inputUsdPerMillion: 3, outputUsdPerMillion: 15 });
});

test('an address that nobody knows leaves the provider of the id', () => {
  const price = priceOf('openai/gpt-5', 'http://127.0.0.1:4000/v1');

  expect(price).toMatchObject({ inputUsdPerMillion: 1.25 });
});

test.each(['unknown/foo', 'openai/foo', 'gpt-5', '', '/', 'openai/', '/gpt-5', 'anthropic/gpt-5'])(
  'nobody knows the price or the context of %j',
  (modelId) => {
    expect([priceOf(modelId), contextTokensOf(modelId)]).toEqual([null, null]);
  },
);

test('the context is told in tokens', () => {
  expect(contextTokensOf('anthropic/claude-haiku-4-5')).toBe(200_000);
});
