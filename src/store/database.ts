import { readdir, readFile } from 'node:fs/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Pool } from 'pg';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;

export const openDatabase = (pool: Pool): Database => new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });

/**
 * Applies the numbered SQL files that this database has not seen, in order. Replicas that start together wait for
 * one another. A file, once released, never changes.
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: readMigrations },
    migrationTableName: 'ai_fix_migrations',
    migrationLockTableName: 'ai_fix_migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

export interface MigrationState {
  readonly applied: readonly string[];
  /** The next start applies them. */
  readonly pending: readonly string[];
  /** Applied, but by a newer version: this one does not know them. */
  readonly unknown: readonly string[];
}

/** Only looks; a database without our tables has applied none. */
export async function migrationState(database: Database): Promise<MigrationState> {
  const known = Object.keys(await readMigrations());
  const { rows: tables } = await sql<{
    found: string | null;
  }>`select to_regclass('ai_fix_migrations')::text as found`.execute(database);
  const hasTables = (tables[0]?.found ?? null) !== null;
  const rows = hasTables
    ? (await sql<{ name: string }>`select name from ai_fix_migrations order by name`.execute(database)).rows
    : [];
  const applied = rows.map(({ name }) => name);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const folder = new URL('./migrations/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      { up: async (db: Kysely<unknown>) => void (await applyFile(db, texts[index] ?? '')) },
    ]),
  );
}

/** One statement at a time: PGlite's extended protocol takes no more. Our files hold no `;` inside a statement. */
async function applyFile(db: Kysely<unknown>, text: string): Promise<void> {
  const withoutComments = text.replaceAll(/^\s*--.*$/gm, '');
  for (const statement of withoutComments
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)) {
    await sql.raw(statement).execute(db);
  }
}

/** Postgres takes neither NUL nor lone surrogates, and a model, a log or an issue may well hold them. */
export const toText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? toText(part) : part));
