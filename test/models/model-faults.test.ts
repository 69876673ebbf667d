import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelReplyError, ProviderError } from '../../src/domain/faults.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import { faultOf, key, request, unaborted, type Wire, wires } from './wires.ts';

const host = 'http://provider.test';
const servers: Server[] = [];

beforeEach(() => nock.disableNetConnect());
afterEach(async () => {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
  nock.activate();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const modelAt = (wire: Wire, origin: string, options: Partial<ModelOptions> = {}) =>
  wire.create({ id: `${wire.name}/m`, model: 'm', apiKey: key, baseUrl: `${origin}${wire.basePath}`, ...options });

/** Raw sockets: for what an interceptor cannot play. */
async function serve(listener: RequestListener): Promise<string> {
  nock.restore();
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(wires)('a model over the $name wire', (wire) => {
  const model = modelAt(wire, host);
  const interceptor = () => nock(host).post(wire.path);
  const fine = wire.reply({ text: 'done' });

  test.each([
    [400, 'rejected', false],
    [401, 'unauthorized', false],
    [402, 'no-credit', false],
    [403, 'unauthorized', false],
    [404, 'unknown-model', false],
    [413, 'too-long', false],
    [422, 'rejected', false],
    [408, 'timed-out', true],
    [409, 'overloaded', true],
    [429, 'rate-limited', true],
    [500, 'overloaded', true],
    [503, 'overloaded', true],
    [529, 'overloaded', true],
  ] as const)('status %i is %s, retryable: %s', async (status, fault, isRetryable) => {
    interceptor().reply(status, wire.error('no'), { 'retry-after': '3600' });

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ modelId: `${wire.name}/m`, status, fault, isRetryable, retryAfterMs: 3_600_000 });
  });

  test('a refused key is asked with once, and stands in no part of the fault', async () => {
    interceptor().reply(401, wire.error(`Incorrect API key provided: ${key}`));

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toMatchObject({ message: expect.stringContaining('Incorrect API key provided: [key]') });
    expect(JSON.stringify([error, error instanceof Error && [error.message, error.stack, error.cause]])).not.toContain(
      key,
    );
  });

  test.each([429, 529, 500, 408, 409])(
    'status %i is asked again after the wait that the provider names',
    async (status) => {
      interceptor().reply(status, wire.error('busy'), { 'retry-after-ms': '1' });
      interceptor().reply(200, fine);

      const reply = await model.reply(request(), unaborted());

      expect(reply.text).toBe('done');
      expect(nock.isDone()).toBe(true);
    },
  );

  test('a provider that fails for good is asked more than once, then given up', async () => {
    let asked = 0;
    interceptor()
      .times(1000)
      .reply(() => {
        asked += 1;
        return [500, wire.error('broken'), { 'retry-after-ms': asked < 5 ? '1' : '600000' }];
      });

    const error = await faultOf(model.reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'overloaded', status: 500, isRetryable: true });
    expect(asked).toBe(5);
  });

  test('a lost connection is asked over again', async () => {
    let asked = 0;
    const origin = await serve((incoming, response) => {
      asked += 1;
      if (asked === 1) incoming.socket.destroy();
      else response.end(JSON.stringify(fine));
    });

    const reply = await modelAt(wire, origin, { maxRetryDelayMs: 5_000 }).reply(request(), unaborted());

    expect(reply.text).toBe('done');
    // Nobody knows whether the question ever came there: it may be charged, and nothing was written.
    expect(reply).toMatchObject({ lostUsage: { outputTokens: 0, isEstimated: true } });
    expect(asked).toBe(2);
  });

  test('a server that is not there cannot be reached', async () => {
    const origin = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));

    const error = await faultOf(modelAt(wire, origin, { maxRetryDelayMs: 0 }).reply(request(), unaborted()));

    expect(error).toMatchObject({
      fault: 'unreachable',
      isRetryable: true,
      message: `${wire.name}/m cannot be reached (ECONNREFUSED)`,
    });
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('a host whose name is not known (%s) was never asked', async (code) => {
    const cause = Object.assign(new Error(`getaddrinfo ${code} provider.test`), { code });
    const lost = modelAt(wire, host, {
      maxRetryDelayMs: 0,
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    });

    const error = await faultOf(lost.reply(request(), unaborted()));

    expect(error).toMatchObject({
      fault: 'unreachable',
      isRetryable: true,
      mayBeCharged: false,
      message: `${wire.name}/m cannot be reached: no address is known for its host (${code})`,
    });
  });

  test('a body that breaks off is a lost connection, not a reply, and what came of it counts', async () => {
    const origin = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000000' });
      response.write(`{"choices": [{"message": {"content": "${'so it goes '.repeat(9_000)}`, () => response.destroy());
    });

    const error = await faultOf(
      modelAt(wire, origin, { maxRetryDelayMs: 0 }).reply(request({ maxOutputTokens: 100_000 }), unaborted()),
    );

    expect(error).toMatchObject({ fault: 'unreachable', isRetryable: true, usage: { isEstimated: true } });
    expect((error as ProviderError).usage?.outputTokens).toBeGreaterThan(20_000);
  });

  test.each(['headers', 'body'])('an answer whose %s never come is given up', async (missing) => {
    const origin = await serve((_incoming, response) => {
      if (missing === 'body') response.writeHead(200).write('{');
    });

    const impatient = modelAt(wire, origin, { maxRetryDelayMs: 0, timeoutMs: 50 });
    const error = await faultOf(impatient.reply(request(), unaborted()));

    // It was asked, and may have thought all the time; nobody knows.
    expect(error).toMatchObject({ fault: 'timed-out', isRetryable: true, mayBeCharged: true, usage: undefined });
  });

  test('a try that was never heard of is in the books of the reply that came', async () => {
    let asked = 0;
    const origin = await serve((_incoming, response) => {
      asked += 1;
      if (asked > 1) response.end(JSON.stringify(fine));
    });

    const impatient = modelAt(wire, origin, { maxRetryDelayMs: 10_000, timeoutMs: 1_000 });
    const reply = await impatient.reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'done', lostUsage: { outputTokens: 0, isEstimated: true } });
    expect(reply.lostUsage?.inputTokens).toBeGreaterThan(0);
    expect(reply.usage).not.toHaveProperty('isEstimated');
  });

  test('a try that was never heard of is in the books of the refusal that came', async () => {
    let asked = 0;
    const origin = await serve((_incoming, response) => {
      asked += 1;
      if (asked > 1) response.writeHead(401).end('{}');
    });

    const impatient = modelAt(wire, origin, { maxRetryDelayMs: 10_000, timeoutMs: 1_000 });
    const error = await faultOf(impatient.reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'unauthorized', usage: { outputTokens: 0, isEstimated: true } });
  });

  test('a redirect is not followed: it could carry the key away', async () => {
    let asked = 0;
    const origin = await serve((_incoming, response) => {
      asked += 1;
      response.writeHead(307, { location: `https://elsewhere.example/v1${wire.path}?token=x` }).end();
    });

    const error = await faultOf(modelAt(wire, origin, { maxRetryDelayMs: 0 }).reply(request(), unaborted()));

    expect(error).toMatchObject({
      fault: 'redirected',
      remedy: 'tell-admin',
      message: `${wire.name}/m: 307 a redirect to elsewhere.example/v1${wire.path} in place of an answer; it is not followed`,
    });
    expect(asked).toBe(1);
  });

  test('an endless answer is cut off, and is no reply', async () => {
    const origin = await serve((_incoming, response) => {
      const write = () => {
        while (response.write('a'.repeat(100_000)));
      };
      response.on('drain', write);
      write();
    });

    const error = await faultOf(modelAt(wire, origin).reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ModelReplyError);
  });

  test('an abort ends a request at once, with the reason that was given', async () => {
    const controller = new AbortController();
    const stopped = { stopped: 'by a person' };
    const origin = await serve(() => controller.abort(stopped));

    const error = await faultOf(modelAt(wire, origin).reply(request(), controller.signal));

    expect(error).toBe(stopped);
  });

  test('an abort ends a back-off at once, with the reason that was given', async () => {
    const controller = new AbortController();
    const stopped = { stopped: 'by a person' };
    const origin = await serve((_incoming, response) => {
      response.on('close', () => setTimeout(() => controller.abort(stopped), 50));
      response.writeHead(429, { 'retry-after': '30', connection: 'close' }).end(JSON.stringify(wire.error('busy')));
    });

    const error = await faultOf(modelAt(wire, origin).reply(request(), controller.signal));

    expect(error).toBe(stopped);
  });

  test.each([
    ['an ellipsis', 'sk-ant-…0123456789', 'a character U+2026 at place 8'],
    ['a line break', 'sk-secret\n0123456789', 'a line break at place 10'],
  ])('a key with %s, which no header carries, is a key that the admin has to mend', async (_what, apiKey, odd) => {
    const error = await faultOf(modelAt(wire, host, { apiKey }).reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'unauthorized', isRetryable: false, mayBeCharged: false });
    expect(String(error)).toContain(`was not asked: its key holds ${odd}`);
    expect(String(error)).not.toContain('0123456789');
  });

  test('what throws before there is a request is a fault of that one model, without its key', async () => {
    const torn = {
      ...request(),
      get tools(): never {
        throw new RangeError(`torn at ${key}`);
      },
    };

    const error = await faultOf(model.reply(torn, unaborted()));

    expect(error).toMatchObject({
      fault: 'rejected',
      message: `${wire.name}/m was not asked: RangeError: torn at [key]`,
    });
  });

  test('an aborted signal asks nobody', async () => {
    const stopped = { stopped: 'before' };

    const error = await faultOf(model.reply(request(), AbortSignal.abort(stopped)));

    expect(error).toBe(stopped);
  });
});
