import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ModelReplyError, ProviderError } from '../../src/domain/faults.ts';
import type { ModelOptions } from '../../src/models/exchange.ts';
import measured from '../domain/token-counts.json' with { type: 'json' };
import { asyncServer } from '../support/async-server.ts';
import {
  type Content,
  faultOf,
  key,
  request,
  responsesWire,
  streamedReply,
  streamOf,
  unaborted,
  type Wire,
  wires,
} from './wires.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Listener = (...exchange: Parameters<RequestListener>) => unknown;

async function serve(listener: Listener): Promise<string> {
  const server = asyncServer(async (incoming, response) => {
    await listener(incoming, response as Parameters<RequestListener>[1]);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const modelAt = (wire: Wire, origin: string, options: Partial<ModelOptions> = {}) =>
  wire.create({
    id: `${wire.name}/m`,
    model: 'm',
    apiKey: key,
    baseUrl: `${origin}${wire.basePath}`,
    maxRetryDelayMs: 0,
    ...options,
  });

/** A model whose answer is made of these pieces of bytes, without a network. */
const modelThatAnswers = (wire: Wire, pieces: readonly Uint8Array[], contentType = 'text/event-stream') =>
  modelAt(wire, 'http://provider.test', {
    fetch: () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }));
    },
  });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const contents = fc.record(
  {
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    calls: fc.array(
      fc.record({
        name: fc.constantFrom('read', 'edit'),
        argumentsText: fc.json({ maxDepth: 2 }).map((json) => JSON.stringify({ value: JSON.parse(json) })),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    isCut: fc.boolean(),
    usage: fc.boolean(),
  },
  { requiredKeys: ['text'] },
);

const withIds = ({ calls, ...rest }: Content): Content => ({
  ...rest,
  ...(calls && { calls: calls.map((call, index) => ({ ...call, id: `id-${index}` })) }),
});

/** Cuts bytes into pieces after each of these places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places.map((place) => place % bytes.length))].toSorted((a, b) => a - b);
  return [...cuts, bytes.length].map((end, index) => bytes.slice(index === 0 ? 0 : cuts[index - 1], end));
}

/** Whether a reply is whole with this event. */
const isLastOf = (event: object): boolean =>
  /"finish_reason":"(tool|stop)|"stop_reason":"(tool|end)|response.completed/.test(JSON.stringify(event));

describe.each(wires)('a stream over the $name wire', (wire) => {
  test('reads as the same reply in one piece, however its bytes are cut and its lines end', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.array(fc.nat(5_000), { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (made, places, lineEnd, hasComments) => {
          const content = withIds(made);
          const whole = JSON.stringify(wire.reply(content));
          const comments = hasComments ? ': keep-alive\n\n' : '';
          const stream = streamedReply(wire, content).replaceAll('data: ', `${comments}event: x\ndata: `);
          const pieces = cutAt(bytesOf(stream.replaceAll('\n', lineEnd)), places);

          const streamed = await modelThatAnswers(wire, pieces).reply(request(), unaborted());
          const inOnePiece = await modelThatAnswers(wire, [bytesOf(whole)], 'application/json').reply(
            request(),
            unaborted(),
          );

          expect(streamed).toEqual(inOnePiece);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('that ends before its last event is a lost connection, wherever it ends, and tells what it used', async () => {
    const content: Content = {
      text: 'one two three',
      calls: [{ id: 'a', name: 'edit', argumentsText: '{"path":"a.ts"}' }],
    };
    const events = wire.events(content);
    const last = events.findIndex(isLastOf);
    expect(last).toBeGreaterThan(10);

    for (let end = 0; end <= last; end++) {
      const cut = modelThatAnswers(wire, [bytesOf(streamOf(events.slice(0, end)))]);
      const error = await faultOf(cut.reply(request(), unaborted()));

      if (end === 0) expect(error).toBeInstanceOf(ModelReplyError);
      else expect(error).toMatchObject({ name: 'ProviderError', fault: 'unreachable', isRetryable: true });
      if (end > 5) expect(error).toMatchObject({ usage: { inputTokens: expect.any(Number) } });
    }
  });

  test('that broke off in mid-words counts what came: not less than any vocabulary, and not four times as much', async () => {
    const prose = measured.find(({ name }) => name === 'prose in Markdown') ?? expect.fail('it was measured');
    const tokens = Object.values(prose.tokens);
    const events = wire.events({ text: prose.text });
    const words = events.findLastIndex((event) => /delta.*[a-z]/.test(JSON.stringify(event)) && !isLastOf(event));
    const cut = modelThatAnswers(wire, [bytesOf(streamOf(events.slice(0, words + 1)))]);

    const error = await faultOf(cut.reply(request({ maxOutputTokens: 100_000 }), unaborted()));

    const { usage } = error as ProviderError;
    expect(usage).toMatchObject({ isEstimated: true });
    expect(usage?.outputTokens).toBeGreaterThanOrEqual(Math.max(...tokens));
    expect(usage?.outputTokens).toBeLessThan(4 * Math.min(...tokens));
    // Anthropic tells at the begin what it read.
    if (wire.name === 'anthropic') expect(usage?.inputTokens).toBe(100);
  });

  test('needs no word behind the event that makes it whole', async () => {
    const events = wire.events({ text: 'done', usage: false });
    const kept = wire.name === 'anthropic' ? events.slice(0, -1) : events;

    const reply = await modelThatAnswers(wire, [bytesOf(streamOf(kept).trimEnd())]).reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'done', stop: 'end' });
  });

  test('is done when it is whole, though the server keeps the connection', async () => {
    let isClosed = false;
    const origin = await serve((_incoming, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamOf(wire.events({ text: 'done' })));
    });

    const reply = await modelAt(wire, origin).reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'done', usage: { inputTokens: 100, outputTokens: 7 } });
    await expect.poll(() => isClosed).toBe(true);
  }, 15_000);

  test('that holds an error is a fault of the provider', async () => {
    const begun = wire.events({ text: 'half' }).slice(0, 3);
    const stream = streamOf([...begun, wire.errorEvent('upstream broke')]);

    const error = await faultOf(modelThatAnswers(wire, [bytesOf(stream)]).reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ isRetryable: true, message: expect.stringContaining('upstream broke') });
  });

  test('an error in one piece is a fault of the provider, though it is called a stream', async () => {
    const body = bytesOf(JSON.stringify(wire.error('no capacity')));

    const error = await faultOf(modelThatAnswers(wire, [body]).reply(request(), unaborted()));

    expect(error).toMatchObject({ name: 'ProviderError', message: expect.stringContaining('no capacity') });
  });

  test.each(['application/json', 'text/plain', ''])(
    'is known by its text, though it is called "%s"',
    async (contentType) => {
      const stream = bytesOf(`\n${streamedReply(wire, { text: 'done' })}`);

      const reply = await modelThatAnswers(wire, cutAt(stream, [1, 2, 3, 4, 5]), contentType).reply(
        request(),
        unaborted(),
      );

      expect(reply.text).toBe('done');
    },
  );

  test('passes over what it does not know', async () => {
    const strange = [
      null,
      7,
      [],
      {},
      { type: 'brand_new', index: 0, delta: { type: 'x' } },
      { choices: [{ index: 1, delta: { content: 'another choice' } }] },
      { choices: [{ delta: { tool_calls: [null, 7, {}] } }] },
    ];
    const events = wire.events({ text: 'done' });
    const mixed = events.flatMap((event, index) => (index === 0 ? [event] : [...strange, event]));
    const stream = mixed.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

    const reply = await modelThatAnswers(wire, [bytesOf(stream)]).reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'done', stop: 'end' });
  });

  test('with an event that is no JSON is no reply', async () => {
    const stream = `${streamOf(wire.events({ text: 'done' }).slice(0, 3))}data: {"torn\n\n`;

    const error = await faultOf(modelThatAnswers(wire, [bytesOf(stream)]).reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ModelReplyError);
  });

  test('that never ends is cut off, whether it says much or sends one endless line', async () => {
    const line = bytesOf(streamOf(wire.events({ text: 'a'.repeat(3_000) }).slice(0, 500)));
    for (const piece of [line, bytesOf(`data: "${'a'.repeat(100_000)}`)]) {
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += piece.length;
          controller.enqueue(piece);
        },
      });
      const model = modelAt(wire, 'http://provider.test', {
        fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
      });

      const error = await faultOf(model.reply(request(), unaborted()));

      expect(error).toBeInstanceOf(ModelReplyError);
      expect(sent).toBeLessThan(300_000_000);
    }
  }, 60_000);

  test('a long line in small pieces is read in a moment', async () => {
    const line = bytesOf(streamOf([{ type: 'ping', padding: 'a'.repeat(2_000_000) }]));
    const cuts = Array.from({ length: 20_000 }, (_, index) => index * 100);
    const pieces = [...cutAt(line, cuts), bytesOf(streamedReply(wire, { text: 'done' }))];
    const begunMs = performance.now();

    const reply = await modelThatAnswers(wire, pieces).reply(request(), unaborted());

    expect(reply).toMatchObject({ text: 'done' });
    expect(performance.now() - begunMs).toBeLessThan(8_000);
  }, 60_000);

  test('a compressed answer is bounded by what it holds', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000, 'a'));
    const origin = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    });

    const error = await faultOf(modelAt(wire, origin).reply(request(), unaborted()));

    expect(error).toBeInstanceOf(ModelReplyError);
    expect(error).toMatchObject({ message: expect.stringContaining('more than') });
  }, 30_000);

  test('an error without end is told by its begin', async () => {
    const origin = await serve((_incoming, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' });
      const write = () => {
        while (response.write('wrong '.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });

    const error = await faultOf(modelAt(wire, origin).reply(request(), unaborted()));

    expect(error).toMatchObject({ status: 400 });
    expect((error as Error).message.length).toBeLessThan(700);
  });

  test('that falls silent is given up', async () => {
    const origin = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamOf(wire.events({ text: 'half a word' }).slice(0, 5)));
    });

    const error = await faultOf(modelAt(wire, origin, { silenceMs: 800 }).reply(request(), unaborted()));

    expect(error).toMatchObject({ fault: 'timed-out', isRetryable: true, usage: { outputTokens: expect.any(Number) } });
  });

  test('with two calls of one id, and arguments that are no JSON, tells both as they were written', async () => {
    const calls = [
      { id: 'a', name: 'edit', argumentsText: '{"path": "a.ts' },
      { id: 'a', name: 'read', argumentsText: '{}' },
    ];

    const reply = await modelThatAnswers(wire, [bytesOf(streamedReply(wire, { calls }))]).reply(request(), unaborted());

    expect(reply.toolCalls.map(({ name, argumentsJson }) => [name, argumentsJson])).toEqual([
      ['edit', '{"path": "a.ts'],
      ['read', '{}'],
    ]);
    expect(new Set(reply.toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  test.each(['missing', 'null', '-5', '1e400', '"many"'])(
    'whose usage is %s is bounded by its length, and says so',
    async (count) => {
      const events = wire.events({ text: 'done', usage: count !== 'missing' });
      const spoilt = streamOf(events).replaceAll(/"(\w*tokens)":\d+/g, `"$1":${count}`);

      const reply = await modelThatAnswers(wire, [bytesOf(spoilt)]).reply(request(), unaborted());

      expect(reply).toMatchObject({ text: 'done', usage: { cachedInputTokens: 0, isEstimated: true } });
      expect(reply.usage.inputTokens).toBeGreaterThanOrEqual(1000);
      expect(Number.isFinite(reply.usage.outputTokens)).toBe(true);
    },
  );

  test('of a token at a time ends with the time of the call; a keep-alive is heard, and is no excuse', async () => {
    let isClosed = false;
    const events = wire.events({ text: 'word '.repeat(200) });
    const origin = await serve(async (_incoming, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events) {
        if (isClosed) return;
        response.write(`: alive\n\n${streamOf([event])}`);
        await sleep(30);
      }
    });

    const slow = modelAt(wire, origin, { silenceMs: 900, timeoutMs: 1_500 });
    const startedMs = performance.now();
    const error = await faultOf(slow.reply(request(), unaborted()));
    const tookMs = performance.now() - startedMs;

    expect(error).toMatchObject({ fault: 'timed-out', usage: { inputTokens: expect.any(Number) } });
    expect(tookMs).toBeGreaterThan(1_400);
    await expect.poll(() => isClosed, { timeout: 1_000 }).toBe(true);
  });

  test('an abort closes the connection at once, with the reason that was given', async () => {
    const controller = new AbortController();
    const stopped = { stopped: 'by a person' };
    const times = { abortedMs: 0, closedMs: 0 };
    const origin = await serve(async (_incoming, response) => {
      response.on('close', () => {
        times.closedMs = performance.now();
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of wire.events({ text: 'word '.repeat(400) })) {
        if (times.closedMs > 0) return;
        response.write(streamOf([event]));
        await sleep(10);
      }
    });

    const asked = faultOf(
      modelAt(wire, origin).reply(request(), controller.signal, {
        grown: () => {
          if (times.abortedMs > 0) return;
          times.abortedMs = performance.now();
          controller.abort(stopped);
        },
      }),
    );

    expect(await asked).toBe(stopped);
    await expect.poll(() => times.closedMs).toBeGreaterThan(0);
    expect(times.closedMs - times.abortedMs).toBeLessThan(1_000);
  });

  test('is seen to begin though all of it came at once', async () => {
    const origin = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(streamedReply(wire, { text: 'done' }));
    });
    const seen: string[] = [];

    await modelAt(wire, origin).reply(request(), unaborted(), {
      begun: () => seen.push('begun'),
      grown: (characters) => seen.push(`${characters}`),
    });

    expect(seen).toEqual(['begun', '4']);
  });

  test('is watched while it grows, a few times a second', async () => {
    const grown: { characters: number; atMs: number }[] = [];
    const origin = await serve(async (_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of wire.events({ text: 'word '.repeat(60) })) {
        response.write(streamOf([event]));
        await sleep(10);
      }
      response.end(wire.name === 'openai' ? 'data: [DONE]\n\n' : '');
    });

    let begun = 0;
    await modelAt(wire, origin).reply(request(), unaborted(), {
      begun: () => {
        expect(grown).toEqual([]);
        begun += 1;
      },
      grown: (characters) => grown.push({ characters, atMs: performance.now() }),
    });

    expect(begun).toBe(1);
    expect(grown.length).toBeGreaterThan(1);
    const steps = grown.slice(1).map((look, index) => look.atMs - (grown[index]?.atMs ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(200);
    expect(grown.map(({ characters }) => characters)).toEqual(
      grown.map(({ characters }) => characters).toSorted((a, b) => a - b),
    );
  });

  test('what a try used that was lost is told with the reply that came', async () => {
    let asked = 0;
    const origin = await serve((_incoming, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked > 1) return response.end(streamedReply(wire, { text: 'done' }));
      response.write(streamOf(wire.events({ text: 'half a word' }).slice(0, 5)), () => response.destroy());
      return undefined;
    });

    const reply = await modelAt(wire, origin, { maxRetryDelayMs: 5_000 }).reply(request(), unaborted());

    expect(reply).toMatchObject({
      text: 'done',
      usage: { inputTokens: 100 },
      lostUsage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
  });

  test('a server that refuses to stream is asked in one piece, from then on', async () => {
    const streams: unknown[] = [];
    const origin = await serve((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk) => {
        body += String(chunk);
      });
      incoming.on('end', () => {
        const { stream } = JSON.parse(body) as { stream?: boolean };
        streams.push(stream);
        const message = "parameter 'stream' is not supported";
        response.writeHead(stream ? 400 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(stream ? wire.error(message) : wire.reply({ text: 'done' })));
      });
    });
    const model = modelAt(wire, origin);

    const first = await model.reply(request(), unaborted());
    await model.reply(request(), unaborted());

    expect(first.text).toBe('done');
    expect(streams).toEqual([true, undefined, undefined]);
  });
});

test.each([
  ['responses', { type: 'response.completed', response: responsesWire.reply({ text: 'a'.repeat(3_000_000) }) }],
  [
    'anthropic',
    { type: 'content_block_start', index: 5, content_block: { type: 'tool_use', input: 'a'.repeat(3_000_000) } },
  ],
])('a stream over %s comes to no more than a body in one piece may hold', async (name, large) => {
  const wire = wires.find((one) => one.name === name) ?? responsesWire;
  const [first = {}, ...rest] = wire.events({ text: 'done' });

  const error = await faultOf(
    modelThatAnswers(wire, [bytesOf(streamOf([first])), bytesOf(streamOf([large, ...rest]))]).reply(
      request(),
      unaborted(),
    ),
  );

  expect(error).toBeInstanceOf(ModelReplyError);
  expect(error).toMatchObject({ message: expect.stringContaining('more than 2000000 characters') });
});

test.each(wires)('a body over $name that is nested without end is no reply', async (wire) => {
  const reply = JSON.stringify(wire.reply({ text: 'done', calls: [{ id: 'x', name: 'read', argumentsText: 'DEEP' }] }));
  const deep = reply.replace('"DEEP"', `{"list":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);

  const error = await faultOf(
    modelThatAnswers(wire, [bytesOf(deep)], 'application/json').reply(request(), unaborted()),
  );

  expect(error).toBeInstanceOf(ModelReplyError);
});
