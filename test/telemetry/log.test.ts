import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { Logger } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { openLog, warningsTo } from '../../src/telemetry/log.ts';

const secret = randomBytes(24).toString('hex');
const pem = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;
const keyLines = pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));
const redactor = createRedactor([secret, pem]);

function open(): { log: Logger; written: string[] } {
  const written: string[] = [];
  return { log: openLog('trace', redactor, { write: (line) => void written.push(line) }), written };
}

const holdsSecret = (lines: readonly string[]): boolean =>
  [secret, ...keyLines].some((part) => lines.join('').includes(part));

describe('a line of the log', () => {
  it.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)('at level %s holds no secret', (level) => {
    const { log, written } = open();

    log[level]({ deep: { list: [secret, { text: `x${secret}y` }] } }, `of ${secret}`);

    expect(written).toHaveLength(1);
    expect(written[0]).toContain('redacted');
    expect(holdsSecret(written)).toBe(false);
  });

  it.each<[string, (log: Logger) => void]>([
    ['a message', (log) => log.info(secret)],
    ['the values of a message', (log) => log.info('%s and %j and %o', secret, { secret }, [secret])],
    ['a field of its own', (log) => log.info({ key: secret })],
    ['the name of a field', (log) => log.info({ [secret]: 1 })],
    ['a child', (log) => log.child({ who: secret }).info('x')],
    ['a child of a child', (log) => log.child({ a: 1 }).child({ who: secret }).info('x')],
    ['an error', (log) => log.error(new Error(`no ${secret}`))],
    ['the cause of an error', (log) => log.error({ err: new Error('x', { cause: new Error(secret) }) })],
    ['errors together', (log) => log.error(new AggregateError([new Error(secret)], 'both'))],
    [
      'an error with fields',
      (log) => log.error(Object.assign(new Error('x'), { config: { url: `http://${secret}` } })),
    ],
    ['our own fault', (log) => log.error({ err: new ForgeError(secret, { isRetryable: true, cause: secret }) }, 'x')],
    ['a key over many lines', (log) => log.info({ settings: { pem } }, pem)],
    ['a key inside JSON', (log) => log.info(JSON.stringify({ key: JSON.stringify({ pem }) }))],
    ['a line of a key', (log) => log.info(`| ${keyLines[3]} |`)],
    ['base64', (log) => log.info(Buffer.from(`x-access-token:${secret}`).toString('base64'))],
    ['an address', (log) => log.info(`https://x:${encodeURIComponent(secret)}@github.test`)],
  ])('holds no secret of %s', (_where, write) => {
    const { log, written } = open();

    write(log);

    expect(written).toHaveLength(1);
    expect(written.join('')).toContain('redacted');
    expect(holdsSecret(written)).toBe(false);
  });

  it.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'apiKey',
    'privateKey',
    'password',
    'token',
  ])('shows nothing of a field called %s, known or not', (name) => {
    const { log, written } = open();

    log.info({ err: { request: { headers: { [name]: 'something nobody told us of' } } } });

    expect(written.join('')).not.toContain('nobody');
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ err: { request: { headers: { [name]: '[redacted]' } } } });
  });

  it('is one line of JSON with everything else as it was', () => {
    const { log, written } = open();

    log.info({ fix: 'f-1', count: 3, isDone: false, none: null, text: 'ü\n"quoted"' }, 'said');

    expect(written[0]).toMatch(/^\{[^\n]*\}\n$/);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      level: 30,
      fix: 'f-1',
      count: 3,
      isDone: false,
      none: null,
      text: 'ü\n"quoted"',
      msg: 'said',
    });
  });

  it('holds no secret that the redactor learned while the log was open', () => {
    const late = randomBytes(24).toString('hex');
    const own = createRedactor([]);
    const written: string[] = [];
    const log = openLog('info', own, { write: (line) => void written.push(line) });
    own.add(late);

    log.info(`token ${late}`);

    expect(written.join('')).not.toContain(late);
  });

  it('is written whatever is logged', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, text) => {
        const { log, written } = open();

        log.info({ value }, text);

        expect(written).toHaveLength(1);
        expect(() => JSON.parse(written[0] ?? '')).not.toThrow();
      }),
    );
  });
});

describe('what libraries log', () => {
  it('of a request that failed shows neither its token nor its body', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(422, { 'content-type': 'application/json', 'set-cookie': `id=${secret}` });
      response.end(JSON.stringify({ message: `bad ${secret}` }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { log, written } = open();
    const octokit = new ProbotOctokit({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      auth: { token: secret },
      log,
      throttle: { enabled: false },
    });

    const failing = octokit.rest.issues.create({ owner: 'acme', repo: 'shop', title: 'x', body: `${secret}\n${pem}` });
    const error = await failing.catch((caught: unknown) => caught);
    log.error(error);
    log.error({ err: error }, 'again');

    expect(error).toHaveProperty('status', 422);
    expect(written.length).toBeGreaterThanOrEqual(2);
    expect(written.join('')).toContain('redacted');
    expect(holdsSecret(written)).toBe(false);
  });

  it('of a deprecated route is a warning in the log, not on the console', async () => {
    const server = createServer((_request, response) => {
      const headers = { 'content-type': 'application/json', deprecation: 'true', sunset: secret };
      response.writeHead(200, headers).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { log, written } = open();
    const warnings = warningsTo(log);
    const Octokit = ProbotOctokit.defaults({ log: warnings, request: { log: warnings }, throttle: { enabled: false } });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    await new Octokit({ baseUrl }).rest.repos.get({ owner: 'acme', repo: 'shop' });

    expect(written.join('')).toContain('is deprecated');
    expect(holdsSecret(written)).toBe(false);
  });

  it("goes through Probot's logger, which is the same", async () => {
    const { log, written } = open();
    const probot = new Probot({ appId: 1, privateKey: pem, secret, log });
    await probot.ready();

    probot.log.child({ name: 'event' }).info({ privateKey: pem }, `webhook ${secret}`);

    expect(written.length).toBeGreaterThan(0);
    expect(holdsSecret(written)).toBe(false);
  });
});
