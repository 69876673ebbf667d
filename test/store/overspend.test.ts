import { inject } from 'vitest';
import { describeMoneyRaces, replicaOf } from '../support/money-races.ts';
import { openStoreDatabase } from '../support/store-database.ts';

describeMoneyRaces('the embedded database', async () => {
  const { database, close } = await openStoreDatabase('embedded', inject('databaseImage'));
  const replica = replicaOf(database);
  // It knows one process only.
  return { replicas: [replica, replica], close };
});
