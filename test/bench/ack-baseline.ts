import { pino } from 'pino';
import { Probot, Server } from 'probot';
import { openEmbeddedPostgres } from '../../src/durable/embedded-postgres.ts';

/**
 * The least an App can do that must not lose a delivery: Probot as it comes, and one committed INSERT of the payload
 * into an embedded Postgres like ours. Started by the bench with the environment of the App.
 */
const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, PORT, DATA_DIR } = process.env;
const log = pino({ level: 'info' });
const { pool } = await openEmbeddedPostgres(DATA_DIR ?? '');
await pool.query('create table deliveries (id text primary key, payload jsonb not null)');

const server = new Server({
  host: '127.0.0.1',
  port: Number(PORT),
  log,
  Probot: Probot.defaults({ appId: APP_ID ?? '', privateKey: PRIVATE_KEY ?? '', secret: WEBHOOK_SECRET ?? '', log }),
});
await server.load((app) => {
  app.on('issues.labeled', async ({ id, payload }) => {
    await pool.query('insert into deliveries values ($1, $2) on conflict do nothing', [id, JSON.stringify(payload)]);
  });
});
await server.start();
