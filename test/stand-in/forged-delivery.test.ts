import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asyncServer } from '../support/async-server.ts';
import { openGitHub, type TestGitHub } from './app-client.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const received: Received[] = [];
let answer: { status: number; hangsUp: boolean };
let site: TestGitHub;
let app: Server;

beforeEach(async () => {
  received.length = 0;
  answer = { status: 202, hangsUp: false };
  app = asyncServer(async (request, response) => {
    if (answer.hangsUp) {
      response.writeHead(413, { connection: 'close' }).end('too much');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status).end('heard');
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  site = await openGitHub({ webhookUrl: `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook` });
});
afterEach(async () => {
  await site.close();
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
});

const sign = (algorithm: string, secret: string, body = ''): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
const payload = { action: 'labeled', installation: { id: 7_000 } };

describe('a forged delivery', () => {
  it('is signed as GitHub signs unless told otherwise, and brings the answer', async () => {
    const delivered = await site.github.deliver('issues', payload);

    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(delivered).toEqual({ id: expect.any(String), status: 202, body: 'heard' });
    expect(JSON.parse(body)).toEqual(payload);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': delivered.id,
      'x-hub-signature-256': sign('sha256', 'a secret', body),
      'x-hub-signature': sign('sha1', 'a secret', body),
    });
    expect(site.github.webhooks.deliveries).toEqual([]);
  });

  it('may be signed with another secret, by SHA-1 only, with anything, or not at all', async () => {
    const wanted = [
      { secret: 'guessed' },
      { signature: 'sha1-only' },
      { signature: { header: 'sha256=00' } },
      { signature: 'none' },
    ] as const;

    for (const forged of wanted) await site.github.deliver('issues', payload, forged);

    const body = JSON.stringify(payload);
    const signatures = received.map(({ headers }) => [headers['x-hub-signature-256'], headers['x-hub-signature']]);
    expect(signatures).toEqual([
      [sign('sha256', 'guessed', body), sign('sha1', 'guessed', body)],
      [undefined, sign('sha1', 'a secret', body)],
      ['sha256=00', undefined],
      [undefined, undefined],
    ]);
  });

  it('may replay an id, lack or change headers, and be no JSON', async () => {
    const { id } = site.github.webhooks.send('issues', payload);
    await site.github.webhooks.settled();
    const headers = { 'x-github-delivery': 'not a uuid', 'x-github-event': null, 'content-type': 'text/plain' };

    const replayed = await site.github.deliver('issues', { ...payload, action: 'closed' }, { id });
    await site.github.deliver('issues', '{"action": ', { headers });
    await site.github.deliver('issues', Buffer.from([0xff, 0xfe]));

    expect(replayed.id).toBe(id);
    expect(received.slice(0, 2).map(({ headers }) => headers['x-github-delivery'])).toEqual([id, id]);
    expect(received[2]?.body).toBe('{"action": ');
    expect(received[2]?.headers).toMatchObject({ 'x-github-delivery': 'not a uuid', 'content-type': 'text/plain' });
    expect(received[2]?.headers).not.toHaveProperty('x-github-event');
    expect(received).toHaveLength(4);
  });

  it('hears a refusal that comes before it was read, and silence where nobody is', async () => {
    answer = { status: 413, hangsUp: true };
    const tooLong = await site.github.deliver('issues', Buffer.alloc(30_000_000, ' '));
    site.github.webhookUrl = 'http://127.0.0.1:9/hook';
    const unanswered = await site.github.deliver('issues', payload);
    site.github.webhookUrl = null;
    const nowhere = await site.github.deliver('issues', payload);

    expect(tooLong).toMatchObject({ status: 413, body: 'too much' });
    expect([unanswered.status, nowhere.status]).toEqual([null, null]);
  });
});
