import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
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
