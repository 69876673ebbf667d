import pg from 'pg';
import { migrate, openDatabase } from '../../src/store/database.ts';
import { until } from '../support/house.ts';
import { describeMoneyRaces, replicaOf } from '../support/money-races.ts';
import { startPostgresServer } from '../support/postgres-server.ts';

describeMoneyRaces('a Postgres server with two replicas', async () => {
  const server = await startPostgresServer();
  const url = await server.createDatabase('overspend');
  const one = new pg.Pool({ connectionString: url, max: 10 });
  const two = new pg.Pool({ connectionString: url, max: 10 });
  await migrate(openDatabase(one));
  return {
    replicas: [replicaOf(openDatabase(one)), replicaOf(openDatabase(two))],
    close: async () => {
      await one.end();
      await two.end();
      // A server that ends tells so whoever still hangs on.
      const others = "select 1 from pg_stat_activity where datname = 'overspend' and pid <> pg_backend_pid()";
      await until('both have let go', 10_000, async () => (await server.query(url, others)).length === 0 || null);
      await server.close();
    },
  };
});
