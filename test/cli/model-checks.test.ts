import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askModel } from '../../src/cli/doctor/model-checks.ts';

let silent: Server | undefined;
afterEach(() => {
  silent?.closeAllConnections();
  silent?.close();
});

it('a model that does not answer in time is a finding, so that the answers of the others are told too', async () => {
  const server = createServer(() => undefined);
  silent = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

  const finding = await askModel(
    { model: 'openai/slow' },
    { host: { providers: { openai: { apiKey: 'key', baseUrl } } }, requests: { timeoutMs: 200, maxRetryDelayMs: 0 } },
  );

  expect(finding).toMatchObject({
    level: 'fail',
    check: 'model openai/slow',
    mend: expect.stringContaining('Can this machine reach the provider'),
  });
});

it('a model that cannot be asked at all is a finding too', async () => {
  const finding = await askModel({ model: 'openai/odd' }, { host: { providers: { openai: { apiKey: 'sk-…' } } } });

  expect(finding).toMatchObject({
    level: 'fail',
    found: 'openai/odd was not asked: its key holds a character U+2026 at place 4',
    mend: 'Its key is refused: set another one.',
  });
});

describe('an answer without a reply', () => {
  const asking = (answer: () => Response) =>
    askModel(
      { model: 'openai/odd' },
      {
        host: { providers: { openai: { apiKey: 'key', baseUrl: 'http://127.0.0.1:1/v1' } } },
        requests: { fetch: async () => answer() },
      },
    );
  const silentReply = (reason: string) =>
    Response.json({ choices: [{ index: 0, finish_reason: reason, message: { role: 'assistant', content: '' } }] });

  it('that ended by its length shows that the key is taken', async () => {
    expect(await asking(() => silentReply('length'))).toMatchObject({ level: 'ok' });
  });

  it.each([
    ['a page', () => new Response('<html>Log in</html>', { headers: { 'content-type': 'text/html' } }), 'is no JSON'],
    ['an empty body', () => new Response(''), 'is no JSON'],
    ['JSON of something else', () => Response.json({ status: 'fine' }), 'without choices'],
    ['silence without a reason', () => silentReply('stop'), 'answered nothing (stop)'],
    ['ten megabytes', () => new Response('{"a":"'.padEnd(10_000_000, 'a')), 'more than 2000000 bytes'],
  ])('that is %s is a failure', async (_what, answer, found) => {
    expect(await asking(answer)).toMatchObject({ level: 'fail', found: expect.stringContaining(found) });
  });
});
