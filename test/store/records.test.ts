import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { noUsage } from '../../src/domain/cost.ts';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { ConversationKey, PaidTurn } from '../../src/ports/stores.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import {
  createPostgresAttempts,
  createPostgresDocuments,
  createPostgresEffects,
  createPostgresInputs,
  createPostgresInventories,
} from '../../src/store/postgres-records.ts';
import { createPostgresReproductions } from '../../src/store/postgres-reproductions.ts';
import { createPostgresTurns } from '../../src/store/postgres-turns.ts';
import { createSeal } from '../../src/store/seal.ts';
import { sampleAttempt, sampleFix, sampleIssue, sha } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const plain = createSeal([]);

describe.each(databaseKinds)('the rows of a fix in the %s database', (kind) => {
  let opening: StoreDatabase;
  let fix: FixId;
  let count = 0;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
  });
  afterAll(() => opening.close());

  beforeEach(async () => {
    count += 1;
    fix = `f-${count}-rows` as FixId;
    const issue = { ...sampleIssue, number: count };
    const fixes = createPostgresFixes(opening.database, Date.now);
    await fixes.begin(
      sampleFix({ id: fix, issue }),
      { type: 'labelled', issue, by: 'alice' },
      { delivery: `d-${count}` as DeliveryId, startsPerHour: { repository: 1_000, host: 1_000 } },
    );
  });

  describe('turns', () => {
    const turn = (index: number, facts: Partial<PaidTurn['reply']> = {}): PaidTurn => ({
      index,
      reply: {
        modelId: 'openai/gpt-6-sol',
        text: `turn ${index}`,
        toolCalls: [{ id: 'call-1', name: 'read_file', argumentsJson: '{"path":' }],
        stop: 'tool-calls',
        usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 10 },
        ...facts,
      },
      results: [{ callId: 'call-1', output: 'no such file', isError: true }],
      overlayChanges: { 'a.ts': { kind: 'write', text: 'one\r\n', mode: '100755' }, 'b.ts': null },
    });
    const keyOf = (part = 'attempt-1'): ConversationKey => ({ fix, role: 'coder', part });
    const stores = () => createPostgresTurns(opening.database, createRedactor([]), plain);
    const pay = async (key: ConversationKey, paid: PaidTurn, usd: number | null) => {
      await stores().begin(key, paid.index);
      await stores().record(key, paid, { usd });
    };

    it('come back in order and exactly, those of their own conversation only', async () => {
      for (const index of [2, 0, 1]) await pay(keyOf(), turn(index), 0.01);
      await pay(keyOf('attempt-2'), turn(0, { text: 'of another attempt' }), 0.01);
      await pay({ ...keyOf(), role: 'debugger' }, turn(0, { text: 'of another role' }), 0.01);

      const loaded = await stores().load(keyOf());

      expect(loaded).toEqual([turn(0), turn(1), turn(2)]);
    });

    it('that were asked and never answered are not loaded and cost nothing', async () => {
      await stores().begin(keyOf(), 0);
      await stores().begin(keyOf(), 0);

      expect(await stores().load(keyOf())).toEqual([]);
      expect(await stores().spending(fix)).toMatchObject({ usd: 0, tokens: 0, hasUnknownPrice: false });
    });

    it('that were answered but never asked are a bug, not a silence', async () => {
      await expect(stores().record(keyOf(), turn(0), { usd: 1 })).rejects.toThrow(TypeError);
    });

    it('add up over every conversation of the fix, cached tokens counted once', async () => {
      await pay(keyOf(), turn(0), 0.25);
      await pay(keyOf('attempt-2'), turn(0), 0.5);

      expect(await stores().spending(fix)).toMatchObject({ usd: 0.75, tokens: 220, hasUnknownPrice: false });
    });

    it('tell what was read, and what of that came from caches', async () => {
      await pay(keyOf(), turn(0), 0.25);
      await pay(keyOf('attempt-2'), turn(0), 0.5);

      expect(await stores().spending(fix)).toMatchObject({ inputTokens: 200, cachedInputTokens: 80 });
    });

    it('keep what was known of their cost before they were asked, and what went into a cache', async () => {
      const account = {
        estimatedInputTokens: 90,
        mostInputTokens: 400,
        maxOutputTokens: 1_000,
        spentUsd: 0.5,
        spentTokens: 7,
      };
      const usage = { inputTokens: 100, cachedInputTokens: 40, cacheWriteTokens: 60, outputTokens: 10 };
      await stores().begin(keyOf(), 0, account);
      await stores().record(keyOf(), turn(0, { usage }), { usd: 0.25 });

      const row = await opening.database
        .selectFrom('turns')
        .select(['account', 'cache_write_tokens'])
        .where('fix_id', '=', fix)
        .executeTakeFirstOrThrow();

      expect(row.account).toEqual(account);
      expect(Number(row.cache_write_tokens)).toBe(60);
    });

    it('of an unknown price make the sum a lower bound', async () => {
      await pay(keyOf(), turn(0), 0.25);
      await pay(keyOf(), turn(1), null);

      expect(await stores().spending(fix)).toMatchObject({ usd: 0.25, tokens: 220, hasUnknownPrice: true });
    });

    it('without tokens and cost are a spending of nothing, not an unknown one', async () => {
      await pay(keyOf(), turn(0, { usage: noUsage }), 0);

      expect(await stores().spending(fix)).toMatchObject({ usd: 0, tokens: 0, hasUnknownPrice: false });
    });

    it('name the models that answered, each once and sorted', async () => {
      await pay(keyOf(), turn(0, { modelId: 'openai/b' }), 0);
      await pay(keyOf(), turn(1, { modelId: 'anthropic/a' }), 0);
      await pay(keyOf(), turn(2, { modelId: 'openai/b' }), 0);

      expect(await stores().models(fix)).toEqual(['anthropic/a', 'openai/b']);
    });

    it('keep a file of a megabyte, and replace what Postgres does not take', async () => {
      const text = 'x'.repeat(1_000_000);
      const paid = {
        ...turn(0, { text: 'a\u0000\udc00' }),
        overlayChanges: { big: { kind: 'write', text, mode: '100644' } },
      } as const;
      await pay(keyOf(), paid, 0);

      const [loaded] = await stores().load(keyOf());

      expect(loaded?.reply.text).toBe('a\ufffd\ufffd');
      expect(loaded?.overlayChanges.big).toEqual({ kind: 'write', text, mode: '100644' });
    });
  });

  describe('attempts', () => {
    const attempts = () => createPostgresAttempts(opening.database, plain);

    it('are kept by number, the newest last', async () => {
      await attempts().put(fix, { ...sampleAttempt, number: 2 });
      await attempts().put(fix, { ...sampleAttempt, number: 1 });
      await attempts().put(fix, { ...sampleAttempt, number: 10 });

      expect((await attempts().all(fix)).map(({ number }) => number)).toEqual([1, 2, 10]);
      expect(await attempts().newest(fix)).toEqual({ ...sampleAttempt, number: 10 });
    });

    it('are replaced, not doubled', async () => {
      await attempts().put(fix, { ...sampleAttempt, status: 'writing' });

      await attempts().put(fix, { ...sampleAttempt, verdict: { kind: 'failed', text: 'one test fails' } });

      expect(await attempts().all(fix)).toEqual([
        { ...sampleAttempt, verdict: { kind: 'failed', text: 'one test fails' } },
      ]);
    });

    it('of a fix without any are none', async () => {
      expect(await attempts().newest(fix)).toBeNull();
      expect(await attempts().all(fix)).toEqual([]);
    });
  });

  describe('tests that come before the patch', () => {
    const reproductions = () => createPostgresReproductions(opening.database, plain);
    const tests = (number: number, name = 'adds') => ({
      number,
      base: sha('a'),
      overlay: { 'sum.test.js': { kind: 'write', text: 'test\r\n', mode: '100644' } } as const,
      tests: [name],
    });

    it('are kept by number and replaced, not doubled', async () => {
      await reproductions().put(fix, tests(1));
      await reproductions().put(fix, tests(2));
      await reproductions().put(fix, tests(2, 'adds all'));

      expect(await reproductions().find(fix, 1)).toEqual(tests(1));
      expect(await reproductions().find(fix, 2)).toEqual(tests(2, 'adds all'));
      expect(await reproductions().find(fix, 3)).toBeNull();
    });
  });

  describe('effects', () => {
    const effects = () => createPostgresEffects(opening.database);

    it('are found by their own key, the newest word for it', async () => {
      await effects().record(fix, 'comment:1:status', { id: 5, digest: 'a' });
      await effects().record(fix, 'comment:1:status', { id: 5, digest: 'b' });

      expect(await effects().find(fix, 'comment:1:status')).toEqual({ id: 5, digest: 'b' });
      expect(await effects().find(fix, 'comment:1:plan')).toBeNull();
      expect(await effects().find('f-other' as FixId, 'comment:1:status')).toBeNull();
    });

    it('are one when two try to record the same', async () => {
      await Promise.all([1, 2, 3, 4].map((id) => effects().record(fix, 'run:1', { id })));

      expect(await effects().find(fix, 'run:1')).toHaveProperty('id');
    });
  });

  describe('documents', () => {
    const documents = () => createPostgresDocuments(opening.database);

    it('come in their order and replace all earlier ones', async () => {
      await documents().put(fix, [{ kind: 'plan', markdown: 'the first plan' }]);

      await documents().put(fix, [
        { kind: 'design', markdown: 'the design' },
        { kind: 'requirements', markdown: 'the requirements' },
      ]);

      expect(await documents().list(fix)).toEqual([
        { kind: 'requirements', markdown: 'the requirements' },
        { kind: 'design', markdown: 'the design' },
      ]);
    });

    it('may be none', async () => {
      await documents().put(fix, []);

      expect(await documents().list(fix)).toEqual([]);
    });

    it('are kept with signs that Postgres does not take replaced', async () => {
      await documents().put(fix, [{ kind: 'plan', markdown: 'a\u0000b\ud800c' }]);

      expect(await documents().list(fix)).toEqual([{ kind: 'plan', markdown: 'a\ufffdb\ufffdc' }]);
    });
  });

  describe('the frozen input', () => {
    const frozen = { text: 'the words', digest: 'd1', leftOut: ['HTML comments (1)'] };

    it('is what was put first, whoever puts again', async () => {
      const inputs = createPostgresInputs(opening.database);
      const before = await inputs.find(fix);

      await inputs.put(fix, frozen);
      await inputs.put(fix, { text: 'other words', digest: 'd2', leftOut: [] });

      expect({ before, after: await inputs.find(fix) }).toEqual({ before: null, after: frozen });
    });
  });

  describe('inventories', () => {
    const checks = { test: { passed: ['a'], failed: [], skipped: [], leftOut: 0 } };
    const place = (digit: string, workflowBlob: string) => ({
      repository: { installationId: 7, owner: 'acme', name: 'shop' },
      commit: sha(digit),
      workflowBlob: `${kind}-${workflowBlob}`,
    });

    it('belong to one commit under one workflow', async () => {
      const inventories = createPostgresInventories(opening.database);

      await inventories.put(place('a', 'one'), checks);

      expect(await inventories.find(place('a', 'one'))).toEqual(checks);
      expect(await inventories.find(place('b', 'one'))).toBeNull();
      expect(await inventories.find(place('a', 'two'))).toBeNull();
    });

    it('that are empty hold for every commit under that workflow, unless one was measured itself', async () => {
      const inventories = createPostgresInventories(opening.database);

      await inventories.put(place('a', 'silent'), {});
      await inventories.put(place('c', 'silent'), checks);

      expect(await inventories.find(place('b', 'silent'))).toEqual({});
      expect(await inventories.find(place('c', 'silent'))).toEqual(checks);
    });
  });
});
