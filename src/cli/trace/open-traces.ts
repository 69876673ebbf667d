import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TraceReading } from '../../config/environment.ts';
import { ConfigError } from '../../domain/faults.ts';
import { openPostgres } from '../../durable/postgres.ts';
import { migrationState, openDatabase } from '../../store/database.ts';
import { createPostgresTraces } from '../../store/postgres-traces.ts';
import { createSeal } from '../../store/seal.ts';
import { doorPath, type ReadableTraces } from '../../web/trace-door.ts';
import { foreignDatabase } from '../foreign-database.ts';
import { askRunningApp } from './door-client.ts';

export interface OpenTraces {
  readonly traces: ReadableTraces;
  close(): Promise<void>;
}

/**
 * The traces of this host, wherever they can be read: from Postgres; from the App that has the embedded database open; or
 * from that database itself, while no App runs. Changes nothing.
 *
 * @throws {ConfigError} when there is no database, another version's, or one that somebody else has open or owns.
 */
export async function openTraces(settings: TraceReading): Promise<OpenTraces> {
  if (settings.database.url === null) {
    const running = await askRunningApp(doorPath(settings.dataDir));
    if (running !== null) return { traces: running, close: async () => undefined };
    const folder = join(resolve(settings.dataDir), 'postgres');
    if (!existsSync(folder))
      throw new ConfigError([
        `DATA_DIR: there is no database in ${folder}; name the App's DATA_DIR, or its DATABASE_URL`,
      ]);
    const foreign = foreignDatabase(settings.dataDir);
    if (foreign !== null) throw new ConfigError([`DATA_DIR: ${foreign}`]);
  }
  const postgres = await openPostgres(settings, { warn: () => undefined }).catch((error: unknown) => {
    throw error instanceof ConfigError ? new ConfigError([sayLocked(settings)]) : error;
  });
  try {
    const database = openDatabase(postgres.pool);
    const { pending, unknown, applied } = await migrationState(database);
    if (applied.length === 0)
      throw new ConfigError(['the database holds no tables of ai-fix: no App was started with it']);
    if (pending.length + unknown.length > 0)
      throw new ConfigError([
        `the database is of ${unknown.length > 0 ? 'a newer' : 'an older'} version (${[...unknown, ...pending].join(', ')}); ${
          unknown.length > 0 ? 'use that version' : 'start the App once'
        }`,
      ]);
    const seal = createSeal(settings.keys);
    return { traces: createPostgresTraces(database, { seal, keepDays: 0, now: Date.now }), close: postgres.close };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

const sayLocked = ({ dataDir }: TraceReading): string =>
  `DATA_DIR: an ai-fix process has ${resolve(dataDir)} open and does not answer at ${doorPath(dataDir)}; run this as the App's own user (in a container: in the App's), or, where that path is longer than 107 bytes, stop the App first`;
