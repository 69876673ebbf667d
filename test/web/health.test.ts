import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelHealth } from '../../src/domain/model-health.ts';
import { healthPages, type Readiness } from '../../src/web/health.ts';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => server?.close(resolve)));

/** The pages on a real server; what they do not take is answered with 404. */
async function open(
  needs: readonly Readiness[],
  models: readonly ModelHealth[] = [],
): Promise<(path: string, method?: string) => Promise<{ status: number; body: unknown }>> {
  const pages = healthPages(needs, () => models);
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
      body: { status: 'ready', database: 'ready', engine: 'ready', models: {} },
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
      body: { status: 'not ready', database: 'not ready', engine: 'ready', models: {} },
    });
  });

  it('show a model that cannot be asked, with the part of the admin and without the words of its provider', async () => {
    const health: ModelHealth = {
      modelId: 'openai/gpt-6-sol',
      state: 'open',
      openedAtMs: Date.UTC(2026, 10, 27, 9, 30),
      probeInMs: 59_500,
      failures: 1,
      fault: 'no-credit',
      reason: 'openai/gpt-6-sol: 429 your account org-1234 is empty',
      inFlight: 0,
      queued: 2,
    };
    const get = await open([ready('database')], [health]);

    const { status, body } = await get('/readyz');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ready',
      models: {
        'openai/gpt-6-sol': {
          state: 'open',
          since: '2026-11-27T09:30:00.000Z',
          askedAgainInSeconds: 60,
          fault: 'no-credit',
          failures: 1,
          admin: expect.stringContaining('no credit'),
          inFlight: 0,
          queued: 2,
        },
      },
    });
    expect(JSON.stringify(body)).not.toContain('org-1234');
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
