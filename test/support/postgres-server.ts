import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './house.ts';
import { query } from './test-database.ts';

/** A Postgres server of the tests' own, on loopback; it ends with this process, however that ends. */
export interface PostgresServer {
  /** The address of a new database: an empty one, or the copy of another that nobody is connected to. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** Runs one statement in a database, as its owner. */
  query(url: string, statement: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const versions = '/usr/lib/postgresql';

/** @throws {Error} when there is no server to start. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const bin = findPostgres();
  if (bin === null) throw new Error('there is no Postgres to start: `npm test` installs it, or names the command');
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
  const options = ['-F', '-N', '300', '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const served = asNobody([join(bin, 'postgres'), '-D', cluster, ...options]);
  const server = spawn(served.program, served.args, { stdio: 'ignore' });
  const url = (name: string): string => `postgresql://ai_fix@127.0.0.1:${port}/${name}`;
  await until('Postgres takes connections', 30_000, () => query(url('postgres'), 'select 1').catch(() => null));
  return {
    query,
    createDatabase: async (name, template = 'template1') => {
      await query(url('postgres'), `create database ${name} template ${template}`);
      return url(name);
    },
    close: async () => {
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root. Killed with us: else a killed test leaves it behind. */
function asNobody(command: readonly string[]): { program: string; args: string[] } {
  const identity = process.getuid?.() === 0 ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];
  return { program: 'setpriv', args: [...identity, '--pdeathsig=SIGINT', '--', ...command] };
}

/** The folder of the newest server's programs, as Debian lays them out; null where there is none. */
export function findPostgres(): string | null {
  const known = existsSync(versions) ? readdirSync(versions) : [];
  const newest = known.filter((version) => /^\d+$/.test(version)).sort((a, b) => Number(b) - Number(a));
  return newest.map((version) => join(versions, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}
