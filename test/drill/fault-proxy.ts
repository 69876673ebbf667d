import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dialect, dialects, type Json, openingOf, spokenIn, withoutTurns } from './dialects.ts';
import { type FaultKind, fateOf, faultKinds, type PhaseKind } from './drill-faults.ts';

/** What became of one request, as the provider sees it. */
export interface Ask {
  /** Stands in the ids of the reply's calls, so that the reply is known again in the App's database. */
  readonly serial: number;
  readonly provider: Dialect['name'];
  /** Title of the issue, or empty. */
  readonly fix: string;
  readonly conversation: string;
  readonly turn: number;
  readonly fate: FaultKind | PhaseKind | null;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Tokens of a whole reply that was sent to its last byte; null where there was none. */
  readonly tokens: { readonly input: number; readonly output: number } | null;
}

export interface FaultProxy {
  readonly port: number;
  readonly asks: readonly Ask[];
  /** What fails for all calls of a provider now; null lets them through to their own fates. */
  readonly phases: Record<Dialect['name'], PhaseKind | null>;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly seed: number;
  /** The share of calls that fail by themselves, from 0 to 1. */
  readonly share: number;
  /** Where the scripted model listens. */
  readonly target: string;
}

export const spoiledMark = 'This reply is spoiled on its way.';
const fixTitle = /drill-\d{4}/;

/**
 * Stands for both providers before the scripted model and spoils their answers, each by its own name, so that one seed
 * gives the same faults however the calls interleave.
 */
export async function openFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const asks: Ask[] = [];
  const phases: FaultProxy['phases'] = { openai: null, anthropic: null };
  const askedBefore = new Map<string, number>();
  let serial = 0;
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const dialect = dialects.find(({ name }) => request.url?.startsWith(`/${name}/`));
    if (dialect === undefined) return void response.writeHead(404).end();
    const startedMs = performance.now();
    // A name is looked up for a new connection only.
    response.setHeader('connection', 'close');
    const body = JSON.parse(await textOf(request)) as Json;
    const call = nameOf(dialect, body);
    const key = JSON.stringify(call);
    const before = askedBefore.get(key) ?? 0;
    askedBefore.set(key, before + 1);
    const fate = phases[dialect.name] ?? fateOf(options.seed, { ...call, before }, options.share);
    serial += 1;
    const own = serial;
    const tokens = await answer({ dialect, response, body, fate, serial: own, target: options.target });
    asks.push({ ...call, fix: call.fix, serial: own, fate, startedMs, endedMs: performance.now(), tokens });
  }

  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asks,
    phases,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function nameOf(dialect: Dialect, body: Json) {
  const opening = openingOf(body);
  const fix = fixTitle.exec(opening)?.[0] ?? fixTitle.exec(JSON.stringify(body))?.[0] ?? '';
  const role = /^role: *(\w+)/m.exec(opening)?.[1] ?? '';
  const digest = createHash('sha256').update(opening.replaceAll(/\d+/g, '')).digest('hex').slice(0, 8);
  return { provider: dialect.name, fix, conversation: `${fix} ${role} ${digest}`, turn: spokenIn(body) };
}

interface Answering {
  readonly dialect: Dialect;
  readonly response: ServerResponse;
  readonly body: Json;
  readonly fate: Ask['fate'];
  readonly serial: number;
  readonly target: string;
}

async function answer(answering: Answering): Promise<Ask['tokens']> {
  const { dialect, response, fate } = answering;
  const refuse = (status: number, code: string, message: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(dialect.error(status, code, message)));
    return null;
  };
  switch (fate) {
    case 'wrong key (401)':
      return refuse(401, dialect.name === 'openai' ? 'invalid_api_key' : 'authentication_error', 'the key is wrong');
    case 'no credit':
    case 'no credit (402)':
      return refuse(402, dialect.name === 'openai' ? 'insufficient_quota' : 'billing_error', 'the account is empty');
    case 'unknown model (404)':
      return refuse(404, dialect.name === 'openai' ? 'model_not_found' : 'not_found_error', 'there is no such model');
    case 'rate limit (429)':
      return refuse(429, 'rate_limit_error', 'slow down');
    case 'rate limit with retry-after (429)':
      return refuse(429, 'rate_limit_error', 'slow down', { 'retry-after': '1' });
    case 'server error (500)':
      return refuse(500, 'server_error', 'sorry');
    case 'overloaded (529)':
      return refuse(529, 'overloaded_error', 'overloaded');
    case 'error body with 200':
      return refuse(200, 'overloaded_error', 'the model behind this gateway failed');
    case 'web page of a proxy (502)':
    case 'web page with 200':
      response.writeHead(fate.endsWith('200') ? 200 : 502, { 'content-type': 'text/html' });
      response.end('<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>nginx</body></html>');
      return null;
    case 'down':
    case 'connection reset':
      response.socket?.resetAndDestroy();
      return null;
    case 'no answer at all':
      return untilClosed(response);
    default:
      return reply(answering);
  }
}

/** What the scripted model says, spoiled or not. */
async function reply({ dialect, response, body, fate, serial, target }: Answering): Promise<Ask['tokens']> {
  const asked = await fetch(`${target}${dialect.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...withoutTurns(body, spoiledMark), stream: false }),
  });
  const text = await asked.text();
  if (!asked.ok) {
    response.writeHead(asked.status, { 'content-type': 'application/json' }).end(text);
    return null;
  }
  const plain = dialect.withCallId(JSON.parse(text) as Json, `d${serial}`);
  const whole = JSON.stringify(plain);
  switch (fate) {
    case 'stream cut in the middle':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
      response.write(whole.slice(0, whole.length / 2), () => response.destroy());
      return null;
    case 'malformed JSON':
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole.slice(0, -3));
      return null;
    case 'answer of 10 MB':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...plain, padding: 'x'.repeat(10_000_000) }));
      return null;
    case 'empty reply':
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.empty(plain)));
      return null;
    case 'one token a second':
      return drip(response, whole);
    case 'two calls with one id':
      return send(response, dialect.withSecondCall(plain), plain);
    case 'arguments that are no JSON':
      return send(response, dialect.withBrokenArguments(plain, spoiledMark), plain);
    case 'usage missing':
      return send(response, dialect.withoutUsage(plain), {});
    default:
      return send(response, plain, plain);
  }
}

/** Tokens only once the last byte has left: whoever hung up before has no reply. */
async function send(response: ServerResponse, reply: Json, counted: Json): Promise<Ask['tokens']> {
  response.writeHead(200, { 'content-type': 'application/json' });
  const isSent = new Promise<boolean>((resolve) => {
    response.once('finish', () => resolve(true));
    response.once('close', () => resolve(false));
  });
  response.end(JSON.stringify(reply));
  if (!(await isSent)) return null;
  const usage = (counted.usage ?? {}) as Record<string, number>;
  return {
    input: usage.prompt_tokens ?? usage.input_tokens ?? 0,
    output: usage.completion_tokens ?? usage.output_tokens ?? 0,
  };
}

/** Four letters a second, until nobody listens any more. */
async function drip(response: ServerResponse, text: string): Promise<null> {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (let at = 0; at < text.length && !response.destroyed; at += 4) {
    response.write(text.slice(at, at + 4));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  response.end();
  return null;
}

const untilClosed = (response: ServerResponse): Promise<null> =>
  new Promise((resolve) => response.once('close', () => resolve(null)));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export const isLost = (fate: Ask['fate']): boolean =>
  fate !== null && fate in faultKinds && faultKinds[fate as FaultKind] === 'lost';
