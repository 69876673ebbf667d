import { expect, it } from 'vitest';
import type { Budget } from '../../src/domain/budget.ts';
import { explanationText } from '../../src/thread/explanation-text.ts';
import { sampleFix } from '../support/sample-fix.ts';

const spent = { usd: 0, tokens: 0, hasUnknownPrice: false, workedMs: 0 };
const explained = (budget: Partial<Budget>): string =>
  explanationText(sampleFix(), [{ event: { type: 'budget-changed', by: 'alice', budget }, atMs: 0 }], {
    spent,
    models: [],
    nowMs: 0,
  });

it.each([
  [{ usd: 7.5 }, 'set the budget to $7.50 |'],
  [{ tokens: 500_000, attempts: 6, minutes: 90 }, 'set the budget to 500,000 tokens, 6 attempts, 90 minutes |'],
])('of a changed budget the limits are named: %j', (budget, said) => {
  expect(explained(budget)).toContain(said);
});
