import { createHmac } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { guardWebhooks } from '../../src/web/webhook-guard.ts';

const path = '/api/github/webhooks';
const secret = 'the webhook secret';
const passed: { path: string; body: unknown }[] = [];
const faults: unknown[] = [];
let server: Server;
let port: number;

beforeAll(async () => {
  const guarded = guardWebhooks(path, secret, async (incoming, response) => {
    passed.push({ path: incoming.url ?? '', body: incoming.body });
    response.writeHead(202).end();
  });
  server = createServer((incoming, response) => {
    guarded(incoming, response).catch((error: unknown) => faults.push(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  passed.length = 0;
  faults.length = 0;
});

const sign = (body: string | Buffer, key = secret) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
const body = JSON.stringify({ action: 'labeled', text: 'ü 🙂' });

interface Sent {
  readonly body?: string | Buffer;
  readonly signature?: string | undefined;
  readonly at?: string;
  readonly method?: string;
}

/** Sends as somebody on the internet may: with any path, and without waiting for permission. */
function send({
  body: sent = body,
  signature,
  at = path,
  method = 'POST',
}: Sent): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = signature === undefined ? {} : { 'x-hub-signature-256': signature };
    const outgoing = request({ host: '127.0.0.1', port, path: at, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

describe('a webhook', () => {
  it('that our secret signed goes through, byte for byte', async () => {
    const { status } = await send({ signature: sign(body) });

    expect(status).toBe(202);
    expect(passed).toEqual([{ path, body }]);
  });

  it('that comes to the address the registration page gave to GitHub is a webhook too', async () => {
    const signed = await send({ at: '/', signature: sign(body) });
    const unsigned = await send({ at: '/' });

    expect([signed.status, unsigned.status]).toEqual([202, 401]);
    expect(passed).toEqual([{ path, body }]);
  });

  it.each<[string, Sent]>([
    ['no signature', {}],
    ['an empty signature', { signature: '' }],
    ['a signature of another secret', { signature: sign(body, 'another secret') }],
    ['a signature of another body', { signature: sign(`${body} `) }],
    ['a signature without its name', { signature: sign(body).slice('sha256='.length) }],
    ['the signature of SHA-1', { signature: `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }],
    ['half a signature', { signature: sign(body).slice(0, 40) }],
    ['a signature of signs', { signature: 'sha256=ünï' }],
    ['a signed nothing', { body: '', signature: sign('') }],
    [
      'bytes that are no text, signed as they are',
      { body: Buffer.from([0xff, 0xfe]), signature: sign(Buffer.from([0xff, 0xfe])) },
    ],
  ])('with %s is refused and goes no further', async (_what, sent) => {
    const { status, text } = await send(sent);

    expect(status).toBe(401);
    expect(JSON.parse(text)).toHaveProperty('error');
    expect(passed).toEqual([]);
  });

  it.each([`${path}/`, `${path}//`, `${path}?x=1`, `${path}/?x=/other`])('is guarded at %s too', async (at) => {
    const { status } = await send({ at });

    expect(status).toBe(401);
    expect(passed).toEqual([]);
  });

  it.each<[string, Sent]>([
    ['another method', { method: 'GET', body: '' }],
    ['another path', { at: '/healthz' }],
    ['a longer path', { at: `${path}/more` }],
  ])('%s is none, and left to the next handler', async (_what, sent) => {
    const { status } = await send(sent);

    expect(status).toBe(202);
  });

  it('of 25 MB may come, one byte more is refused with a word', async () => {
    const largest = Buffer.alloc(25 * 1024 * 1024, 'x');
    const larger = Buffer.concat([largest, Buffer.from('x')]);

    const answers = [
      await send({ body: largest, signature: sign(largest) }),
      await send({ body: larger, signature: sign(larger) }),
    ];

    expect(answers.map((answer) => answer.status)).toEqual([202, 413]);
    expect(answers[1]?.text).toContain('25 MB');
    expect(passed).toHaveLength(1);
  });

  it('that breaks off leaves the server as it was', async () => {
    await new Promise<void>((resolve) => {
      const headers = { 'content-length': '1000', 'x-hub-signature-256': sign(body) };
      const broken = request({ host: '127.0.0.1', port, path, method: 'POST', headers });
      broken.on('error', () => resolve());
      broken.write('{');
      setImmediate(() => broken.destroy());
    });

    const { status } = await send({ signature: sign(body) });

    expect(status).toBe(202);
    expect(passed).toHaveLength(1);
  });
});
