import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createDbosEngine } from '../../src/durable/dbos-engine.ts';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { migrate, openDatabase } from '../../src/store/database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder whose embedded database has all tables: copied for a test, it boots in a second instead of five. */
    readonly databaseImage: string;
  }
}

/** Makes the image once a run; vitest calls it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const image = await mkdtemp(join(tmpdir(), 'ai-fix-image-'));
  await makeDatabaseImage(image);
  project.provide('databaseImage', image);
  return () => rm(image, { recursive: true, force: true });
}

export async function makeDatabaseImage(folder: string): Promise<void> {
  const postgres = await openEmbeddedPostgres(folder);
  await migrate(openDatabase(postgres.pool));
  const nothing = async () => undefined;
  const engine = createDbosEngine(
    {
      database: { systemDatabasePool: postgres.pool },
      isEmbedded: true,
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
  await postgres.close();
}

export async function copyDatabaseImage(image: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await cp(join(image, 'postgres'), join(dataDir, 'postgres'), { recursive: true });
}
