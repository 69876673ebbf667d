import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { makeTables } from '../../src/cli/eval/database-image.ts';
import { openEnginePool } from '../../src/durable/engine-pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const open: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.drop()));
});

async function newDatabase(): Promise<string> {
  const database = await createTestDatabase();
  if (database === null) throw new TypeError('only a run of tests has a Postgres server');
  open.push(database);
  return database.url;
}

test('on a server the engine starts and stops without asking a connection two things at once', async () => {
  const url = await newDatabase();
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on('warning', note);
  const pool = new pg.Pool({ connectionString: url });

  await makeTables(pool, url);
  await pool.end();
  await sleep(10);

  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('a connection of the engine gives up a transaction in which nothing happens, from its first query on', async () => {
  const pool = openEnginePool(await newDatabase(), 'one', { warn: () => undefined });

  const { rows } = await pool.query('show idle_in_transaction_session_timeout');

  await pool.end();
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '1min' }]);
});

test('a connection of the engine that breaks is told of and replaced', async () => {
  const url = await newDatabase();
  const warned: string[] = [];
  const pool = openEnginePool(url, 'one', { warn: (_details, text) => void warned.push(text) });
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');

  await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await sleep(100);
  const again = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');

  await other.end();
  await pool.end();
  expect(warned).toEqual(['a connection of the workflow engine broke; the next query gets a new one']);
  expect(again.rows[0]?.pid).not.toBe(rows[0]?.pid);
});
