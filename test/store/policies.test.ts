import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createPostgresPolicies } from '../../src/store/postgres-policies.ts';
import { sampleRepository } from '../support/sample-fix.ts';
import { databaseKinds, openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

describe.each(databaseKinds)('last valid policies in the %s database', (kind) => {
  let opening: StoreDatabase;
  let policies: ReturnType<typeof createPostgresPolicies>;

  beforeAll(async () => {
    opening = await openStoreDatabase(kind, inject('databaseImage'));
    policies = createPostgresPolicies(opening.database);
  });
  afterAll(() => opening.close());
  beforeEach(() => opening.database.deleteFrom('policies').execute());

  const rows = () => opening.database.selectFrom('policies').select(['repository', 'at']).execute();

  it('are none until one is put', async () => {
    expect(await policies.find(sampleRepository)).toBeNull();
  });

  it('are kept for each repository, whatever its letters', async () => {
    await policies.put(sampleRepository, { ...defaultPolicy, label: 'one' });
    await policies.put({ ...sampleRepository, owner: 'ACME', name: 'Shop' }, { ...defaultPolicy, label: 'two' });
    await policies.put({ ...sampleRepository, name: 'tools' }, defaultPolicy);

    expect(await policies.find(sampleRepository)).toEqual({ ...defaultPolicy, label: 'two' });
    expect((await rows()).map(({ repository }) => repository).toSorted()).toEqual(['acme/shop', 'acme/tools']);
  });

  it('are not written again while nothing changed', async () => {
    await policies.put(sampleRepository, defaultPolicy);
    await opening.database
      .updateTable('policies')
      .set({ at: new Date(0) })
      .execute();

    await policies.put(sampleRepository, defaultPolicy);
    const unchanged = await rows();
    await policies.put(sampleRepository, { ...defaultPolicy, label: 'new' });

    expect(unchanged.map(({ at }) => at.getTime())).toEqual([0]);
    expect((await rows()).map(({ at }) => at.getTime())).not.toEqual([0]);
  });

  it('of an earlier version have defaults for what it did not know', async () => {
    const { triggers: _triggers, ...older } = { ...defaultPolicy, label: 'old' };
    await sql`insert into policies (repository, policy) values ('acme/shop', ${JSON.stringify(older)}::jsonb)`.execute(
      opening.database,
    );

    expect(await policies.find(sampleRepository)).toEqual({ ...defaultPolicy, label: 'old' });
  });
});
