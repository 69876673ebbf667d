import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { healthPages, type Readiness } from '../../src/web/health.ts';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => server?.close(resolve)));

/** The pages on a real server; what they do not take is answered with 404. */
async function open(
  needs: readonly Readiness[],
): Promise<(path: string, method?: string) => Promise<{ status: number; body: unknown }>> {
  const pages = healthPages(needs);
  const opened = createServer((request, response) => {
    pages(request, response).then(
      (isTaken) => isTaken || response.writeHead(404).end('null'),
      () => response.writeHead(500).end('null'),
    );
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  const { port } = opened.address() as AddressInfo;
  return async (path, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, body: await response.json() };
  };
}

const ready = (name: string): Readiness => ({ name, isReady: async () => true });
const notReady = (name: string): Readiness => ({ name, isReady: async () => false });
const broken = (name: string): Readiness => ({ name, isReady: async () => Promise.reject(new Error('no connection')) });
const hanging = (name: string): Readiness => ({ name, isReady: () => new Promise(() => undefined) });

describe('the health pages', () => {
  it('say that the process lives, whatever it lacks', async () => {
    const get = await open([broken('database')]);

    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
  });

  it('say that it is ready when everything is', async () => {
    const get = await open([ready('database'), ready('engine')]);

    expect(await get('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', database: 'ready', engine: 'ready' },
    });
  });

  it.each([
    ['is not there', notReady],
    ['throws', broken],
    ['hangs', hanging],
  ])('name a need that %s', async (_how, need) => {
    const get = await open([need('database'), ready('engine')]);

    expect(await get('/readyz')).toEqual({
      status: 503,
      body: { status: 'not ready', database: 'not ready', engine: 'ready' },
    });
  });

  it('take a query, and nothing but a GET of their own paths', async () => {
    const get = await open([ready('database')]);

    const answers = [
      await get('/healthz?from=probe'),
      await get('/healthz', 'POST'),
      await get('/healthz/more'),
      await get('/'),
    ];

    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 404, 404]);
  });
});
