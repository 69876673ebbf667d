import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Probot, ProbotOctokit, type Server } from 'probot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { openServer } from '../../src/web/server.ts';
import { freePort } from '../support/free-port.ts';

const webhookSecret = randomBytes(24).toString('hex');
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const log: string[] = [];
const seen: object[] = [];
let server: Server;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const redactor = createRedactor([webhookSecret, privateKey]);
  server = await openServer(
    {
      host: '127.0.0.1',
      port,
      webhookProxyUrl: undefined,
      app: { id: 1, privateKey, webhookSecret },
      apiUrl: 'http://127.0.0.1:1',
      Octokit: ProbotOctokit,
      log: openLog('trace', redactor, { write: (line) => void log.push(line) }),
    },
    (app: Probot) => {
      app.on('issues.labeled', async ({ payload }) => void seen.push(payload));
    },
  );
});
afterAll(() => server.stop());
beforeEach(() => {
  seen.length = 0;
});

async function deliver(body: string, event = 'issues'): Promise<{ status: number; ms: number }> {
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': 'd-1',
      'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
    },
  });
  await response.text();
  return { status: response.status, ms: performance.now() - startedMs };
}

describe('the server', () => {
  it('hands what GitHub signed to the App', async () => {
    const { status } = await deliver('{"action":"labeled"}');

    expect(status).toBe(200);
    expect(seen).toEqual([{ action: 'labeled' }]);
  });

  it('pollutes no prototype, whatever the names of fields', async () => {
    const { status } = await deliver(
      '{"action":"labeled","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );

    expect(status).toBe(200);
    expect(seen).toHaveLength(1);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    ['nesting without end', `{"action":"labeled","x":${'['.repeat(12_000_000)}${']'.repeat(12_000_000)}}`, 400],
    ['nesting that is not closed', `{"x":${'{"a":'.repeat(4_000_000)}`, 400],
    ['a number of many digits', `{"action":"labeled","x":${'9'.repeat(5_000_000)}}`, 200],
    ['no JSON', '{"action":', 400],
  ])('answers %s in time and lives on', async (_what, body, status) => {
    const answer = await deliver(body);
    const next = await deliver('{"action":"labeled"}');

    expect([answer.status, next.status]).toEqual([status, 200]);
    expect(answer.ms).toBeLessThan(5_000);
  });

  it.each(['no_such_event', 'error', 'constructor', 'ping'])('takes the event %s without a fault', async (event) => {
    const { status } = await deliver('{"action":"labeled"}', event);

    expect(status).toBe(200);
  });

  it('writes no secret into the log of its requests', async () => {
    await fetch(`http://127.0.0.1:${port}/${webhookSecret}?x=${encodeURIComponent(privateKey)}`, {
      headers: { authorization: 'Bearer of somebody', 'x-request-id': webhookSecret },
    });

    const text = log.join('');
    expect(text).toContain('redacted');
    expect(text).not.toContain(webhookSecret);
    expect(text).not.toContain('of somebody');
    expect(text).not.toContain(encodeURIComponent(privateKey).slice(60, 120));
  });
});
