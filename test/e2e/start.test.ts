import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { readAppManifest } from '../stand-in/app-manifest.ts';
import { type Running, startCli } from '../support/app-process.ts';
import { copyDatabaseImage } from '../support/database-image.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/house.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyScript } from '../support/tiny-repository.ts';

const configurationError = 78;
const manifest = new URL('../../app.yml', import.meta.url);
let stands: Stands;
const processes: Running[] = [];

beforeEach(async () => {
  stands = await openStands(tinyScript());
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill()));
  await stands.close();
});

function start(environment: Readonly<Record<string, string>>): Running {
  const running = startCli(['start'], environment, stands.scratch);
  processes.push(running);
  return running;
}

const get = (environment: Readonly<Record<string, string>>, path: string): Promise<Response | null> =>
  fetch(`http://127.0.0.1:${environment.PORT}${path}`).catch(() => null);

test('/healthz and /readyz answer once the App can work', async () => {
  await copyDatabaseImage(inject('databaseImage'), join(stands.scratch, 'data'));
  const environment = await stands.environment('data');
  start(environment);

  const ready = await until('the App is ready', 30_000, async () => {
    const response = await get(environment, '/readyz');
    return response?.ok ? response.json() : null;
  });
  const health = await get(environment, '/healthz');

  expect(ready).toEqual({ status: 'ready', database: 'ready', engine: 'ready', models: {} });
  expect(await health?.json()).toEqual({ status: 'alive' });
});

test('a second process on the same data refuses to start and says why', async () => {
  await copyDatabaseImage(inject('databaseImage'), join(stands.scratch, 'data'));
  const environment = await stands.environment('data');
  start(environment);
  await until('the App is ready', 30_000, async () => (await get(environment, '/readyz'))?.ok);

  const second = start({ ...environment, PORT: String(await freePort()) });
  const exit = await second.exit;

  expect(exit.code).toBe(configurationError);
  expect(second.output).toContain('another ai-fix process has this data folder open');
});

test('wrong settings are listed all at once, and no secret is printed', async () => {
  const secret = randomBytes(16).toString('hex');

  const refused = start({
    APP_ID: 'twelve',
    PRIVATE_KEY: secret,
    WEBHOOK_SECRET: secret.slice(0, 5),
    PORT: '70000',
    DATABASE_URL: `mysql://root:${secret}@localhost/x`,
    OPENAI_BASE_URL: 'ftp://models',
  });
  const exit = await refused.exit;

  expect(exit.code).toBe(configurationError);
  for (const name of [
    'APP_ID',
    'PRIVATE_KEY',
    'WEBHOOK_SECRET',
    'PORT',
    'DATABASE_URL',
    'OPENAI_BASE_URL',
    'AI_FIX_MODEL',
  ]) {
    expect(refused.output).toContain(`  - ${name}: `);
  }
  expect(refused.output).not.toContain(secret.slice(0, 5));
});

test('without credentials the registration page asks for what app.yml declares', async () => {
  const environment = { PORT: String(await freePort()), HOST: '127.0.0.1', NO_SMEE_SETUP: 'true' };
  // Probot looks for it where the process was started.
  await copyFile(manifest, join(stands.scratch, 'app.yml'));
  start(environment);

  const page = await until('the registration page is there', 30_000, async () =>
    (await get(environment, '/probot'))?.text(),
  );

  const asked = /name="manifest"[^>]*value='([^']*)'/.exec(page)?.[1] ?? '';
  const { permissions, events } = readAppManifest(manifest);
  expect(JSON.parse(asked)).toMatchObject({ default_permissions: permissions, default_events: [...events] });
  expect(Object.keys(permissions)).not.toContain('workflows');
});
