import { describe, expect, it } from 'vitest';
import {
  noPurseLimits,
  type PurseLimits,
  type Shortage,
  sayShortage,
  toldLimit,
  unlimited,
} from '../../src/domain/purse.ts';
import { budgetText } from '../../src/thread/command-text.ts';
import { costText, sharedMoneyText, spentText } from '../../src/thread/money-text.ts';
import { statusComment } from '../../src/thread/status-comment.ts';
import { emptyPurses } from '../support/fake-purses.ts';
import { sampleFixAtWork } from '../support/sample-fix.ts';

const budget = { usd: 5, tokens: 1_000_000, attempts: 4, minutes: 60 };
const spent = {
  usd: 1.2,
  tokens: 340_000,
  inputTokens: 300_000,
  cachedInputTokens: 216_000,
  hasUnknownPrice: false,
  workedMs: 0,
};

describe('the cost of a fix', () => {
  it('says what is left, what was read, and how much of that came from caches', () => {
    expect(costText(budget, spent)).toBe(
      '$1.20 of $5.00; $3.80 left; 340,000 tokens (300,000 read, 72% of them from caches; 40,000 written)',
    );
  });

  it('is a lower bound where a price is unknown, and then nobody says what is left', () => {
    const text = costText(budget, { ...spent, usd: 0.1, hasUnknownPrice: true, unpricedReplies: 2 });

    expect(text).toMatch(/^at least \$0\.10 of \$5\.00; 2 replies of a model without a known price; 340,000 tokens/);
    expect(text).not.toContain('left');
  });

  it('tells of calls that were never answered, and takes them for spent', () => {
    const text = costText(budget, { ...spent, possible: { calls: 1, usd: 0.4, tokens: 9_000 } });

    expect(text).toMatch(/^\$1\.20 of \$5\.00; up to \$0\.40 more for a call that was not answered; \$3\.40 left; /);
  });

  it('tells calls under way apart from those that were lost', () => {
    const possible = { calls: 3, usd: 0.9, tokens: 9_000, underWay: { calls: 1, usd: 0.5 } };

    expect(costText(budget, { ...spent, possible })).toContain(
      '; up to $0.50 more for a call that is under way; up to $0.40 more for 2 calls that were not answered; ',
    );
  });

  it('at the end leaves the budget out', () => {
    expect(spentText(spent)).toBe('$1.20; 340,000 tokens (300,000 read, 72% of them from caches; 40,000 written)');
  });
});

describe('limits that fixes share', () => {
  const standing = { ...emptyPurses['repository-day'], usd: 3, heldUsd: 0.2, tokens: 5_000 };
  const day = (usd: number | null): PurseLimits => ({ ...noPurseLimits, 'repository-day': { usd, tokens: 10_000 } });

  it('are shown where the repository has them', () => {
    expect(sharedMoneyText({ limit: toldLimit(day(20), day(20)), standing })).toBe(
      '$3.20 of $20.00 today in this repository; 5,000 of 10,000 tokens today in this repository',
    );
  });

  it('are not shown where only the host set them', () => {
    expect(sharedMoneyText({ limit: toldLimit(day(20), day(50)), standing })).not.toContain('$');
  });

  it('are no row of the status where none is set', () => {
    const money = { limit: unlimited, standing };

    expect(statusComment(sampleFixAtWork(), spent, [], money)).not.toContain('Limit of all');
  });
});

describe('a fix that waits for money', () => {
  const shortage: Shortage = {
    purse: 'repository-day',
    limit: 'usd',
    amount: 20,
    spent: 19.7,
    held: 0.2,
    waitsFor: 'period',
    endsAtMs: Date.UTC(2026, 10, 28),
  };
  const waiting = (facts: Partial<Shortage> = {}) => {
    const now = { ...shortage, ...facts };
    return sampleFixAtWork({
      state: 'review',
      wait: { for: 'money', untilMs: Date.UTC(2026, 10, 27, 13) },
      shortage: { ...now, sinceMs: 0 },
      epilogue: sayShortage(now),
    });
  };

  it('says which limit it is, what is spent, and when the next day or month begins', () => {
    const text = statusComment(waiting(), spent);

    expect(text).toContain('the limit of $20.00 a day for this repository is reached: $19.70 of it is spent');
    expect(text).toContain('It goes on by itself at 2026-11-28 00:00 UTC');
    expect(text).toContain('`/ai-fix stop`');
  });

  it('says so where others only hold what is left', () => {
    const text = statusComment(waiting({ waitsFor: 'others' }), spent);

    expect(text).toContain('calls of other fixes hold $0.20 until they are answered');
    expect(text).toContain('within minutes');
  });

  it("tells no amounts of the host's month", () => {
    const text = statusComment(waiting({ purse: 'host-month', spent: 777 }), spent);

    expect(text).toContain('that the admin of this ai-fix set is reached');
    expect(text).not.toMatch(/777|\$20/);
  });

  it("tells no amounts of its owner's month, which other repositories spend from too", () => {
    const text = statusComment(waiting({ purse: 'organization-month', spent: 777 }), spent);

    expect(text).toContain("the limit of a month for this repository's owner is reached.");
    expect(text).not.toMatch(/777|\$20/);
  });

  it('tells no limit of a day that only the host set', () => {
    const text = statusComment(waiting({ isUntold: true }), spent);

    expect(text).toContain('the limit of a day for this repository is reached.');
    expect(text).not.toContain('$20');
  });

  it("is told that the fix's own budget is not what it waits for", () => {
    expect(budgetText(budget, waiting())).toContain('another limit, which no comment changes');
  });
});
