import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { DeliveryId, FixId } from '../../src/domain/ids.ts';
import { createPostgresFixes } from '../../src/store/postgres-fixes.ts';
import { createPostgresKnownRepositories } from '../../src/store/postgres-known-repositories.ts';
import { createPostgresOnboardings } from '../../src/store/postgres-onboardings.ts';
import { sampleFix, sampleIssue, sampleRepository } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const everyMs = 15 * minuteMs;

describe.each(databaseKinds)('repositories known to the %s database', (kind) => {
  let opening: StoreDatabase;
  let nowMs: number;
  let claim: (limit?: number) => Promise<string[]>;

  beforeEach(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    nowMs = Date.now();
    const known = createPostgresKnownRepositories(opening.database, () => nowMs);
    claim = async (limit = 10) => {
      const claimed = await known.claimToLookAt(limit, everyMs);
      return claimed.map(({ installationId, owner, name }) => `${installationId} ${owner}/${name}`).sort();
    };
  });
  afterEach(() => opening.close());

  async function beginIn(name: string): Promise<void> {
    const fix = sampleFix({ id: `f-${name}-${nowMs}` as FixId, repository: { ...sampleRepository, name } });
    const first = { type: 'labelled', issue: sampleIssue, by: 'alice' } as const;
    const startsPerHour = { repository: 100, host: 100 };
    const how = { delivery: `d-${name}` as DeliveryId, startsPerHour };
    await createPostgresFixes(opening.database, () => nowMs).begin(fix, first, how);
  }

  it('are those with a fix of the last 30 days, each once in a while', async () => {
    await beginIn('shop');
    const atOnce = await claim();
    nowMs += everyMs + 1;
    const [first, ...more] = [await claim(), await claim()];
    nowMs += everyMs + 1;
    const later = await claim();
    nowMs += 31 * dayMs;
    const muchLater = await claim();

    expect(atOnce).toEqual([]);
    expect(first).toEqual(['7 acme/shop']);
    expect(more).toEqual([[]]);
    expect(later).toEqual(['7 acme/shop']);
    expect(muchLater).toEqual([]);
  });

  it('are claimed once where two replicas look at the same time, the longest unseen first', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await beginIn(name);
    nowMs += everyMs + 1;

    const claims = [await claim(3), await claim(3)];
    nowMs += everyMs + 1;
    const together = (await Promise.all([claim(), claim()])).flat();

    expect(claims).toEqual([['7 acme/a', '7 acme/b', '7 acme/c'], ['7 acme/d']]);
    expect(together.sort()).toEqual(['7 acme/a', '7 acme/b', '7 acme/c', '7 acme/d']);
  });

  it('are those that were set up too, and none that the App may not reach', async () => {
    const onboardings = createPostgresOnboardings(opening.database, () => nowMs);
    const listed = ['on', 'open', 'shop'].map((name, index) => ({ id: index + 1, owner: 'acme', name }));
    await onboardings.want(9, listed);
    await onboardings.set(1, { state: 'merged' });
    await beginIn('shop');
    await onboardings.putOff(9, [3], 'gone');
    nowMs += everyMs + 1;

    expect(await claim()).toEqual(['9 acme/on']);
  });
});
