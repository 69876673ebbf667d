import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { gitVersion } from '../../git/git-version.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Check } from './patient.ts';

/** Git learned to take its whole configuration from the environment in 2.31, which is what keeps it closed here. */
const oldestGit = [2, 31] as const;
/** What the tests run with, and Debian 12. */
const testedGit = [2, 39] as const;

export const gitCheck: Check = {
  name: 'git',
  run: async () => {
    const version = await gitVersion();
    if (version === null) return [fail('git', 'there is none on the PATH', 'Install git 2.39 or newer.')];
    if (!isAtLeast(version, oldestGit))
      return [fail('git', `${version} is too old`, 'Install git 2.39 or newer; 2.31 is the least.')];
    if (!isAtLeast(version, testedGit))
      return [warn('git', `${version} is older than what ai-fix is tested with`, 'Install git 2.39 or newer.')];
    return [ok('git', version)];
  },
};

function isAtLeast(version: string, [wantedMajor, wantedMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const megabyte = 1024 * 1024;
/** The empty database takes about 40 MB, and each mirror what its repository has. */
const leastFreeBytes = 200 * megabyte;
const goodFreeBytes = 2_000 * megabyte;

export const dataFolderCheck: Check = {
  name: 'data folder',
  run: async ({ settings }) => {
    const wanted = resolve(settings.dataDir);
    const there = await nearestThere(wanted);
    const place = there === wanted ? wanted : `${wanted} (the first start makes it in ${there})`;
    if (!(await stat(there)).isDirectory())
      return [fail('data folder', `${there} is no folder`, 'Move it away, or set DATA_DIR to another folder.')];
    try {
      await access(there, constants.W_OK | constants.X_OK);
    } catch {
      return [fail('data folder', `${place}: this user may not write there`, mendOfFolder)];
    }
    const { bavail, bsize } = await statfs(there);
    return [spaceFinding(place, bavail * bsize)];
  },
};

const mendOfFolder = 'Run the doctor as the user that runs the App; if it is, give it the folder, or set DATA_DIR.';

function spaceFinding(place: string, freeBytes: number): Finding {
  const found = `${place}, ${Math.floor(freeBytes / megabyte)} MB free`;
  if (freeBytes < leastFreeBytes) return fail('data folder', found, 'Free at least 200 MB, or set DATA_DIR.');
  return freeBytes < goodFreeBytes
    ? warn('data folder', found, 'Mirrors of repositories lie there: keep 2 GB free, or set DATA_DIR.')
    : ok('data folder', found);
}

async function nearestThere(folder: string): Promise<string> {
  for (let current = folder; ; current = dirname(current)) {
    try {
      await stat(current);
      return current;
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isMissing || dirname(current) === current) throw error;
    }
  }
}

/** Not a fault when it does not run: the doctor is asked before the first start as well. */
export const processCheck: Check = {
  name: 'process',
  run: async ({ settings: { server }, deadlineMs }) => {
    const host = ['0.0.0.0', '::'].includes(server.host) ? '127.0.0.1' : server.host;
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}/readyz`;
    try {
      const response = await fetch(address, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
      const text = (await response.text()).slice(0, 200);
      return response.ok
        ? [ok('process', `an App is ready at ${address}`)]
        : [fail('process', `${address} answers ${response.status}: ${text}`, 'Look into the log of that App.')];
    } catch {
      return [warn('process', `nobody answers at ${address}`, 'Unless it runs elsewhere, start it: npm start')];
    }
  },
};
