import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { describeMoneyRaces, replicaOf } from '../support/money-races.ts';
import { openStoreDatabase } from '../support/store-database.ts';
import { createTestDatabase } from '../support/test-database.ts';

describeMoneyRaces('the embedded database', async () => {
  const { database, close } = await openStoreDatabase('embedded', inject('databaseImage'));
  const replica = replicaOf(database);
  // It knows one process only.
  return { replicas: [replica, replica], close };
});

describeMoneyRaces('a Postgres server with two replicas', async () => {
  const made = await createTestDatabase();
  if (made === null) throw new Error('this run of tests offers no database');
  const one = new pg.Pool({ connectionString: made.url, max: 10 });
  const two = new pg.Pool({ connectionString: made.url, max: 10 });
  // What is still saying goodbye when the database is dropped is cut off.
  for (const pool of [one, two]) pool.on('error', () => undefined);
  return {
    replicas: [replicaOf(openDatabase(one)), replicaOf(openDatabase(two))],
    close: async () => {
      await one.end();
      await two.end();
      await made.drop();
    },
  };
});
