import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2_000;
const staleMs = 20_000;
const pollMs = 50;

/**
 * Runs `act` while no other burst, in this process or another, changes the same mirror.
 *
 * A file with a heartbeat, because the holder may be killed or live in another container. It saves double work and
 * collisions; the mirror's safety does not hang on it (git renames whole files into place, a damaged mirror is made
 * anew), so a lock stolen from a holder that was merely asleep costs a retry.
 */
export async function withMirrorLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  const holder = randomUUID();
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryTake(path, holder))) {
    await removeIfStale(path);
    await sleep(pollMs);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lost lock file is no reason to stop: see above.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  try {
    return await act();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, 'utf8').catch(() => '')) === holder) await rm(path, { force: true });
  }
}

async function tryTake(path: string, holder: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(holder);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeIfStale(path: string): Promise<void> {
  const seen = await stat(path).catch(() => null);
  if (seen !== null && Date.now() - seen.mtimeMs > staleMs) await rm(path, { force: true });
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
