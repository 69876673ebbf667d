import type pg from 'pg';
import { createDbosEngine } from '../../durable/dbos-engine.ts';
import { openEmbeddedPostgres } from '../../durable/embedded-postgres.ts';
import { migrate, openDatabase } from '../../store/database.ts';

/** A data folder whose embedded database has all tables: copied for a fix, it boots in a second instead of five. */
export async function makeDatabaseImage(folder: string): Promise<void> {
  const postgres = await openEmbeddedPostgres(folder);
  await makeTables(postgres.pool, null);
  await postgres.close();
}

/** Makes every table in a new database, ours and those of the durable engine. @param url null for the embedded one. */
export async function makeTables(pool: pg.Pool, url: string | null): Promise<void> {
  await migrate(openDatabase(pool));
  const nothing = async () => undefined;
  const engine = createDbosEngine(
    {
      database: url === null ? { embedded: pool } : { url },
      replica: 'image',
      replicaLock: null,
      concurrency: { bursts: 1, burstsPerRepository: 1 },
      pollMs: 1_000,
      sweepEveryMs: 60_000,
      stepRetry: { attempts: 1, firstPauseSeconds: 1 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    },
    { deliver: nothing, burst: nothing, sweep: nothing },
  );
  await engine.launch();
  await engine.shutdown(1_000);
}
