import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Usage } from '../../src/domain/conversation.ts';
import type { Price } from '../../src/domain/cost.ts';
import { ProviderError } from '../../src/domain/faults.ts';
import type { Fix } from '../../src/domain/fix-facts.ts';
import type { DeliveryId, FixId, RepositoryRef } from '../../src/domain/ids.ts';
import { noPurseLimits, type PurseLimits, type PurseStanding } from '../../src/domain/purse.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import type { TurnTrace } from '../../src/domain/turn-trace.ts';
import type { Roster } from '../../src/ports/roster.ts';
import type { PaidTurn } from '../../src/ports/stores.ts';
import { createLedger } from '../../src/steps/pay-turns.ts';
import type { Database } from '../../src/store/database.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { createPostgresPurses } from '../../src/store/postgres-purses.ts';
import { createPostgresTurns } from '../../src/store/postgres-turns.ts';
import { createSeal } from '../../src/store/seal.ts';
import { portsForTest } from './ports-for-test.ts';
import { sampleFix, sampleIssue, sampleRepository } from './sample-fix.ts';

/** A replica's view of one database. */
type Replica = ReturnType<typeof replicaOf>;

export const replicaOf = (database: Database) => ({
  database,
  turns: createPostgresTurns(database, createRedactor([]), createSeal([])),
  purses: createPostgresPurses(database),
  fixes: createPostgresFixes(database, Date.now),
});

export interface MoneyDatabase {
  /** Two processes of one App; the embedded database knows only one. */
  readonly replicas: readonly [Replica, Replica];
  close(): Promise<void>;
}

/** A dollar for a hundred thousand tokens, read or written: sums are easy. */
const price: Price = { inputUsdPerMillion: 10, cachedInputUsdPerMillion: 1, outputUsdPerMillion: 10 };
const modelId = 'a/one';
const roster: Roster = {
  modelFor: () => expect.fail('nobody is asked here'),
  describe: () => ({ architect: [], coder: [modelId], fast: [], debugger: [], reviewer: [] }),
  priceOf: () => price,
};

/** 1,000 read and 4,000 written at most: five cents. With 1,500 to write it is two and a half. */
const ask = {
  estimatedTokens: 500,
  mostTokens: 1_000,
  mostTokensElsewhere: 1_000,
  maxOutputTokens: 4_000,
  minOutputTokens: 1_500,
};
const leastUsd = 0.025;

const turnOf = (index: number, inputTokens: number, outputTokens: number, lostUsage?: Usage): PaidTurn => ({
  index,
  reply: {
    modelId,
    text: '',
    toolCalls: [],
    stop: 'end',
    usage: { inputTokens, cachedInputTokens: Math.floor(inputTokens / 2), outputTokens },
    ...(lostUsage && { lostUsage }),
  },
  results: [],
  overlayChanges: {},
});

const untraced: TurnTrace = {
  prompt: null,
  parameters: {},
  inputDigest: '',
  inputBytes: 0,
  outputDigest: '',
  latencyMs: 0,
  firstTokenMs: null,
  calls: [],
};

let opened: MoneyDatabase;
let begun = 0;

async function begin({ fixes }: Replica, repository: RepositoryRef = sampleRepository): Promise<Fix> {
  begun += 1;
  const issue = { ...sampleIssue, number: begun };
  const fix = sampleFix({ id: `f-${begun}` as FixId, issue, repository });
  const delivery = `d-${begun}` as DeliveryId;
  await fixes.begin(
    fix,
    { type: 'labelled', issue, by: 'a' },
    { delivery, startsPerHour: { repository: 1e6, host: 1e6 } },
  );
  return fix;
}

const dayLimit = (usd: number): PurseLimits => ({ ...noPurseLimits, 'repository-day': { usd, tokens: null } });

function ledgerOf(replica: Replica, fix: Fix, limits: PurseLimits, part = 'attempt-1') {
  const { fixes, turns, purses } = replica;
  const ports = portsForTest({
    fixes,
    turns,
    purses,
    purseLimitsOf: async () => limits,
    engine: { holdWhileStopping: async () => undefined },
    now: Date.now,
  });
  return createLedger(ports, fix, { fix: fix.id, role: 'coder', part }, roster);
}

/** What is gone and what is set aside: this may never be more than the limit. */
const goneOf = ({ usd, heldUsd }: PurseStanding): number => usd + heldUsd;

/**
 * One fix: asks call after call, waits a little while others hold the money, and ends when only another day would help.
 *
 * @returns what it was told in the end, and how many calls were answered.
 */
async function spendAll(replica: Replica, fix: Fix, limits: PurseLimits, manner: (index: number) => Manner) {
  const ledger = ledgerOf(replica, fix, limits);
  let waits = 0;
  for (let index = 0; ; ) {
    const permit = await ledger.beforeTurn(index, ask);
    if (!permit.go) {
      const reached = ledger.reached();
      if (reached.kind !== 'short') return { reached, answered: index };
      if (reached.shortage.waitsFor === 'period') return { reached, answered: index };
      waits += 1;
      if (waits > 2_000) throw new Error('it waits for money that never comes back');
      await pause(5);
      continue;
    }
    const { end, tookMs } = manner(index);
    await pause(tookMs);
    if (end === 'refused') await ledger.unanswered(refusal);
    else if (end === 'broken') await ledger.unanswered(broken);
    else if (end === 'tried-twice') {
      // The first try wrote all that it was allowed to, and nothing came of it.
      const lostUsage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: permit.maxOutputTokens ?? 0 };
      if (await permit.mayAskAgain?.(lostUsage)) {
        await pause(tookMs);
        await ledger.record(turnOf(index, 1_000, permit.maxOutputTokens ?? 0, lostUsage), untraced);
        index += 1;
      } else await ledger.unanswered(Object.assign(refusalOf(), { usage: lostUsage }));
    } else {
      const most = permit.maxOutputTokens ?? 0;
      await ledger.record(turnOf(index, 1_000, Math.floor(most * end)), untraced);
      index += 1;
    }
  }
}

/** Of a try that came to nothing: a cent. */
const usage: Usage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 0 };

const refusalOf = () => new ProviderError('busy', { modelId, fault: 'overloaded', status: 529, isRetryable: true });
const refusal = refusalOf();
const broken = new ProviderError('cut', { modelId, fault: 'unreachable', isRetryable: true });

interface Manner {
  readonly end: 'refused' | 'broken' | 'tried-twice' | number;
  readonly tookMs: number;
}

/** The same for the same fix, so that a failing run can be told again. */
function mannersOf(seed: number): (index: number) => Manner {
  let state = seed * 2_654_435_761 + 1;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return () => {
    const kind = next();
    const end = kind < 0.05 ? 'refused' : kind < 0.1 ? 'broken' : kind < 0.25 ? 'tried-twice' : next();
    return { end, tookMs: Math.floor(next() * 20) };
  };
}

/** What holds of money in every database, told as tests; `open` is called once. */
export function describeMoneyRaces(where: string, open: () => Promise<MoneyDatabase>): void {
  describe(`money that fixes share, in ${where}`, () => {
    beforeAll(async () => {
      opened = await open();
      begun = 0;
    }, 120_000);
    afterAll(() => opened.close());

    const shop = (name: string) => ({ ...sampleRepository, name });

    it('is never exceeded by 20 parallel fixes, and none of it is left that a call could have had', async () => {
      const { replicas } = opened;
      const repository = shop('race');
      const limit = 2;
      const fixes = await Promise.all(
        Array.from({ length: 20 }, (_, at) => begin(replicas[at % 2] ?? replicas[0], repository)),
      );
      const seen: number[] = [];
      let isOver = false;
      const watch = (async () => {
        while (!isOver) {
          seen.push(goneOf((await replicas[0].purses.standings(repository))['repository-day']));
          await pause(10);
        }
      })();

      const ends = await Promise.all(
        fixes.map((fix, at) => spendAll(replicas[at % 2] ?? replicas[0], fix, dayLimit(limit), mannersOf(at))),
      );
      isOver = true;
      await watch;

      const { usd, heldUsd } = (await replicas[1].purses.standings(repository))['repository-day'];
      expect(Math.max(...seen)).toBeLessThanOrEqual(limit + 1e-9);
      expect(usd).toBeLessThanOrEqual(limit + 1e-9);
      expect(heldUsd).toBe(0);
      // Whoever was told that only tomorrow helps was told the truth.
      expect(limit - usd).toBeLessThan(leastUsd + 1e-6);
      expect(ends.every(({ reached }) => reached.kind === 'short')).toBe(true);
      expect(ends.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(20);
    }, 60_000);

    it('comes back where it was set aside and not spent: a second wave has what the first left', async () => {
      const { replicas } = opened;
      const repository = shop('waves');
      const limits = dayLimit(1);
      // Twenty times five cents: the whole limit is set aside.
      const first = await Promise.all(Array.from({ length: 20 }, () => begin(replicas[0], repository)));
      const ledgers = first.map((fix) => ledgerOf(replicas[0], fix, limits));
      const permits = await Promise.all(ledgers.map((ledger) => ledger.beforeTurn(0, ask)));
      const late = ledgerOf(replicas[1], await begin(replicas[1], repository), limits);
      const whileHeld = await late.beforeTurn(0, ask);
      const told = late.reached();

      await Promise.all(ledgers.map((ledger) => ledger.record(turnOf(0, 400, 100), untraced)));
      const second = await Promise.all(
        Array.from({ length: 15 }, async () => {
          const ledger = ledgerOf(replicas[1], await begin(replicas[1], repository), limits);
          const permit = await ledger.beforeTurn(0, ask);
          if (permit.go) await ledger.record(turnOf(0, 400, 100), untraced);
          return permit.go;
        }),
      );

      expect(permits.every(({ go }) => go)).toBe(true);
      expect(whileHeld).toEqual({ go: false, why: 'money' });
      expect(told).toMatchObject({ kind: 'short', shortage: { purse: 'repository-day', waitsFor: 'others' } });
      expect(second).toEqual(second.map(() => true));
    }, 60_000);

    it('of an organization is one purse for all its repositories, and of the host for everybody', async () => {
      const { replicas } = opened;
      const [one] = replicas;
      const owner = { ...sampleRepository, owner: 'umbrella' };
      const limits = { ...noPurseLimits, 'organization-month': { usd: 0.08, tokens: null } };
      const spender = ledgerOf(one, await begin(one, { ...owner, name: 'a' }), limits);
      await spender.beforeTurn(0, ask);
      await spender.record(turnOf(0, 1_000, 4_000), untraced);

      const sibling = ledgerOf(one, await begin(one, { ...owner, name: 'b' }), limits);
      const little = await sibling.beforeTurn(0, ask);
      const stranger = ledgerOf(one, await begin(one, { ...owner, owner: 'other', name: 'b' }), limits);
      const free = await stranger.beforeTurn(0, ask);
      const hostUsd = (await one.purses.standings(sampleRepository))['host-month'];
      const spent = goneOf(hostUsd);
      const host = { ...noPurseLimits, 'host-month': { usd: spent + 0.01, tokens: null } };
      const last = ledgerOf(one, await begin(one, { ...owner, owner: 'third', name: 'b' }), host);
      const refused = await last.beforeTurn(0, ask);

      // Half a cent is lost to cached reading; what is left is enough for a shorter answer.
      expect(little).toMatchObject({ go: true, maxOutputTokens: expect.any(Number) });
      expect(little.go && little.maxOutputTokens).toBeLessThan(4_000);
      expect(free).toMatchObject({ go: true, maxOutputTokens: 4_000 });
      expect(refused).toEqual({ go: false, why: 'money' });
      expect(last.reached()).toMatchObject({ shortage: { purse: 'host-month', limit: 'usd' } });
    });

    it('goes on to count where a process died with a call under way, whether it is asked again or not', async () => {
      const { replicas } = opened;
      const [one, two] = replicas;
      const repository = shop('killed');
      const fix = await begin(one, repository);
      await ledgerOf(one, fix, dayLimit(1)).beforeTurn(0, ask);
      const held = (await one.purses.standings(repository))['repository-day'];

      const again = ledgerOf(two, fix, dayLimit(1));
      await again.beforeTurn(0, ask);
      const asked = (await one.purses.standings(repository))['repository-day'];
      await again.record(turnOf(0, 1_000, 0), untraced);

      const settled = (await one.purses.standings(repository))['repository-day'];
      expect(held).toMatchObject({ usd: 0, heldUsd: 0.05 });
      expect(asked).toMatchObject({ usd: 0.05, heldUsd: 0.05 });
      expect(settled.usd).toBeCloseTo(0.05 + 0.0055, 10);
      expect(settled.heldUsd).toBe(0);
      expect(await one.turns.spending(fix.id)).toMatchObject({
        usd: expect.closeTo(0.0055, 10),
        possible: { calls: 1, usd: 0.05, tokens: 5_000 },
      });
    });

    it('that a dead call holds is waited for no longer than a call can last, and stays spent', async () => {
      const { replicas } = opened;
      const [one] = replicas;
      const repository = shop('dead');
      await ledgerOf(one, await begin(one, repository), dayLimit(1)).beforeTurn(0, ask);
      await one.database
        .updateTable('holds')
        .set({ held_at: new Date(Date.now() - 31 * 60_000) })
        .where('repository', '=', 'acme/dead')
        .execute();

      const waiting = ledgerOf(one, await begin(one, repository), dayLimit(0.06));
      const permit = await waiting.beforeTurn(0, ask);

      expect(permit).toEqual({ go: false, why: 'money' });
      expect(waiting.reached()).toMatchObject({ shortage: { spent: 0.05, held: 0, waitsFor: 'period' } });
    });

    it.each([
      ['a refusal costs nothing', refusal, 0],
      ['what broke off may have been read, and no more is known of it', broken, 0.005],
      ['what a provider counted before it broke off', Object.assign(refusalOf(), { usage }), 0.01],
      ['a stop may come after the answer was begun', new Error('the fix was stopped'), 0.05],
    ])('settles a call without a reply: %s', async (what, fault, usd) => {
      const { replicas } = opened;
      const [one] = replicas;
      const repository = shop(what.replaceAll(' ', '-'));
      const ledger = ledgerOf(one, await begin(one, repository), dayLimit(1));
      await ledger.beforeTurn(0, ask);

      await ledger.unanswered(fault);
      await ledger.unanswered(fault);

      expect((await one.purses.standings(repository))['repository-day']).toMatchObject({ usd, heldUsd: 0 });
    });

    it('is not eaten by a provider that hangs: a turn that is asked ten times and never heard of counts once', async () => {
      const { replicas } = opened;
      const [one] = replicas;
      const repository = shop('hangs');
      const fix = await begin(one, repository);
      for (let burst = 0; burst < 10; burst++) {
        const ledger = ledgerOf(one, fix, dayLimit(0.1));
        expect(await ledger.beforeTurn(0, ask)).toMatchObject({ go: true, maxOutputTokens: 4_000 });
        await ledger.unanswered(broken);
      }

      expect((await one.purses.standings(repository))['repository-day']).toMatchObject({ usd: 0.005, heldUsd: 0 });
      expect(await one.turns.spending(fix.id)).toMatchObject({
        usd: 0,
        possible: { calls: 1, usd: 0.005, tokens: 500 },
      });
    });

    it('is set aside anew before a further try, where the first is known to have used some', async () => {
      const { replicas } = opened;
      const [one] = replicas;
      const repository = shop('further');
      const ledger = ledgerOf(one, await begin(one, repository), dayLimit(0.0605));
      const permit = await ledger.beforeTurn(0, ask);

      const second = permit.go && (await permit.mayAskAgain?.(usage));
      const third = permit.go && (await permit.mayAskAgain?.({ ...usage, inputTokens: 1_100 }));

      expect([second, third]).toEqual([true, false]);
      expect((await one.purses.standings(repository))['repository-day'].heldUsd).toBeCloseTo(0.06, 10);
    });

    it('that a turn cost which was answered twice is all counted, and the first reply is kept', async () => {
      const { replicas } = opened;
      const [one, two] = replicas;
      const repository = shop('twice');
      const fix = await begin(one, repository);
      const [slow, quick] = [ledgerOf(one, fix, dayLimit(1)), ledgerOf(two, fix, dayLimit(1))];
      await slow.beforeTurn(0, ask);
      await quick.beforeTurn(0, ask);
      const first = await quick.record(turnOf(0, 1_000, 1_000), untraced);

      const late = await slow.record(turnOf(0, 1_000, 3_000), untraced);

      expect([first, late]).toEqual(['kept', 'late']);
      expect((await slow.load()).map(({ reply }) => reply.usage.outputTokens)).toEqual([1_000]);
      const { usd, heldUsd } = (await one.purses.standings(repository))['repository-day'];
      expect(usd).toBeCloseTo(0.0155 + 0.0355, 10);
      expect(heldUsd).toBe(0);
      const { possible, ...spent } = await one.turns.spending(fix.id);
      expect(spent.usd + (possible?.usd ?? 0)).toBeCloseTo(usd, 10);
    });

    it('stays on the day on which it was asked for, and a new day begins with nothing', async () => {
      const { replicas } = opened;
      const [one] = replicas;
      const repository = shop('midnight');
      const ledger = ledgerOf(one, await begin(one, repository), dayLimit(1));
      await ledger.beforeTurn(0, ask);
      const yesterday = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10);
      await one.database
        .updateTable('holds')
        .set({ day: yesterday })
        .where('repository', '=', 'acme/midnight')
        .execute();

      await ledger.record(turnOf(0, 1_000, 4_000), untraced);

      const days = await one.database
        .selectFrom('spending_days')
        .select([sql<string>`day::text`.as('day'), 'replies', 'usd', 'input_tokens', 'output_tokens'])
        .where('repository', '=', 'acme/midnight')
        .execute();
      expect(days.map(({ usd: paid, ...row }) => ({ ...row, usd: Number(paid) }))).toMatchObject([
        { day: yesterday, replies: 1, usd: expect.closeTo(0.0455, 10) },
      ]);
      const { usd, endsInMs } = (await one.purses.standings(repository))['repository-day'];
      expect(usd).toBe(0);
      expect(endsInMs).toBeGreaterThan(0);
      expect(endsInMs).toBeLessThanOrEqual(24 * 60 * 60_000);
    });
  });
}
