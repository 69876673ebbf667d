import { expect, test } from 'vitest';
import { assertBuysCall } from '../../../src/cli/try/first-call.ts';
import { defaultPolicy } from '../../../src/domain/policy.ts';

const price = { inputUsdPerMillion: 5, cachedInputUsdPerMillion: 0.5, outputUsdPerMillion: 30 };
const roster = (known: typeof price | null) => ({
  describe: () => ({ fast: ['a/one'], architect: [], coder: [], debugger: [], reviewer: [] }),
  priceOf: () => known,
});
const budget = (usd: number) => ({ ...defaultPolicy.budget, usd });

test('a budget that cannot buy the first call is refused, with what it may cost and what to set', () => {
  // 1,000 tokens read and 1,500 written are $0.05, and the first role may spend half.
  expect(() => assertBuysCall(roster(price), budget(0.01))).toThrow(
    /--budget: found \$0\.01, which buys no call: the first one \(a\/one\) may cost \$0\.050 and more[\s\S]*allowed: \$0\.20/,
  );
  expect(() => assertBuysCall(roster(price), budget(0.11))).not.toThrow();
});

test('of a model whose price nobody knows nothing is said', () => {
  expect(() => assertBuysCall(roster(null), budget(0.01))).not.toThrow();
});
