import { type IncomingMessage, request } from 'node:http';
import { z } from 'zod';
import type { FixId } from '../../domain/ids.ts';
import type { TraceLine } from '../../domain/trace-line.ts';
import type { NamedFix } from '../../ports/traces.ts';
import type { ReadableTraces } from '../../web/trace-door.ts';

const namedFixes = z.array(z.object({ id: z.string(), thread: z.string(), state: z.string() }));
const keys = z.array(z.object({ key: z.string(), texts: z.number(), isSet: z.boolean() }));
const fixIds = z.array(z.string());

/** A running App's traces, by its socket. Null when nobody answers there. */
export async function askRunningApp(path: string, deadlineMs = 30_000): Promise<ReadableTraces | null> {
  const get = (asked: string) => ask(path, asked, deadlineMs);
  const isThere = await get('/newest').then(drain, isNobody);
  if (!isThere) return null;
  return {
    newest: async (limit) => namedFixes.parse(await json(await get(`/newest?limit=${limit}`))) as NamedFix[],
    ofThread: async (repository, number) => {
      const query = new URLSearchParams({ repository, number: String(number) });
      return fixIds.parse(await json(await get(`/thread?${query}`))) as FixId[];
    },
    keysInUse: async () => keys.parse(await json(await get('/keys'))),
    lines: async (fix, withTexts) => {
      const query = new URLSearchParams({ fix, texts: withTexts ? 'yes' : 'no' });
      const response = await get(`/lines?${query}`);
      if (response.statusCode === 404) return drain(response).then(() => null);
      return linesOf(response, deadlineMs);
    },
  };
}

/** No socket, one of a process that is gone, or one of another user's. */
function isNobody(error: unknown): false {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG'].includes(code)) return false;
  throw error;
}

function ask(socketPath: string, path: string, deadlineMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: deadlineMs }, resolve);
    asked.once('timeout', () =>
      asked.destroy(new Error(`the running App did not answer within ${deadlineMs / 1000} s`)),
    );
    asked.once('error', reject);
    asked.end();
  });
}

async function drain(response: IncomingMessage): Promise<true> {
  response.resume();
  await new Promise((resolve) => response.once('close', resolve));
  return true;
}

async function json(response: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text);
}

/** Not by readline, which ends lines at U+2028 as well. @throws {Error} when the App ended in the middle. */
async function* linesOf(response: IncomingMessage, deadlineMs: number): AsyncGenerator<TraceLine> {
  let rest = '';
  let isWhole = false;
  for await (const chunk of response.setEncoding('utf8')) {
    const texts = `${rest}${String(chunk)}`.split('\n');
    rest = texts.pop() ?? '';
    // The App is silent as long as nobody takes these lines, and that is not its fault.
    response.socket.setTimeout(0);
    for (const text of texts) {
      const line = JSON.parse(text) as TraceLine | null;
      isWhole = line === null;
      if (line !== null) yield line;
    }
    response.socket.setTimeout(deadlineMs);
  }
  if (!isWhole) throw new Error('the running App broke off in the middle of the trace; ask again');
}
