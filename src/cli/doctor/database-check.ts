import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../domain/faults.ts';
import { openPostgres } from '../../durable/postgres.ts';
import { type MigrationState, migrationState, openDatabase } from '../../store/database.ts';
import { foreignDatabase } from '../foreign-database.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { type Check, type Patient, within } from './patient.ts';

export const databaseCheck: Check = {
  name: 'database',
  run: async ({ settings, deadlineMs }) => {
    const where = placeOf(settings);
    const isNew = settings.database.url === null && !existsSync(join(resolve(settings.dataDir), 'postgres'));
    if (isNew) return [ok('database', `${where}; the first start makes it`)];
    const foreign = settings.database.url === null ? foreignDatabase(settings.dataDir) : null;
    if (foreign !== null)
      return [warn('database', `not looked into: ${foreign}`, 'Run the doctor as the user of the App.')];
    try {
      // A connection that breaks while the doctor looks shows in the query itself.
      const postgres = await within(deadlineMs, where, openPostgres(settings, { warn: () => undefined }));
      try {
        const state = await within(deadlineMs, where, migrationState(openDatabase(postgres.pool)));
        return [judgeMigrations(where, state)];
      } finally {
        await within(deadlineMs, where, postgres.close()).catch(() => undefined);
      }
    } catch (error) {
      // The folder's lock is the one setting that opening can find wrong.
      if (error instanceof ConfigError)
        return [ok('database', `${where}; a running ai-fix has it open, so nobody else looks into it`)];
      const said = error instanceof Error ? error.message || error.name : String(error);
      return [fail('database', `${where} does not open: ${said}`, mendOf(settings))];
    }
  },
};

function judgeMigrations(where: string, { applied, pending, unknown }: MigrationState): Finding {
  if (unknown.length > 0) {
    const found = `${where} was made by a newer ai-fix (${unknown.join(', ')})`;
    return fail('database', found, 'Run that version, or restore the backup from before the upgrade.');
  }
  if (applied.length === 0) return ok('database', `${where}, empty; the first start makes the tables`);
  if (pending.length > 0)
    return ok('database', `${where}; the next start applies ${pending.join(', ')}: make a backup before`);
  return ok('database', `${where}, up to date (${applied.at(-1)})`);
}

/** Never the address itself: it may hold a password. */
function placeOf({ database, dataDir }: Patient['settings']): string {
  if (database.url === null) return `embedded, in ${resolve(dataDir)}`;
  const url = URL.parse(database.url);
  return `Postgres at ${url?.host || 'this machine'}${url?.pathname ?? ''}`;
}

const mendOf = ({ database }: Patient['settings']): string =>
  database.url === null
    ? 'Another user may own the folder; a damaged one is replaced by its backup.'
    : 'Is DATABASE_URL right, does the server run, and may this user connect and make tables?';
