import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askedTurns, systemOf } from './asked-turns.ts';
import { type CallName, type Chance, chanceOf, type FaultKind, type PhaseKind } from './drill-faults.ts';
import { type Lane, laneAt, type Provider } from './lanes.ts';
import { refuse, unknownModel } from './refuse.ts';
import { createReplySender, type SentReply } from './send-reply.ts';
import { createThoughts } from './thoughts.ts';
import type { Json } from './wires/wire.ts';

/** What became of one request, as the provider sees it. */
export interface Ask extends SentReply {
  /** Stands in the ids of the reply's calls, so that the reply is known again in the App's database. */
  readonly serial: number;
  readonly provider: Provider;
  /** Title of the issue, or empty. */
  readonly fix: string;
  readonly conversation: string;
  readonly turn: number;
  readonly fate: FaultKind | PhaseKind | null;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Whether a stream was asked for. */
  readonly isStreamed: boolean;
  /** The turns of the request, counted from 0, that hold what this provider's model had thought for them. */
  readonly thoughtTurns: readonly number[];
}

export interface FaultProxy {
  readonly port: number;
  readonly asks: readonly Ask[];
  /** What went wrong here, and no provider would do: a fault of the drill. */
  readonly slips: readonly string[];
  /** What fails for all calls of a provider now; null lets them through to their own fates. */
  readonly phases: Record<Provider, PhaseKind | null>;
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly seed: number;
  /** How each call fails by itself. */
  readonly fateOf: (chance: Chance) => FaultKind | null;
  /** Where the scripted model listens. */
  readonly target: string;
}

const fixTitle = /drill-\d{4}/;
const nothingSent: SentReply = { tokens: null, billed: null };

/**
 * Stands for all providers before the scripted model and spoils their answers, each by its own name, so that one seed
 * gives the same faults however the calls interleave.
 */
export async function openFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const asks: Ask[] = [];
  const slips: string[] = [];
  const phases: FaultProxy['phases'] = { openai: null, azure: null, anthropic: null };
  const askedBefore = new Map<string, number>();
  const thoughts = createThoughts();
  const sendReply = createReplySender(options.target, thoughts);
  let serial = 0;
  const server = createServer((request, response) => {
    // Whoever hangs up in the middle is seen by the writes that fail.
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => {
      if (request.complete) slips.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A name is looked up for a new connection only.
    response.setHeader('connection', 'close');
    const body = JSON.parse(await textOf(request)) as Json;
    const lane = laneAt(request.url);
    if (lane === null) return refuseElsewhere(response);
    const startedMs = performance.now();
    const call = nameOf(lane, body, askedBefore);
    const chance = chanceOf(options.seed, call);
    const fate = phases[lane.provider] ?? options.fateOf(chance);
    serial += 1;
    const own = serial;
    const thoughtTurns = thoughts.turnsIn(body);
    const sent = (await refuse(lane, fate, response))
      ? nothingSent
      : await sendReply({ lane, response, body, fate: fate as FaultKind | null, chance, serial: own });
    const { conversation, turn, fix } = call;
    const { provider } = lane;
    const isStreamed = body.stream === true;
    asks.push({
      ...{ serial: own, provider, fix, conversation, turn, fate, isStreamed, thoughtTurns },
      ...{ startedMs, endedMs: performance.now(), ...sent },
    });
  }

  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asks,
    slips,
    phases,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A deployment that is not found over one API is not found over the other. */
function refuseElsewhere(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code: 'DeploymentNotFound', message: unknownModel.azure } }));
}

/** Each role speaks with a fix once: the drill's coder is right at once. */
function nameOf({ provider }: Lane, body: Json, askedBefore: Map<string, number>): CallName & { readonly fix: string } {
  const system = systemOf(body);
  const fix = fixTitle.exec(JSON.stringify(body))?.[0] ?? '';
  const role = /^role: *(\w+)/m.exec(system)?.[1] ?? '';
  const digest = createHash('sha256').update(system.trim()).digest('hex').slice(0, 8);
  const call = { provider, fix, conversation: `${fix} ${role} ${digest}`, turn: askedTurns(body).length };
  const key = JSON.stringify(call);
  const before = askedBefore.get(key) ?? 0;
  askedBefore.set(key, before + 1);
  return { ...call, before };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
