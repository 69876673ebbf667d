import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { converse } from '../../src/agent/converse.ts';
import { defineFinish } from '../../src/agent/finish.ts';
import { editingTools } from '../../src/agent/tool-sets.ts';
import { type Budget, cachedPercent } from '../../src/domain/budget.ts';
import type { Role } from '../../src/domain/conversation.ts';
import type { Price } from '../../src/domain/cost.ts';
import { ProviderError } from '../../src/domain/faults.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import { emptyOverlay } from '../../src/domain/overlay.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { noPurseLimits, type Shortage } from '../../src/domain/purse.ts';
import { mostTokensIn } from '../../src/domain/token-bound.ts';
import type { Model, ModelRequest } from '../../src/ports/model.ts';
import type { Roster } from '../../src/ports/roster.ts';
import type { TurnStore } from '../../src/ports/stores.ts';
import { createLedger, type LedgerPorts } from '../../src/steps/pay-turns.ts';
import { costText } from '../../src/thread/money-text.ts';
import { fakeHistory } from '../support/fake-history.ts';
import { calling } from '../support/fake-model.ts';
import { emptyPurses, fakePurses, plentyOfMoney } from '../support/fake-purses.ts';
import { fakeSyntax } from '../support/fake-syntax.ts';
import { fakeTree } from '../support/fake-tree.ts';
import { fakeTurns } from '../support/fake-turns.ts';
import { portsForTest } from '../support/ports-for-test.ts';
import { sampleFix } from '../support/sample-fix.ts';

const finish = defineFinish({ name: 'finish', description: 'Ends.', arguments: z.strictObject({}) });
const quiet = new AbortController().signal;
const tree = fakeTree({ 'a.ts': 'const a = 1;\n'.repeat(400), 'b.ts': 'const b = 2;\n'.repeat(900) });

const rosterOf = (models: Readonly<Record<string, Price | null>>): Roster => {
  const ids = Object.keys(models);
  return {
    modelFor: () => expect.fail('nobody asks for it here'),
    describe: () => ({ architect: ids, coder: ids, fast: ids, debugger: ids, reviewer: ids }),
    priceOf: (id) => models[id] ?? null,
  };
};

/** The most that a tokenizer makes of what a model is sent, message by message. */
const mostTokensOf = ({ system, messages, tools }: ModelRequest): number =>
  [system, JSON.stringify(tools), ...messages.map((message) => JSON.stringify(message))].reduce(
    (sum, text) => sum + mostTokensIn(text),
    0,
  );

interface Manner {
  readonly modelId: string;
  /** Of the most that a tokenizer makes of a text; one model counts alike all the time. */
  readonly density: number;
  readonly cached: number;
  readonly wrote: number;
  readonly calls: readonly ('read' | 'write' | 'finish')[];
}

/** Reads and writes what the manner says, and always as much as it was allowed, times `wrote`. */
function modelLike({ modelId, density, cached, wrote, calls }: Manner): Model {
  let asked = 0;
  return {
    id: modelId,
    reply: async (request) => {
      const call = calls[asked % calls.length];
      asked += 1;
      const inputTokens = Math.floor(mostTokensOf(request) * density);
      const cachedInputTokens = Math.floor(inputTokens * cached);
      const outputTokens = Math.floor(request.maxOutputTokens * wrote);
      const usage = {
        inputTokens,
        cachedInputTokens,
        cacheWriteTokens: inputTokens - cachedInputTokens,
        outputTokens,
      };
      const made = `f${asked}.ts`;
      if (call === 'finish') return { ...calling(['finish', {}]), modelId, usage };
      return call === 'read'
        ? { ...calling(['read_file', { path: asked % 2 === 0 ? 'a.ts' : 'b.ts' }]), modelId, usage }
        : { ...calling(['create_file', { path: made, content: 'x\n'.repeat(asked * 50) }]), modelId, usage };
    },
  };
}

const portsOf = (turns: TurnStore, fix: Fix): LedgerPorts =>
  portsForTest({
    turns,
    ...plentyOfMoney(turns),
    engine: { holdWhileStopping: async () => undefined },
    fixes: { find: async () => fix },
    now: () => 0,
  });

/** A whole fix, one conversation after the other, as far as the budget carries it. */
async function spend(budget: Budget, prices: Readonly<Record<string, Price | null>>, manners: readonly Manner[]) {
  const fix = sampleFix({ policy: { ...defaultPolicy, budget } });
  const turns = fakeTurns();
  const ports = portsOf(turns, fix);
  const roles: readonly Role[] = ['fast', 'architect', 'coder', 'debugger', 'reviewer'];
  for (const [index, manner] of manners.entries()) {
    const role = roles[index % roles.length] ?? 'coder';
    const key = { fix: fix.id, role, part: `part-${index}` };
    const ledger = createLedger(ports, fix, key, rosterOf(prices));
    const conversation = {
      system: `role: ${role}`,
      opening: `attempt: ${index}\n${'words of the issue '.repeat(200)}`,
      tools: editingTools({ syntax: fakeSyntax(), history: fakeHistory() }),
      finishes: [finish] as const,
      maxTurns: 25,
      maxOutputTokens: 16_000,
    };
    await converse(modelLike(manner), conversation, tree, emptyOverlay, ledger, quiet);
  }
  return { spent: await turns.spending(fix.id), turns };
}

const heldByOthers: Shortage = {
  purse: 'repository-day',
  limit: 'usd',
  amount: 10,
  spent: 1,
  held: 9,
  waitsFor: 'others',
  endsAtMs: 0,
};

const price: Price = {
  inputUsdPerMillion: 2,
  cachedInputUsdPerMillion: 0.2,
  cacheWriteUsdPerMillion: 2.5,
  outputUsdPerMillion: 10,
};
const manner: Manner = { modelId: 'a/one', density: 0.25, cached: 0, wrote: 0.1, calls: ['read', 'write'] };

describe('the budget of a fix', () => {
  it('is never exceeded by a cent or a token, whatever models read, cache, write and cost', async () => {
    const share = fc.nat(100).map((percent) => percent / 100);
    const rate = fc.nat(6_000).map((cents) => cents / 100);
    const prices = fc.record({
      inputUsdPerMillion: rate,
      cachedInputUsdPerMillion: rate,
      cacheWriteUsdPerMillion: rate,
      outputUsdPerMillion: rate,
    });
    const manners = fc.array(
      fc.record({
        modelId: fc.constant('a/one'),
        density: share,
        cached: share,
        wrote: share,
        calls: fc.array(fc.constantFrom('read', 'write', 'finish'), { minLength: 1, maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    const budgets = fc.record({
      usd: fc.integer({ min: 5, max: 400 }).map((cents) => cents / 100),
      tokens: fc.integer({ min: 20_000, max: 400_000 }),
    });
    await fc.assert(
      fc.asyncProperty(budgets, prices, manners, async ({ usd, tokens }, cost, all) => {
        const { spent } = await spend({ usd, tokens, attempts: 4, minutes: 60 }, { 'a/one': cost }, all);

        expect(spent.usd).toBeLessThanOrEqual(usd);
        expect(spent.tokens).toBeLessThanOrEqual(tokens);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('is spent by a model that goes on and on up to what is kept for the review', async () => {
    const budget = { usd: 0.5, tokens: 1e9, attempts: 4, minutes: 60 };
    const greedy = { ...manner, wrote: 0.3, calls: ['write'] as const };

    const { spent } = await spend(
      budget,
      { 'a/one': price },
      [manner, manner, greedy, greedy].map((one) => ({ ...one, calls: [...one.calls] })),
    );

    expect(spent.usd).toBeGreaterThan(0.35);
    expect(spent.usd).toBeLessThanOrEqual(0.45);
  });

  it.each([
    ['work', {}, false],
    ['attempts', { attempt: 1 }, true],
    [
      'a test that was written first',
      { reproduction: { failures: 0, feedback: null, run: null, base: null, end: null } },
      true,
    ],
  ])('lets a plan go beyond the share of plans once there was some: %s', async (_what, facts, goes) => {
    const budget = { usd: 5, tokens: 1_000_000, attempts: 4, minutes: 60 };
    const fix = { ...sampleFix({ policy: { ...defaultPolicy, budget } }), ...facts };
    const spent = { usd: 3.5, tokens: 0, hasUnknownPrice: false, workedMs: 0 };
    const turns = { ...fakeTurns(), spending: async () => spent };
    const ports = portsOf(turns, fix);
    const key = { fix: fix.id, role: 'architect', part: 'plan-round-1' } as const;
    const ledger = createLedger(ports, fix, key, rosterOf({ 'a/one': price }));
    const size = { estimatedTokens: 1_000, mostTokens: 4_000, mostTokensElsewhere: 4_000 };

    const permit = await ledger.beforeTurn(0, { ...size, maxOutputTokens: 16_000, minOutputTokens: 1_500 });

    expect(permit.go).toBe(goes);
    expect(ledger.reached()).toEqual(goes ? { kind: 'none' } : { kind: 'reached', limit: 'usd', isShare: true });
  });

  it('holds for the dearest model of a chain, whichever answers', async () => {
    const dear = { ...price, inputUsdPerMillion: 40, outputUsdPerMillion: 200, cacheWriteUsdPerMillion: 50 };

    const { spent } = await spend(
      { usd: 1, tokens: 1e9, attempts: 4, minutes: 60 },
      { 'a/one': price, 'b/two': dear },
      [manner, { ...manner, modelId: 'b/two', density: 0.4, wrote: 1 }, { ...manner, modelId: 'b/two' }],
    );

    expect(spent.usd).toBeLessThanOrEqual(1);
  });

  it('of a model without a price is held by its tokens', async () => {
    const { spent } = await spend({ usd: 5, tokens: 60_000, attempts: 4, minutes: 60 }, { 'a/one': null }, [
      manner,
      manner,
      manner,
    ]);

    expect(spent).toMatchObject({ usd: 0, hasUnknownPrice: true });
    expect(spent.tokens).toBeGreaterThan(20_000);
    expect(spent.tokens).toBeLessThanOrEqual(54_000);
  });

  it('of ten turns shows how much of what was read came from caches', async () => {
    const { spent } = await spend({ usd: 50, tokens: 1e9, attempts: 4, minutes: 60 }, { 'a/one': price }, [
      { ...manner, cached: 0.8, wrote: 0.01, calls: [...Array<'read'>(9).fill('read'), 'finish'] },
    ]);

    expect(cachedPercent(spent)).toBe(80);
    expect(costText({ usd: 50, tokens: 1e9, attempts: 4, minutes: 60 }, spent)).toContain('80% of them from caches');
  });

  it('holds what a call may cost while it is asked, and gives back what it did not', async () => {
    const fix = sampleFix();
    const turns = fakeTurns();
    const purses = fakePurses(turns);
    const key = { fix: fix.id, role: 'coder', part: 'attempt-1' } as const;
    const ledger = createLedger({ ...portsOf(turns, fix), purses }, fix, key, rosterOf({ 'a/one': price }));
    const size = { estimatedTokens: 1_000, mostTokens: 4_000, mostTokensElsewhere: 4_000 };

    await ledger.beforeTurn(0, { ...size, maxOutputTokens: 16_000, minOutputTokens: 1_500 });
    const held = [...purses.held.values()];
    await ledger.unanswered(
      new ProviderError('busy', { modelId: 'a/one', fault: 'rate-limited', status: 429, isRetryable: true }),
    );

    // 4,000 read at the price of cache writes, 16,000 written.
    expect(held).toEqual([{ usd: expect.closeTo(0.17, 10), tokens: 20_000 }]);
    expect(purses.held.size).toBe(0);
  });

  it('counts calls that were never answered as what they may have cost', async () => {
    const fix = sampleFix({ policy: { ...defaultPolicy, budget: { usd: 1, tokens: 1e9, attempts: 4, minutes: 60 } } });
    const spent = {
      usd: 0.5,
      tokens: 0,
      hasUnknownPrice: false,
      workedMs: 0,
      possible: { calls: 1, usd: 0.45, tokens: 1 },
    };
    const turns = { ...fakeTurns(), spending: async () => spent };
    const key = { fix: fix.id, role: 'reviewer', part: 'review-1' } as const;
    const ledger = createLedger(portsOf(turns, fix), fix, key, rosterOf({ 'a/one': price }));
    const size = { estimatedTokens: 1_000, mostTokens: 20_000, mostTokensElsewhere: 20_000 };

    const permit = await ledger.beforeTurn(0, { ...size, maxOutputTokens: 16_000, minOutputTokens: 1_500 });

    expect(permit.go).toBe(false);
    expect(ledger.reached()).toEqual({ kind: 'reached', limit: 'usd' });
  });

  it.each([
    ['at first', 0, 15_000],
    ['after a minute', 60_000, 30_000],
    ['after an hour', 3_600_000, 300_000],
  ])(
    'looks less often for money that others hold, the longer it has waited: %s',
    async (_when, waitedMs, retryInMs) => {
      const shortage = { ...heldByOthers, sinceMs: 0 };
      const fix = sampleFix({ shortage });
      const standing = { ...emptyPurses['repository-day'], usd: 1, heldUsd: 9 };
      const turns = fakeTurns();
      const purses = fakePurses(turns, () => ({ ...emptyPurses, 'repository-day': standing }));
      const purseLimitsOf = async () => ({ ...noPurseLimits, 'repository-day': { usd: 10, tokens: null } });
      const ports = { ...portsOf(turns, fix), purses, purseLimitsOf, now: () => waitedMs };
      const key = { fix: fix.id, role: 'coder', part: 'attempt-1' } as const;
      const ledger = createLedger(ports, fix, key, rosterOf({ 'a/one': price }));
      const size = { estimatedTokens: 1_000, mostTokens: 4_000, mostTokensElsewhere: 4_000 };

      await ledger.beforeTurn(0, { ...size, maxOutputTokens: 16_000, minOutputTokens: 1_500 });

      expect(ledger.reached()).toMatchObject({ kind: 'short', shortage: { waitsFor: 'others' }, retryInMs });
    },
  );

  it('is accounted for with each turn, before it is paid', async () => {
    const { turns } = await spend({ usd: 5, tokens: 1e9, attempts: 4, minutes: 60 }, { 'a/one': price }, [
      { ...manner, calls: ['read', 'finish'] },
    ]);

    const [first, second] = turns.accounts;
    expect(first).toMatchObject({ spentUsd: 0, spentTokens: 0, maxOutputTokens: 16_000 });
    expect(second?.spentTokens).toBeGreaterThan(0);
    expect(second?.estimatedInputTokens).toBeLessThan(second?.mostInputTokens ?? 0);
  });
});
