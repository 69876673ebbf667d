import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { copyDatabaseImage } from './database-image.ts';
import { createTestDatabase } from './test-database.ts';

/** The databases that the stores are held against. */
export const databaseKinds: readonly ('embedded' | 'server')[] = ['embedded', 'server'];

export interface StoreDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** A database with all tables and no rows, of its own. */
export async function openStoreDatabase(kind: 'embedded' | 'server', image: string): Promise<StoreDatabase> {
  if (kind === 'server') return openServerDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'ai-fix-store-'));
  await copyDatabaseImage(image, dataDir);
  const postgres = await openEmbeddedPostgres(dataDir);
  return {
    database: openDatabase(postgres.pool),
    close: async () => {
      await postgres.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function openServerDatabase(): Promise<StoreDatabase> {
  const own = await createTestDatabase();
  if (own === null) throw new TypeError('only a run of tests has a Postgres server');
  const pool = new pg.Pool({ connectionString: own.url, max: 10 });
  // What is still saying goodbye when the database is dropped is cut off.
  pool.on('error', () => undefined);
  return {
    database: openDatabase(pool),
    close: async () => {
      await pool.end();
      await own.drop();
    },
  };
}
