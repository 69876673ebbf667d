import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { SealError } from '../../src/domain/faults.ts';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { type LineOf, type TraceLine, traceLineSchema } from '../../src/domain/trace-line.ts';
import type { FailedCall, TurnTrace } from '../../src/domain/turn-trace.ts';
import type { ConversationKey, PaidTurn } from '../../src/ports/stores.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { createPostgresAttempts } from '../../src/store/postgres-records.ts';
import { createPostgresTraces } from '../../src/store/postgres-traces.ts';
import { createPostgresTurns } from '../../src/store/postgres-turns.ts';
import { createSeal, isSealed, keyIdOf } from '../../src/store/seal.ts';
import { sampleAttempt, sampleFix, sampleIssue } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)] as const;
const secret = `sk-${randomBytes(20).toString('hex')}`;
const day = 24 * 60 * 60_000;

const turn: PaidTurn = {
  index: 0,
  reply: {
    modelId: 'openai/gpt-6-sol',
    text: 'Let me look at the basket.',
    toolCalls: [{ id: 'call-1', name: 'read_file', argumentsJson: '{"path":"basket.ts"}' }],
    stop: 'tool-calls',
    usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, reasoningTokens: 4 },
    passedOver: [{ modelId: 'anthropic/claude-sonnet-5', reason: `overloaded, said ${secret}` }],
  },
  results: [{ callId: 'call-1', output: 'the whole basket', isError: false }],
  overlayChanges: { 'a.ts': { kind: 'write', text: 'the basket', mode: '100644' } },
};
const trace: TurnTrace = {
  prompt: { name: 'code', version: 3 },
  parameters: { maxOutputTokens: 1_000 },
  inputDigest: 'a'.repeat(64),
  inputBytes: 9_000,
  outputDigest: 'b'.repeat(64),
  latencyMs: 1_200,
  firstTokenMs: 300,
  calls: [
    {
      name: 'read_file',
      argumentsBytes: 20,
      argumentsDigest: 'c'.repeat(64),
      outputBytes: 16,
      outputDigest: 'd'.repeat(64),
      isError: false,
      tookMs: 7,
    },
  ],
};
const fault: FailedCall = {
  modelId: 'openai/gpt-6-sol',
  fault: 'rate-limited',
  status: 429,
  reason: `wait, ${secret}`,
  passedOver: [{ modelId: 'anthropic/claude-sonnet-5', reason: `no key, ${secret}` }],
  prompt: null,
  inputDigest: 'a'.repeat(64),
  inputBytes: 9_000,
  latencyMs: 50,
};

describe.each(databaseKinds)('traces in the %s database', (kind) => {
  let opening: StoreDatabase;
  let fix: FixId;
  let count = 0;
  let nowMs = Date.now();
  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
  });
  afterAll(() => opening.close());

  const fixes = () => createPostgresFixes(opening.database, () => nowMs);
  beforeEach(async () => {
    count += 1;
    fix = `f-${count}-trace` as FixId;
    const issue = { ...sampleIssue, number: 1_000 + count };
    await fixes().begin(
      sampleFix({ id: fix, issue }),
      { type: 'labelled', issue, by: 'alice' },
      { delivery: `d-${count}` as DeliveryId, startsPerHour: { repository: 1_000, host: 1_000 } },
    );
  });

  const turnsWith = (...keys: Buffer[]) =>
    createPostgresTurns(opening.database, createRedactor([secret]), createSeal(keys));
  const tracesWith = (keys: readonly Buffer[] = [], keepDays = 90) =>
    createPostgresTraces(opening.database, { seal: createSeal(keys), keepDays, now: () => nowMs });
  const keyOf = (part = 'attempt-1'): ConversationKey => ({ fix, role: 'coder', part });
  const pay = async (turns = turnsWith(), key = keyOf()) => {
    await turns.begin(key, 0);
    await turns.record(key, turn, { usd: 0.25 }, trace);
  };
  const linesOf = async (withTexts = false, keys: readonly Buffer[] = []): Promise<TraceLine[]> => {
    const lines = await tracesWith(keys).lines(fix, withTexts);
    const all: TraceLine[] = [];
    for await (const line of lines ?? []) all.push(line);
    return all;
  };
  const only = <Type extends TraceLine['type']>(lines: readonly TraceLine[], type: Type): LineOf<Type>[] =>
    lines.filter((line): line is LineOf<Type> => line.type === type);
  const stop = () => fixes().append(fix, { type: 'stop-requested', by: 'alice', reason: 'enough' }, { key: 'stop' });

  describe('lines', () => {
    it('tell of a call all that can be counted, and no word of it', async () => {
      await pay();

      const lines = await linesOf();

      expect(lines[0]).toMatchObject({ type: 'fix', fix, repository: 'acme/shop', usd: 0.25, cachedPercent: 40 });
      expect(only(lines, 'call')).toEqual([
        expect.objectContaining({
          role: 'coder',
          part: 'attempt-1',
          turn: 0,
          asked: 1,
          status: 'answered',
          model: 'openai/gpt-6-sol',
          prompt: { name: 'code', version: 3 },
          parameters: { maxOutputTokens: 1_000 },
          tokens: { input: 100, cached: 40, cacheWrite: 0, output: 10, reasoning: 4, isEstimated: false },
          usd: 0.25,
          latencyMs: 1_200,
          firstTokenMs: 300,
          stop: 'tool-calls',
          inputDigest: 'a'.repeat(64),
          texts: 'kept',
        }),
      ]);
      expect(only(lines, 'tool')).toEqual([
        expect.objectContaining({ ...trace.calls[0], call: 0, role: 'coder', turn: 0 }),
      ]);
      expect(JSON.stringify(lines)).not.toContain('basket');
    });

    it('tell what a question without an answer may have cost beside what is known', async () => {
      await pay();
      const place = { fix_id: fix, role: 'coder', part: 'attempt-1', index: 1, repository: 'acme/shop', owner: 'acme' };
      await opening.database
        .insertInto('holds')
        .values({ ...place, usd: '0.5', tokens: '100', day: '2026-11-27' })
        .execute();

      expect((await linesOf())[0]).toMatchObject({ usd: 0.25, possibleUsd: 0.5 });
    });

    it('hold to their schema, and no secret', async () => {
      await pay();
      await turnsWith().begin(keyOf(), 1);
      await turnsWith().fail(keyOf(), 1, fault);
      await createPostgresAttempts(opening.database, createSeal([])).put(fix, sampleAttempt);

      const lines = [...(await linesOf()), ...(await linesOf(true))];

      for (const line of lines) expect(traceLineSchema.parse(line)).toEqual(line);
      expect(new Set(lines.map(({ type }) => type))).toEqual(
        new Set(['fix', 'event', 'call', 'tool', 'fault', 'attempt']),
      );
      expect(JSON.stringify(lines)).toContain('redacted');
      expect(JSON.stringify(lines)).not.toContain(secret);
    });

    it('hold the words too, where that is asked for', async () => {
      await pay();

      const lines = await linesOf(true);

      expect(only(lines, 'call')[0]?.text).toBe('Let me look at the basket.');
      expect(only(lines, 'tool')[0]).toMatchObject({ arguments: '{"path":"basket.ts"}', output: 'the whole basket' });
    });

    it('come in the order of time, the fix first', async () => {
      await pay();

      const lines = await linesOf();

      const times = lines.slice(1).map(({ at }) => at ?? '');
      expect(lines[0]?.type).toBe('fix');
      expect(only(lines, 'event')[0]).toMatchObject({ event: 'labelled', advanced: true, facts: { by: 'alice' } });
      expect(times.toSorted()).toEqual(times);
    });

    it('tell of a question that was never answered, and of each time it failed', async () => {
      const turns = turnsWith();
      await turns.begin(keyOf(), 0);
      await turns.fail(keyOf(), 0, fault);
      await turns.fail(keyOf(), 0, fault);
      await turns.begin(keyOf(), 0);
      await turns.fail(keyOf(), 0, { ...fault, fault: 'no-reply', status: null });

      const lines = await linesOf();

      expect(only(lines, 'call')).toEqual([
        expect.objectContaining({ status: 'unanswered', asked: 2, usd: null, texts: 'none' }),
      ]);
      expect(only(lines, 'fault').map((line) => [line.asked, line.fault, line.status])).toEqual([
        [1, 'rate-limited', 429],
        [2, 'no-reply', null],
      ]);
    });

    it('of turns of an older version leave out what nobody wrote down', async () => {
      const turns = turnsWith();
      await turns.begin(keyOf(), 0);
      await turns.record(keyOf(), turn, { usd: null });

      const lines = await linesOf();

      expect(only(lines, 'call')).toEqual([expect.objectContaining({ prompt: null, latencyMs: null, usd: null })]);
      expect(only(lines, 'tool')).toEqual([]);
    });

    it('of a fix that is not there are none; those that are can be named', async () => {
      expect(await tracesWith().lines('f-0-none' as FixId, false)).toBeNull();
      expect(await tracesWith().ofThread('Acme/Shop', 1_000 + count)).toEqual([fix]);
      expect(await tracesWith().ofThread('acme/shop', 1)).toEqual([]);
      expect(await tracesWith().ofThread('acme/shop', 9_999_999_999)).toEqual([]);
      expect((await tracesWith().newest(100)).map(({ id }) => id)).toContain(fix);
    });
  });

  describe('with a key', () => {
    const rowsOf = async () =>
      JSON.stringify([
        await opening.database.selectFrom('turns').selectAll().where('fix_id', '=', fix).execute(),
        await opening.database.selectFrom('attempts').selectAll().where('fix_id', '=', fix).execute(),
      ]);

    it('no column shows a word of a conversation, and all of it comes back', async () => {
      await pay(turnsWith(fresh));
      const attempt = { ...sampleAttempt, overlay: turn.overlayChanges as never };
      await createPostgresAttempts(opening.database, createSeal([fresh])).put(fix, attempt);

      expect(await rowsOf()).not.toContain('basket');
      expect(await turnsWith(fresh).load(keyOf())).toEqual([turnWithoutSecret]);
      expect(await createPostgresAttempts(opening.database, createSeal([fresh])).all(fix)).toEqual([attempt]);
      expect(await turnsWith().spending(fix)).toMatchObject({ usd: 0.25, tokens: 110 });
    });

    it('rows from before it are still read, and those of both keys after a rotation', async () => {
      await pay(turnsWith(), keyOf('plan-1'));
      await pay(turnsWith(old), keyOf('attempt-1'));
      await pay(turnsWith(fresh, old), keyOf('attempt-2'));

      for (const part of ['plan-1', 'attempt-1', 'attempt-2'])
        expect(await turnsWith(fresh, old).load(keyOf(part))).toEqual([turnWithoutSecret]);
    });

    it('a conversation whose key is gone is not begun anew: it says so, and can be read again later', async () => {
      await pay(turnsWith(old));

      await expect(turnsWith(fresh).load(keyOf())).rejects.toThrow(SealError);
      await expect(turnsWith().load(keyOf())).rejects.toThrow(/AI_FIX_TRACE_KEY/);
      expect(await turnsWith(old).load(keyOf())).toEqual([turnWithoutSecret]);
    });

    it('a key that live fixes need and nobody set is known at once', async () => {
      await pay(turnsWith(old));

      expect(await tracesWith([fresh, old]).missingKeys()).toEqual([]);
      expect(await tracesWith([fresh]).missingKeys()).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/)]);
    });

    it('a key that only attempts or results need is known too, and which keys are in use can be asked', async () => {
      await pay(turnsWith());
      await createPostgresAttempts(opening.database, createSeal([old])).put(fix, sampleAttempt);
      await pay(turnsWith(fresh), keyOf('attempt-2'));

      const missing = await tracesWith([fresh]).missingKeys();
      const inUse = await tracesWith([fresh]).keysInUse();

      expect(missing).toContain(keyIdOf(old));
      expect(inUse).toContainEqual(expect.objectContaining({ key: keyIdOf(old), isSet: false }));
      expect(inUse).toContainEqual(expect.objectContaining({ key: keyIdOf(fresh), isSet: true }));
    });

    it('rows stay plain where keys only read, and older ones are read', async () => {
      await pay(turnsWith(old), keyOf('plan-1'));
      const turns = createPostgresTurns(opening.database, createRedactor([secret]), createSeal([old], true));
      await pay(turns, keyOf('attempt-1'));

      expect(await turns.load(keyOf('plan-1'))).toEqual([turnWithoutSecret]);
      expect(await turnsWith().load(keyOf('attempt-1'))).toEqual([turnWithoutSecret]);
    });

    it('a trace that cannot be decrypted still tells its numbers', async () => {
      await pay(turnsWith(old));

      const lines = await linesOf(true, [fresh]);

      expect(only(lines, 'call')).toEqual([expect.objectContaining({ texts: 'unreadable', usd: 0.25 })]);
      expect(only(lines, 'tool')).toHaveLength(1);
      expect(JSON.stringify(lines)).not.toContain('basket');
    });

    it('a row that was copied into another conversation does not open', async () => {
      await pay(turnsWith(fresh));
      await pay(turnsWith(fresh), keyOf('attempt-2'));
      const rows = opening.database.selectFrom('turns').select('reply').where('fix_id', '=', fix);
      const { reply } = await rows.where('part', '=', 'attempt-1').executeTakeFirstOrThrow();
      expect(isSealed(reply)).toBe(true);
      await opening.database
        .updateTable('turns')
        .set({ reply: JSON.stringify(reply) })
        .where('fix_id', '=', fix)
        .where('part', '=', 'attempt-2')
        .execute();

      await expect(turnsWith(fresh).load(keyOf('attempt-2'))).rejects.toThrow(/changed or moved/);
    });
  });

  describe('whose time is over', () => {
    const later = async (ms: number, work: () => Promise<void>) => {
      const before = nowMs;
      nowMs += ms;
      try {
        await work();
      } finally {
        nowMs = before;
      }
    };

    it('lose their words and keep their numbers', async () => {
      await pay();
      await stop();
      await release();

      await later(91 * day, async () => void (await tracesWith().dropTexts()));

      const lines = await linesOf(true);
      expect(lines[0]).toMatchObject({ texts: 'dropped', usd: 0.25 });
      expect(only(lines, 'call')).toEqual([
        expect.objectContaining({ part: 'attempt-1', texts: 'dropped', usd: 0.25, latencyMs: 1_200 }),
      ]);
      expect(only(lines, 'tool')[0]).not.toHaveProperty('output');
      expect(await turnsWith().spending(fix)).toMatchObject({ usd: 0.25, tokens: 110 });
      const rows = await opening.database.selectFrom('turns').selectAll().where('fix_id', '=', fix).execute();
      expect(JSON.stringify(rows)).not.toContain('basket');
    });

    it('lose what was written for them too, once nobody can resume them, and what providers said', async () => {
      const attempts = createPostgresAttempts(opening.database, createSeal([]));
      await pay();
      await turnsWith().begin(keyOf(), 1);
      await turnsWith().fail(keyOf(), 1, fault);
      await attempts.put(fix, sampleAttempt);
      await stop();
      await release();
      await tracesWith([], 0).dropTexts();
      const whileResumable = await attempts.all(fix);
      nowMs += 1_000;
      await opening.database
        .updateTable('fixes')
        .set({ state: 'archived', updated_at: new Date(nowMs) })
        .where('id', '=', fix)
        .execute();
      nowMs += 1_000;

      await tracesWith([], 0).dropTexts();

      expect(whileResumable).toEqual([sampleAttempt]);
      expect(await attempts.all(fix)).toEqual([]);
      expect(only(await linesOf(true), 'fault').map(({ reason }) => reason)).toEqual(['']);
    });

    it('are left alone as long as the fix lives, has work to do, or ended a short while ago', async () => {
      await pay();

      await later(1_000 * day, async () => void (await tracesWith().dropTexts()));
      await stop();
      await later(1_000 * day, async () => void (await tracesWith().dropTexts()));
      const withConclusion = await turnsWith().load(keyOf());
      await release();
      await later(89 * day, async () => void (await tracesWith().dropTexts()));

      expect(withConclusion).toHaveLength(1);
      expect(await turnsWith().load(keyOf())).toHaveLength(1);
    });

    it('lose them once, however often the sweep comes by', async () => {
      await pay();
      await stop();
      await release();
      await later(91 * day, async () => {
        expect(await tracesWith().dropTexts()).toBeGreaterThan(0);
        expect(await tracesWith().dropTexts()).toBe(0);
      });
    });

    it('lose them at once where nothing shall be kept', async () => {
      await pay();
      await stop();
      await release();

      await tracesWith([], 0).dropTexts();

      expect(await turnsWith().load(keyOf())).toEqual([]);
    });

    it('let a fix that is resumed later talk anew, with what it spent still counted', async () => {
      await pay();
      await turnsWith().begin(keyOf(), 1);
      await turnsWith().fail(keyOf(), 1, fault);
      await stop();
      await release();
      await tracesWith([], 0).dropTexts();

      await pay();
      await turnsWith().begin(keyOf(), 1);
      await turnsWith().fail(keyOf(), 1, fault);

      expect(await turnsWith().load(keyOf())).toEqual([turnWithoutSecret]);
      expect(await turnsWith().spending(fix)).toMatchObject({ usd: 0.5, tokens: 220 });
      expect(only(await linesOf(), 'fault')).toHaveLength(2);
    });

    /** The burst that a stop orders has done its work. */
    const release = async () => {
      await opening.database.updateTable('fixes').set({ burst_kind: null }).where('id', '=', fix).execute();
    };
  });
});

const turnWithoutSecret: PaidTurn = {
  ...turn,
  reply: {
    ...turn.reply,
    passedOver: [{ modelId: 'anthropic/claude-sonnet-5', reason: 'overloaded, said [redacted]' }],
  },
};
