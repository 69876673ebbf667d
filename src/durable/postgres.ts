import pg from 'pg';
import { openEmbeddedPostgres } from './embedded-postgres.ts';

/** Where the database is: on a server, or, without an address, in the data folder. */
export interface PostgresPlace {
  readonly database: { readonly url: string | null };
  readonly dataDir: string;
}

/** @throws {ConfigError} when another process has the embedded database open. */
export async function openPostgres(
  { database, dataDir }: PostgresPlace,
  log: { warn(fields: object, text: string): void },
): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  const { url } = database;
  if (url === null) return openEmbeddedPostgres(dataDir);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'a database connection broke; the next query gets a new one'));
  return { pool, close: () => pool.end() };
}
