import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { WriteLedger } from '../../src/ports/stores.ts';
import { createPostgresWriteLedger } from '../../src/store/postgres-write-ledger.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 27, 12, 0, 30);

describe.each(databaseKinds)('writes counted in the %s database', (kind) => {
  let opening: StoreDatabase;
  let writes: WriteLedger;
  let nowMs = startMs;
  let installation = 100;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    writes = createPostgresWriteLedger(opening.database, () => nowMs);
  });
  afterAll(() => opening.close());

  const fresh = (): number => {
    nowMs = startMs;
    installation += 1;
    return installation;
  };

  it('are none at first', async () => {
    expect(await writes.lastHour(fresh())).toEqual({ count: 0, eldestLeavesInMs: 60 * minuteMs });
  });

  it('are all counted, however many replicas count at once', async () => {
    const id = fresh();

    await Promise.all(Array.from({ length: 20 }, () => writes.count(id)));

    expect((await writes.lastHour(id)).count).toBe(20);
  });

  it('are those of one installation', async () => {
    const [one, other] = [fresh(), fresh()];

    await writes.count(one);

    expect((await writes.lastHour(other)).count).toBe(0);
  });

  it('leave after an hour, minute by minute, and tell when the first of them does', async () => {
    const id = fresh();
    await writes.count(id);
    nowMs += 10 * minuteMs;
    await writes.count(id);

    const both = await writes.lastHour(id);
    nowMs += both.eldestLeavesInMs;
    const second = await writes.lastHour(id);

    expect(both).toEqual({ count: 2, eldestLeavesInMs: 49.5 * minuteMs });
    expect(second).toEqual({ count: 1, eldestLeavesInMs: 10 * minuteMs });
  });

  it('are forgotten once they count no more', async () => {
    const id = fresh();
    await writes.count(id);
    nowMs += 3 * 60 * minuteMs;
    await writes.count(id);

    await writes.forget();

    const rows = await opening.database
      .selectFrom('content_writes')
      .selectAll()
      .where('installation_id', '=', String(id))
      .execute();
    expect(rows).toHaveLength(1);
  });
});
