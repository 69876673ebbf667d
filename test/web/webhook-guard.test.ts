import { createHmac } from 'node:crypto';
import { createServer, type RequestOptions, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type GuardLimits, guardWebhooks } from '../../src/web/webhook-guard.ts';

const path = '/api/github/webhooks';
const secret = 'the webhook secret';
const bodyMs = 300;
const passed: { path: string; body: unknown }[] = [];
const faults: unknown[] = [];
let port: number;
let close: () => Promise<unknown>;

beforeAll(async () => {
  [port, close] = await serve({ bodyMs, heldBytes: 100 * 1024 * 1024 });
});
afterAll(() => close());

async function serve(limits: GuardLimits): Promise<[port: number, close: () => Promise<unknown>]> {
  const guarded = guardWebhooks(
    path,
    secret,
    async (incoming, response) => {
      passed.push({ path: incoming.url ?? '', body: incoming.body });
      response.writeHead(202).end();
    },
    limits,
  );
  const server = createServer((incoming, response) => {
    guarded(incoming, response).catch((error: unknown) => faults.push(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return [(server.address() as AddressInfo).port, () => new Promise((resolve) => server.close(resolve))];
}
beforeEach(() => {
  passed.length = 0;
  faults.length = 0;
});

const sign = (body: string | Buffer, key = secret) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
const body = JSON.stringify({ action: 'labeled', text: 'ü 🙂' });
const head = { 'content-type': 'application/json', 'x-github-event': 'issues', 'x-github-delivery': 'd-1' };

interface Sent {
  readonly body?: string | Buffer;
  readonly signature?: string | undefined;
  readonly at?: string;
  readonly method?: string;
  readonly to?: number;
  /** On top of a good head; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Sends as somebody on the internet may: with any path, and without waiting for permission. */
function send({
  body: sent = body,
  signature,
  at = path,
  method = 'POST',
  to = port,
  headers = {},
}: Sent): Promise<Answer> {
  const signed = signature === undefined ? {} : { 'x-hub-signature-256': signature };
  const wanted = Object.entries({ ...head, ...signed, ...headers }).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: to,
      path: at,
      method,
      headers: Object.fromEntries(wanted),
    };
    const outgoing = request(options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode, text: answer }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

const reasonOf = ({ text: answer }: Answer): string => (JSON.parse(answer) as { error: string }).error;

/** A connection by hand, for requests that no client makes. */
function open(sent: string, to = port): Socket {
  const socket = connect(to, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(sent);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const rawHead = (length: number): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: x',
    ...Object.entries(head).map(([name, value]) => `${name}: ${value}`),
    `x-hub-signature-256: ${sign(body)}`,
    `content-length: ${length}`,
    '\r\n',
  ].join('\r\n');

/** Asks again for a while: another connection's bytes and end take their time. */
async function until(wanted: number, ask: () => Promise<number | undefined>): Promise<number | undefined> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await ask()) === wanted) return wanted;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return ask();
}

describe('a webhook', () => {
  it('that our secret signed goes through, byte for byte', async () => {
    const { status } = await send({ signature: sign(body) });

    expect(status).toBe(202);
    expect(passed).toEqual([{ path, body }]);
  });

  it('that begins with a byte order mark fits its signature, and is still no JSON', async () => {
    const marked = `\ufeff${body}`;

    const answer = await send({ body: marked, signature: sign(marked) });

    expect(reasonOf(answer)).toContain('no JSON object');
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
    ['half a signature', { signature: sign(body).slice(0, 40) }],
    ['a signature of signs', { signature: 'sha256=ünï' }],
    ['a signature in capitals', { signature: sign(body).toUpperCase() }],
    ['two signatures', { headers: { 'x-hub-signature-256': [sign(body), sign(body)] } }],
    ['a signed nothing', { body: '', signature: sign('') }],
  ])('with %s is refused and goes no further', async (_what, sent) => {
    const answer = await send(sent);

    expect(answer.status).toBe(401);
    expect(reasonOf(answer)).toMatch(/signature|X-Hub-Signature-256/);
    expect(passed).toEqual([]);
  });

  it('that only SHA-1 signed is told what is missing', async () => {
    const sha1 = `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`;

    const answer = await send({ headers: { 'x-hub-signature': sha1 } });

    expect(answer.status).toBe(401);
    expect(reasonOf(answer)).toContain('SHA-1');
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
});

describe('the head of a webhook', () => {
  const long = 'x'.repeat(10_000);
  it.each<[string, number, string, NonNullable<Sent['headers']>]>([
    ['form data', 415, 'choose the content type', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', 415, 'must be application/json', { 'content-type': 'text/plain' }],
    ['no type', 415, 'must be application/json', { 'content-type': undefined }],
    ['a type that begins alike', 415, 'must be application/json', { 'content-type': 'application/jsonp' }],
    ['a compressed body', 415, 'must not be compressed', { 'content-encoding': 'gzip' }],
    ['two encodings', 415, 'must not be compressed', { 'content-encoding': 'identity, gzip' }],
    ['no event', 400, 'X-GitHub-Event', { 'x-github-event': undefined }],
    ['an empty event', 400, 'X-GitHub-Event', { 'x-github-event': '' }],
    ['two events', 400, 'X-GitHub-Event', { 'x-github-event': ['issues', 'ping'] }],
    ['an endless event', 400, 'X-GitHub-Event', { 'x-github-event': long }],
    ['an event that every object has', 400, 'X-GitHub-Event', { 'x-github-event': '__proto__' }],
    ['no delivery', 400, 'X-GitHub-Delivery', { 'x-github-delivery': undefined }],
    ['two deliveries', 400, 'X-GitHub-Delivery', { 'x-github-delivery': ['one', 'two'] }],
    ['an endless delivery', 400, 'X-GitHub-Delivery', { 'x-github-delivery': long }],
    ['a delivery of signs', 400, 'X-GitHub-Delivery', { 'x-github-delivery': "'; drop table" }],
  ])('with %s is answered with %d and the reason', async (_what, status, reason, headers) => {
    const answer = await send({ signature: sign(body), headers });

    expect(answer.status).toBe(status);
    expect(reasonOf(answer)).toContain(reason);
    expect(passed).toEqual([]);
  });

  it('may name the character set, in any case', async () => {
    const { status } = await send({
      signature: sign(body),
      headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    });

    expect(status).toBe(202);
  });

  it('is judged before the body comes', async () => {
    const socket = open(rawHead(1000).replace('x-github-event: issues', 'x-github-event: 1'));

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('the body of a webhook', () => {
  it('may have 25 MB, and one byte more is refused with a word', async () => {
    const largest = Buffer.concat([Buffer.from('{'), Buffer.alloc(25 * 1024 * 1024 - 1, ' ')]);
    const larger = Buffer.concat([largest, Buffer.from(' ')]);
    const unannounced = { 'transfer-encoding': 'chunked', 'content-length': undefined };

    const answers = [
      await send({ body: largest, signature: sign(largest) }),
      await send({ body: larger, signature: sign(larger), headers: unannounced }),
    ];

    expect(answers.map((answer) => answer.status)).toEqual([202, 413]);
    expect(answers[1]?.text).toContain('25 MB');
    expect(passed).toHaveLength(1);
  });

  it('that says it is larger is refused before it comes', async () => {
    const socket = open(rawHead(25 * 1024 * 1024 + 1));

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('that drips in is cut off in time, with a word and with the connection', async () => {
    const startedMs = performance.now();
    const socket = open(`${rawHead(1000)}{`);
    const drip = setInterval(() => socket.write(' '), 20);
    onTestFinished(() => clearInterval(drip));

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - startedMs).toBeLessThan(10 * bodyMs);
    expect(passed).toEqual([]);
  });

  it('is refused for now where others already fill what may be held, and accepted after them', async () => {
    const [to, end] = await serve({ bodyMs: 60_000, heldBytes: 100 });
    onTestFinished(async () => void (await end()));
    const statusOf = async () => (await send({ signature: sign(body), to })).status;
    const others = open(rawHead(1_000) + 'x'.repeat(90), to);

    const during = await until(503, statusOf);
    others.destroy();
    const after = await until(202, statusOf);

    expect([during, after]).toEqual([503, 202]);
  });

  it('that is no text is refused, even signed', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);

    const answer = await send({ body: bytes, signature: sign(bytes) });

    expect(answer.status).toBe(400);
    expect(reasonOf(answer)).toContain('UTF-8');
  });

  it.each(['null', '[]', '1', '"x"', '  ', 'x{}'])('that is %j is no payload, even signed', async (sent) => {
    const answer = await send({ body: sent, signature: sign(sent) });

    expect(answer.status).toBe(400);
    expect(reasonOf(answer)).toContain('no JSON object');
    expect(passed).toEqual([]);
  });

  it.each([
    ['of arrays', '[', ']'],
    ['of objects', '{"a":', '}'],
    ['without an end', '[', ''],
  ])('that is a bomb %s is refused at once', async (_what, opening, closing) => {
    const bomb = `{"x":${opening.repeat(100_000)}0${closing.repeat(100_000)}}`;
    const startedMs = performance.now();

    const answer = await send({ body: bomb, signature: sign(bomb) });

    expect(answer.status).toBe(400);
    expect(reasonOf(answer)).toContain('nests deeper');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('may hold brackets in its texts, and quotes there', async () => {
    const sent = JSON.stringify({ text: `${'['.repeat(1_000)}"\\${'{'.repeat(1_000)}` });

    const { status } = await send({ body: sent, signature: sign(sent) });

    expect(status).toBe(202);
  });

  it('that breaks off leaves the server as it was', async () => {
    const socket = open(`${rawHead(1000)}{`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();

    const { status } = await send({ signature: sign(body) });

    expect(status).toBe(202);
    expect(passed).toHaveLength(1);
    expect(faults).toEqual([]);
  });
});
