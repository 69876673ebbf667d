import pg from 'pg';
import { makeTables } from '../../src/cli/eval/database-image.ts';
import { startPostgresServer } from './postgres-server.ts';
import { offerDatabases } from './test-database.ts';

/**
 * One Postgres server for all end-to-end tests of a run, with a database that has all tables to copy from.
 *
 * Most tests that hold a whole App take it rather than the embedded one, which is what this buys: with PGlite inside, the
 * process of such a test file grows to 850 MB, where each start of a git costs 20 ms, and the file takes twice the time.
 * What is about the database itself, or about a process that dies, stays on the embedded one.
 */
/** Vitest calls it once a run, before there are workers; they inherit the environment. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgresServer();
  const url = await server.createDatabase('ai_fix_tables');
  const pool = new pg.Pool({ connectionString: url });
  await makeTables(pool, url);
  await pool.end();
  offerDatabases(url);
  return () => server.close();
}
