import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fits, withinContext } from '../../src/models/fits.ts';
import { matchesModel } from '../../src/models/model-glob.ts';
import { contextTokensOf, isKnownModel, priceOf, registeredModels } from '../../src/models/prices.ts';

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
  const price = priceOf('openai/anthropic/claude-sonnet-4.5', { baseUrl: 'https://openrouter.ai/api/v1' });

  expect(price).toMatchObject({ inputUsdPerMillion: 3, outputUsdPerMillion: 15 });
});

test('an address that nobody knows leaves the provider of the id', () => {
  const price = priceOf('openai/gpt-5', { baseUrl: 'http://127.0.0.1:4000/v1' });

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

describe('what the admin says', () => {
  const free = { inputUsdPerMillion: 0, cachedInputUsdPerMillion: 0, outputUsdPerMillion: 0 };
  const dear = { inputUsdPerMillion: 9, cachedInputUsdPerMillion: 9, outputUsdPerMillion: 9 };
  const prices = [
    { models: 'ollama/*', price: free, contextTokens: 32_768 },
    { models: 'ollama/big*', price: dear, contextTokens: null },
    { models: 'ollama/big:70b', price: null, contextTokens: 131_072 },
    { models: 'openai/gpt-5', price: null, contextTokens: 100_000 },
  ];

  test.each([
    ['ollama/small', free, 32_768],
    ['ollama/big', dear, 32_768],
    ['ollama/big:70b', dear, 131_072],
    ['vllm/small', null, null],
  ])('of %s holds, the nearest the most, and nothing is a price too', (modelId, price, contextTokens) => {
    expect(priceOf(modelId, { prices })).toEqual(price);
    expect(contextTokensOf(modelId, { prices })).toBe(contextTokens);
  });

  test('of the context alone leaves the price to the registry', () => {
    expect(priceOf('openai/gpt-5', { prices })).toMatchObject({ inputUsdPerMillion: 1.25 });
    expect(contextTokensOf('openai/gpt-5', { prices })).toBe(100_000);
  });
});

test.each(['openai-compatible', 'vllm', 'ollama'])('%s is in no registry, whatever it is called', (provider) => {
  expect([registeredModels(provider), priceOf(`${provider}/gpt-5`), isKnownModel(`${provider}/x`)]).toEqual([
    [],
    null,
    true,
  ]);
});

test('the models of the registry are those that a conversation can be had with', () => {
  const ids = registeredModels('openai').map(({ id }) => id);

  expect(ids).toEqual(expect.arrayContaining(['openai/gpt-6-sol', 'openai/gpt-6-luna']));
  expect(ids.filter((id) => /whisper|embed|image|audio|realtime|moderation/.test(id))).toEqual([]);
  expect(registeredModels('openai', 'https://openrouter.ai/api/v1').length).toBeGreaterThan(ids.length);
});

test.each([
  ['anthropic/*', 'anthropic/a/b', true],
  ['*', 'a/b', true],
  ['openai/gpt-6-*', 'openai/gpt-5', false],
  ['openrouter/*/claude-*', 'openrouter/anthropic/claude-opus-5', true],
  ['a/b', 'a/b', true],
  ['a/b', 'a/bc', false],
  ['a/b.c', 'a/bxc', false],
  ['a/x*x', 'a/x', false],
])('the glob %s on %s: %s', (glob, id, isExpected) => {
  expect(matchesModel(glob, id)).toBe(isExpected);
});

test('a glob with stars means what the regular expression with .* means', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '*') });
  fc.assert(
    fc.property(part, fc.string({ unit: fc.constantFrom('a', 'b') }), (glob, id) => {
      expect(matchesModel(glob, id)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(id));
    }),
  );
});

describe('a request', () => {
  const of = (characters: number, maxOutputTokens = 8_000) => ({
    system: 'x'.repeat(characters),
    messages: [],
    tools: [],
    maxOutputTokens,
  });

  test.each([
    [null, of(10_000_000), true],
    [200_000, of(100_000), true],
    [32_768, of(120_000), true],
    [32_768, of(132_000), false],
    [1_000, of(400, 500), true],
  ])('fits a context of %s only where there is room to answer', (contextTokens, request, isExpected) => {
    expect(fits(contextTokens, request)).toBe(isExpected);
  });

  test('asks for no more to be written than there is room for', () => {
    expect(withinContext(32_768, of(50_000, 32_000)).maxOutputTokens).toBeLessThan(32_768 - 50_000 / 4);
    expect(withinContext(32_768, of(120_000, 32_000)).maxOutputTokens).toBe(1_500);
    expect(withinContext(200_000, of(1_000)).maxOutputTokens).toBe(8_000);
    expect(withinContext(null, of(1_000_000)).maxOutputTokens).toBe(8_000);
  });
});
