import { describe, expect, it } from 'vitest';
import { lived, sampleFix, sampleFixAtWork } from '../support/sample-fix.ts';

describe('why a fix does not go on', () => {
  it('a refusal keeps the reason for people and what they can do about it', () => {
    const fix = lived(sampleFix(), { type: 'refused', reason: 'the repository is empty', message: 'Push a commit.' });

    expect(fix).toMatchObject({ state: 'stopped', epilogue: 'the repository is empty', advice: 'Push a commit.' });
  });

  it.each([
    ['usd', /\$5\.00/],
    ['tokens', /3,000,000 tokens/],
    ['attempts', /4 attempts/],
    ['minutes', /60 minutes/],
  ] as const)('a budget of %s that is spent is named with its limit', (limit, words) => {
    const fix = lived(sampleFixAtWork(), { type: 'budget-reached', limit });

    expect(fix.epilogue).toMatch(words);
  });

  it.each([
    [
      'in-progress',
      { isShare: true },
      'the money limit of $5.00 is reached, but for the part that is kept for the work after this',
    ],
    [
      'review',
      {},
      'the money limit of $5.00 is reached; the patch passed the checks, but could not be reviewed any more',
    ],
  ] as const)('a budget that ends in %s says what it means there', (state, facts, words) => {
    const fix = lived(sampleFixAtWork({ state }), { type: 'budget-reached', limit: 'usd', ...facts });

    expect(fix.epilogue).toBe(words);
  });
});
