import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { type Database, migrate, openDatabase } from '../../src/store/database.ts';
import { copyDatabaseImage } from './database-image.ts';

/** The databases that the stores are held against: the embedded one, and a server where `DATABASE_URL` names one. */
export const databaseKinds: readonly ('embedded' | 'server')[] =
  process.env.DATABASE_URL === undefined ? ['embedded'] : ['embedded', 'server'];

export interface StoreDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** A database with all tables and no rows, of its own. */
export async function openStoreDatabase(kind: 'embedded' | 'server', image: string): Promise<StoreDatabase> {
  if (kind === 'server') return openServerDatabase(process.env.DATABASE_URL ?? '');
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

async function openServerDatabase(url: string): Promise<StoreDatabase> {
  const name = `ai_fix_test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: own.href, max: 10 });
  const database = openDatabase(pool);
  await migrate(database);
  return {
    database,
    close: async () => {
      await pool.end();
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}
