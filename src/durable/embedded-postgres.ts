import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { ConfigError } from '../domain/faults.ts';

/**
 * A Postgres inside this process, for one team on one machine.
 *
 * It survives `kill -9` but does not fsync, so a power cut may cost the last seconds: `DATABASE_URL` is for those who
 * cannot have that. Two processes could open one folder in silence, hence the lock: a Linux abstract socket, which
 * the kernel frees however the process dies.
 *
 * @throws {ConfigError} when another process has the folder open.
 */
export async function openEmbeddedPostgres(dataDir: string): Promise<{ pool: pg.Pool; close(): Promise<void> }> {
  const folder = join(resolve(dataDir), 'postgres');
  const lock = await lockFolder(folder);
  await mkdir(folder, { recursive: true });
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
  const pglite = await PGlite.create({ dataDir: folder, startParams });
  const pool = new pg.Pool(createPgConfig(pglite) as unknown as pg.PoolConfig);
  return {
    pool,
    close: async () => {
      await pool.end();
      await pglite.close();
      lock.close();
    },
  };
}

function lockFolder(folder: string): Promise<Server> {
  return new Promise((resolveLock, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', () =>
      reject(
        new ConfigError([
          `${folder}: another ai-fix process has this data folder open; stop it, or set DATA_DIR to another folder`,
        ]),
      ),
    );
    server.listen(`\0ai-fix:${folder}`, () => resolveLock(server));
  });
}
