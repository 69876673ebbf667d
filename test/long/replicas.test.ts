import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type AppOrder, type AppProcess, pointOf, startAppProcess } from '../support/app-process.ts';
import { outcomeOf, soundOutcome } from '../support/finished-fix.ts';
import { labelIssue, until, untilShown } from '../support/house.ts';
import { turnOf, watchWrites } from '../support/kill.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { patienceMs } from '../support/shown.ts';
import { openStands, type Stands } from '../support/stands.ts';
import { tinyFiles, tinyIssue, tinyScript } from '../support/tiny-repository.ts';

vi.setConfig({ testTimeout: 2 * patienceMs });

/** Several Apps on one Postgres server, each with a disk of its own. */
let postgres: PostgresServer;
let stands: Stands;
let databaseUrl: string;
let databases = 0;
const replicas: AppProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgresServer();
}, 180_000);
afterAll(() => postgres.close());

beforeEach(async () => {
  databases += 1;
  databaseUrl = await postgres.createDatabase(`ai_fix_${databases}`);
  stands = await openStands(tinyScript(300));
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.kill()));
  await stands.close();
});

async function startReplica(folder: string, order: Partial<AppOrder> = {}): Promise<AppProcess> {
  const environment = await stands.environment(folder, { DATABASE_URL: databaseUrl, ...order.environment });
  const replica = startAppProcess({ ...order, environment });
  replicas.push(replica);
  await replica.ready;
  return replica;
}

async function newIssue(name: string): Promise<{ repository: string; issue: number }> {
  const repository = `acme/${name}`;
  await stands.github.createRepository({ fullName: repository, files: tinyFiles, roles: { alice: 'admin' } });
  return { repository, issue: await labelIssue(stands.github, repository, tinyIssue) };
}

const turnsAsked = (): string[] => stands.model.requests.map(turnOf);

test('a replica takes over the attempt of one that was killed in the middle of a turn, on an empty disk', async () => {
  const first = await startReplica('first');
  const { repository, issue } = await newIssue('taken-over');
  await until('the coder is asked', patienceMs, () => turnsAsked().includes('coder 1.1'));
  await first.kill();

  await startReplica('second');
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();

  const kills = [{ kind: 'turn', turn: 'coder 1.1' }] as const;
  expect(await outcomeOf({ github: stands.github, repository, issue, turns: turnsAsked(), kills })).toEqual(
    soundOutcome,
  );
  expect(existsSync(join(stands.scratch, 'second', 'mirrors'))).toBe(true);
});

test('a replica finds the run whose dispatch another one did not live to see answered', async () => {
  const first = await startReplica('first');
  const writes = watchWrites(stands.github);
  writes.tell = async (_method, path) => {
    if (path.endsWith('/dispatches') && first.ended === null) await first.kill();
  };
  const { repository, issue } = await newIssue('dispatched');
  await first.exit;

  await startReplica('second');
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();

  expect(await outcomeOf({ github: stands.github, repository, issue, turns: turnsAsked(), kills: [] })).toEqual(
    soundOutcome,
  );
});

test('two replicas share four fixes: each burst runs once, one at a time for a fix, and the global limit holds', async () => {
  const order = { environment: { AI_FIX_BURSTS: '2' } };
  const both = [await startReplica('first', order), await startReplica('second', order)];

  const issues = await Promise.all(['one', 'two', 'three', 'four'].map(newIssue));
  for (const { repository, issue } of issues)
    await untilShown(stands.github, repository, issue, ['complete'], patienceMs);
  await stands.github.settled();

  const shares = both.map((replica) => spansOf(replica));
  const spans = shares.flat().sort((a, b) => a.fromMs - b.fromMs);
  expect(shares.map((share) => share.length > 0)).toEqual([true, true]);
  expect(new Set(spans.map((span) => span.work)).size).toBe(spans.length);
  expect(mostAtOnce(spans)).toBe(2);
  expect([...Map.groupBy(spans, (span) => span.fix).values()].map(mostAtOnce)).toEqual([1, 1, 1, 1]);
  expect(turnsAsked().toSorted()).toEqual(issues.flatMap(() => turnsOfOneFix).toSorted());
});

test('a replica that loses the session by which it is alive stops itself, and says so', async () => {
  const replica = await startReplica('first');

  await postgres.query(
    databaseUrl,
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted",
  );
  const exit = await replica.exit;

  expect(exit.code).toBe(1);
  expect(replica.output).toContain('this replica lost its database session');
});

test('a lost connection that held nothing costs neither the process nor the fix', async () => {
  const replica = await startReplica('first');
  const { repository, issue } = await newIssue('cut');
  await until('the architect is asked', patienceMs, () => turnsAsked().includes('architect 1.0'));

  await postgres.query(
    databaseUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle'
     and pid <> pg_backend_pid() and pid not in (select pid from pg_locks where locktype = 'advisory')`,
  );
  await untilShown(stands.github, repository, issue, ['complete'], patienceMs);

  expect(replica.ended).toBeNull();
});

const turnsOfOneFix = [
  'fast 1.0',
  'architect 1.0',
  'architect 1.1',
  'coder 1.0',
  'coder 1.1',
  'debugger 2.0',
  'debugger 2.1',
  'reviewer 2.0',
  'reviewer 2.1',
];

interface Span {
  readonly work: string;
  readonly fix: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** When this replica ran each of its bursts. */
function spansOf(replica: AppProcess): Span[] {
  const bursts = Map.groupBy(
    replica.moments.filter((moment) => pointOf(moment).work !== 'delivery'),
    (moment) => moment.work,
  );
  return [...bursts].map(([work, moments]) => ({
    work,
    fix: work.replace(/\.\d+$/, ''),
    fromMs: Math.min(...moments.map(({ atMs }) => atMs)),
    toMs: Math.max(...moments.map(({ atMs }) => atMs)),
  }));
}

const mostAtOnce = (spans: readonly Span[]): number =>
  Math.max(...spans.map(({ fromMs }) => spans.filter((other) => other.fromMs <= fromMs && fromMs < other.toMs).length));
