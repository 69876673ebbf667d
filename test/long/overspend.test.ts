import pg from 'pg';
import { migrate, openDatabase } from '../../src/store/database.ts';
import { describeMoneyRaces, replicaOf } from '../support/money-races.ts';
import { startPostgresServer } from '../support/postgres-server.ts';

describeMoneyRaces('a Postgres server with two replicas', async () => {
  const server = await startPostgresServer();
  const url = await server.createDatabase('overspend');
  const one = new pg.Pool({ connectionString: url, max: 10 });
  const two = new pg.Pool({ connectionString: url, max: 10 });
  // The server may end before the connections that were let go.
  for (const pool of [one, two]) pool.on('connect', (client) => client.on('error', () => undefined));
  await migrate(openDatabase(one));
  return {
    replicas: [replicaOf(openDatabase(one)), replicaOf(openDatabase(two))],
    close: async () => {
      await one.end();
      await two.end();
      await server.close();
    },
  };
});
