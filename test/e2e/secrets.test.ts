import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';
import { webhookSecret } from '../support/app-environment.ts';
import { type Running, startAppProcess } from '../support/app-process.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { type SeenProcess, watchDescendants } from '../support/descendants.ts';
import { labelIssue, untilShown } from '../support/house.ts';
import { patienceMs } from '../support/shown.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

/** A whole fix with the most talkative log; then a search in everything that it left behind. */
const repository = 'acme/tiny-1';
const modelKey = `sk-${randomBytes(24).toString('hex')}`;
let stands: Stands;
let app: Running;
let children: SeenProcess[];
let files: { readonly path: string; readonly text: string }[];
let rows: string;

beforeAll(async () => {
  stands = await openStands(tinyScript());
  await stands.github.createRepository({ fullName: repository, files: tinyFiles, roles: { alice: 'admin' } });
  const dataDir = join(stands.scratch, 'app', 'data');
  const temporary = join(stands.scratch, 'app', 'tmp');
  await copyDatabaseImage(inject('databaseImage'), dataDir);
  await mkdir(temporary);
  const more = { LOG_LEVEL: 'trace', OPENAI_API_KEY: modelKey, DATA_DIR: dataDir, TMPDIR: temporary };
  const environment = await stands.environment('app', more);
  const started = startAppProcess({ environment });
  app = started;
  const watch = watchDescendants(app.pid);
  await started.ready;
  const issue = await labelIssue(stands.github, repository, tinyIssue);
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  files = await filesBelow(join(stands.scratch, 'app'));
  app.signal('SIGTERM');
  await app.exit;
  children = watch.stop();
  rows = await dump(dataDir);
}, 2 * patienceMs);
afterAll(async () => {
  await app.kill();
  await stands.close();
});

/** Everything that must not be found, in each form in which it travels. */
function secrets(): string[] {
  const tokens = stands.github.tokens.values;
  const credentials = tokens.map((token) => Buffer.from(`x-access-token:${token}`).toString('base64'));
  const keyLines = stands.github.privateKey.split('\n').filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));
  return [...tokens, ...credentials, ...keyLines, modelKey, webhookSecret];
}

const found = (text: string): string[] => secrets().filter((secret) => text.includes(secret));

async function filesBelow(folder: string): Promise<typeof files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'latin1') })));
}

async function dump(dataDir: string): Promise<string> {
  const { pool, close } = await openEmbeddedPostgres(dataDir);
  const own = "table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')";
  const tables = await pool.query(
    `select table_schema as schema, table_name as name from information_schema.tables where ${own}`,
  );
  const parts: string[] = [];
  for (const { schema, name } of tables.rows) {
    const { rows: lines } = await pool.query(`select t::text as line from "${schema}"."${name}" t`);
    parts.push(`${schema}.${name}`, ...lines.map(({ line }) => line));
  }
  await close();
  return parts.join('\n');
}

test('there are secrets to be found', () => {
  expect(stands.github.tokens.values.length).toBeGreaterThan(1);
  expect(found(stands.github.privateKey).length).toBeGreaterThan(10);
});

test('no child process has a secret in its arguments or its environment', () => {
  const commands = children.map((child) => child.commandLine).join('\n');

  expect(commands).toContain('git push');
  expect(commands).toContain('asker.mjs Password for');
  expect(children.filter(({ commandLine, environment }) => found(`${commandLine}\n${environment}`).length > 0)).toEqual(
    [],
  );
});

test('no file of the data folder or of the temporary folder holds a secret', () => {
  expect(files.some(({ path }) => path.includes('/mirrors/'))).toBe(true);
  expect(files.some(({ path }) => path.endsWith('/askpass'))).toBe(true);
  expect(files.filter(({ text }) => found(text).length > 0).map(({ path }) => path)).toEqual([]);
});

test('no row of the database holds a secret', () => {
  expect(rows).toContain('public.turns');
  expect(rows).toContain('dbos.workflow_status');
  expect(found(rows)).toEqual([]);
});

test('the log holds no secret, even at its most talkative', () => {
  expect(app.output).toContain('"level":20');
  expect(found(app.output)).toEqual([]);
});
