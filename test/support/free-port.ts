import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const tries = 50;

/**
 * A port that was free a moment ago. From below the range out of which the kernel serves everybody else on this
 * machine (32768 and up), so that nobody takes it before the App does; Probot knows no "any port".
 */
export async function freePort(): Promise<number> {
  for (let left = tries; left > 0; left--) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error(`${tries} ports between 10000 and 32000 were taken`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
