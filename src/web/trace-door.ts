import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FixId } from '../domain/ids.ts';
import type { Traces } from '../ports/traces.ts';

export type ReadableTraces = Pick<Traces, 'lines' | 'ofThread' | 'newest' | 'keysInUse'>;

export interface TraceDoor {
  close(): Promise<void>;
}

/** In a folder of its own, because its permissions are those of the socket. */
export const doorPath = (dataDir: string): string => join(resolve(dataDir), 'door', 'trace');

/** What Linux takes as the path of a socket, its end included: https://man7.org/linux/man-pages/man7/unix.7.html */
const longestPath = 107;
const mostNewest = 200;

/**
 * Where `ai-fix trace` asks a running App, because two processes cannot open the embedded database: a socket in a folder
 * that only the App's own user may enter. Nothing outside of this machine reaches it, and it changes nothing.
 *
 * @returns null where the path is longer than a socket's may be; the trace is then read while the App is stopped.
 */
export async function openTraceDoor(
  path: string,
  traces: ReadableTraces,
  onFault: (error: unknown) => void,
): Promise<TraceDoor | null> {
  if (Buffer.byteLength(path) > longestPath) return null;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // One that was there already, from a restored backup perhaps, keeps the mode that it had.
  await chmod(dirname(path), 0o700);
  // Left behind by a process that was killed: whoever holds the database is the only one.
  await rm(path, { force: true });
  const server = createServer((request, response) => {
    answer(traces, request, response).catch((error: unknown) => {
      onFault(error);
      response.destroy();
    });
  });
  Object.assign(server, { maxConnections: 8, requestTimeout: 10_000, headersTimeout: 10_000 });
  await new Promise<void>((listening, reject) => {
    server.once('error', reject);
    server.listen(path, listening);
  });
  await chmod(path, 0o600);
  server.unref();
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function answer(traces: ReadableTraces, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://trace.invalid');
  if (request.method !== 'GET') return end(response, 405, []);
  switch (pathname) {
    case '/newest':
      return end(response, 200, await traces.newest(limitOf(searchParams.get('limit'))));
    case '/thread':
      return end(
        response,
        200,
        await traces.ofThread(searchParams.get('repository') ?? '', Number(searchParams.get('number')) || 0),
      );
    case '/keys':
      return end(response, 200, await traces.keysInUse());
    case '/lines': {
      const lines = await traces.lines((searchParams.get('fix') ?? '') as FixId, searchParams.get('texts') === 'yes');
      return lines === null ? end(response, 404, []) : stream(response, lines);
    }
    default:
      return end(response, 404, []);
  }
}

const limitOf = (text: string | null): number => Math.min(mostNewest, Math.max(1, Number(text) || 1));

function end(response: ServerResponse, status: number, body: readonly unknown[]): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** One line at a time, as fast as they are read on the other side. */
async function stream(response: ServerResponse, lines: AsyncIterable<object>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(
    Readable.from(
      (async function* () {
        for await (const line of lines) yield `${JSON.stringify(line)}\n`;
        // Whoever reads knows by this that nothing was cut off.
        yield 'null\n';
      })(),
    ),
    response,
  ).catch((error: unknown) => {
    // Nobody reads any more.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
