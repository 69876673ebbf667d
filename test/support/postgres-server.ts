import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { until } from './house.ts';

/** A Postgres server of the tests' own, on loopback; it ends with this process, however that ends. */
export interface PostgresServer {
  /** The address of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  /** Runs one statement in a database, as its owner. */
  query(url: string, statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const packages = 'apt-get install -y postgresql';
const versions = '/usr/lib/postgresql';

/** @throws {Error} with the one command to type when there is no server to start and we may not install one. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const bin = (await findServer()) ?? (await installServer());
  const folder = await mkdtemp(join(tmpdir(), 'ai-fix-postgres-'));
  const cluster = join(folder, 'cluster');
  const port = await freePort();
  await chmod(folder, 0o777);
  const made = asNobody([
    join(bin, 'initdb'),
    '-D',
    cluster,
    '-U',
    'ai_fix',
    '--auth=trust',
    '--no-sync',
    '-E',
    'UTF8',
  ]);
  const init = spawnSync(made.program, made.args, { encoding: 'utf8' });
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
  const options = ['-F', '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const served = asNobody([join(bin, 'postgres'), '-D', cluster, ...options]);
  const server = spawn(served.program, served.args, { stdio: 'ignore' });
  const url = (name: string): string => `postgresql://ai_fix@127.0.0.1:${port}/${name}`;
  await until('Postgres takes connections', 30_000, () => query(url('postgres'), 'select 1').catch(() => null));
  return {
    query,
    createDatabase: async (name) => {
      await query(url('postgres'), `create database ${name}`);
      return url(name);
    },
    close: async () => {
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function query(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Postgres refuses to run as root. Killed with us: else a killed test leaves it behind. */
function asNobody(command: readonly string[]): { program: string; args: string[] } {
  const identity = process.getuid?.() === 0 ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];
  return { program: 'setpriv', args: [...identity, '--pdeathsig=SIGINT', '--', ...command] };
}

async function findServer(): Promise<string | null> {
  const known = existsSync(versions) ? await readdir(versions) : [];
  const newest = known.filter((version) => /^\d+$/.test(version)).sort((a, b) => Number(b) - Number(a));
  return newest.map((version) => join(versions, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}

async function installServer(): Promise<string> {
  if (process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const line of ['apt-get update', packages])
      spawnSync('sh', ['-c', line], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  const bin = await findServer();
  if (bin === null)
    throw new Error(
      `these tests need a Postgres server, which is missing here. Install it, then try again: sudo ${packages}`,
    );
  return bin;
}
