import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type MetricsAccess, metricsPage } from '../../src/web/metrics-page.ts';

const token = 'a-token-that-is-long-enough';
let server: Server | undefined;
afterEach(() => new Promise((resolve) => server?.close(resolve)));

async function open(access: MetricsAccess) {
  const page = metricsPage(access, { text: async () => 'up 1\n', contentType: 'text/plain; version=0.0.4' });
  const opened = createServer((request, response) => {
    page(request, response).then(
      (isTaken) => isTaken || response.writeHead(404).end(),
      () => response.writeHead(500).end(),
    );
  });
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  const { port } = opened.address() as AddressInfo;
  return async (headers: Record<string, string> = {}, path = '/metrics', method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers, method });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}

describe('the page of metrics', () => {
  it('is shown to whoever has the token', async () => {
    const get = await open({ token, isOpenToLoopback: false });

    const { status, text, headers } = await get({ authorization: `Bearer ${token}` });

    expect([status, text]).toEqual([200, 'up 1\n']);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    [{}],
    [{ authorization: '' }],
    [{ authorization: token }],
    [{ authorization: `Basic ${token}` }],
    [{ authorization: `Bearer ${token}x` }],
    [{ authorization: `Bearer ${token.slice(1)}` }],
    [{ authorization: 'Bearer' }],
  ])('is not shown to whoever sends %j', async (headers) => {
    const get = await open({ token, isOpenToLoopback: false });

    const { status, text, headers: answered } = await get(headers as Record<string, string>);

    expect(status).toBe(401);
    expect(text).not.toContain('up 1');
    expect(answered.get('www-authenticate')).toBe('Bearer');
  });

  it('is open to this machine where that is set, but not to a proxy on it', async () => {
    const get = await open({ token: null, isOpenToLoopback: true });

    expect((await get()).status).toBe(200);
    expect((await get({ accept: 'text/plain', 'x-prometheus-scrape-timeout-seconds': '10' })).status).toBe(200);
  });

  it.each([
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'fastly-client-ip',
    'x-cluster-client-ip',
    'x-original-forwarded-for',
    'x-envoy-external-address',
  ])('with the header %s of a proxy it is open to nobody', async (name) => {
    const get = await open({ token: null, isOpenToLoopback: true });

    expect((await get({ [name]: '203.0.113.7' })).status).toBe(401);
  });

  it.each([
    ['localhost:3000', 200],
    ['127.0.0.1', 200],
    ['[::1]:3000', 200],
    ['ai-fix.example.com', 401],
    ['localhost.example.com', 401],
  ])('asked for as %s from this machine it answers %i', async (host, status) => {
    await open({ token: null, isOpenToLoopback: true });
    const address = server?.address();
    const port = typeof address === 'object' ? address?.port : undefined;

    const answered = await new Promise((resolve, reject) => {
      httpGet({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).once('error', reject);
    });

    expect(answered).toBe(status);
  });

  it('takes nothing but a GET of its own path', async () => {
    const get = await open({ token: null, isOpenToLoopback: true });

    expect((await get({}, '/metrics', 'POST')).status).toBe(404);
    expect((await get({}, '/metrics/more')).status).toBe(404);
    expect((await get({}, '/metrics?x=1')).status).toBe(200);
  });
});
