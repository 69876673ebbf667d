import type { ServerResponse } from 'node:http';
import { withoutTurns } from './asked-turns.ts';
import type { Chance, FaultKind } from './drill-faults.ts';
import type { Lane } from './lanes.ts';
import { type SentStream, sendStream } from './send-stream.ts';
import { type Sending, spoil, spoiledMark } from './spoil.ts';
import type { Thoughts } from './thoughts.ts';
import { asAnthropicBegins } from './wires/messages.ts';
import type { Json, StreamEvent, Tokens, Wire } from './wires/wire.ts';

/** What a provider counts for one call. */
export interface SentReply {
  /** Tokens of a whole reply that was sent to its last byte; null where there was none. */
  readonly tokens: Tokens | null;
  /**
   * What the provider charges for a call that the client heard of: of a reply that broke off, what was written until then.
   * Null where it charges nothing, or where the client could not know that anything had begun.
   */
  readonly billed: Tokens | null;
}

export interface Replying {
  readonly lane: Lane;
  readonly response: ServerResponse;
  readonly body: Json;
  readonly fate: FaultKind | null;
  readonly chance: Chance;
  readonly serial: number;
}

/** Sends what the scripted model at `target` says, spoiled or not. */
export function createReplySender(target: string, thoughts: Thoughts): (replying: Replying) => Promise<SentReply> {
  return async ({ lane: { wire }, response, body, fate, chance, serial }) => {
    const isWanted = body.stream === true && fate !== 'one piece in place of a stream';
    const asked = await fetch(`${target}${wire.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...withoutTurns(body, spoiledMark), stream: isWanted }),
    });
    const text = (await asked.text()).replaceAll(/"call-\d+-\d+"/g, `"d${serial}"`);
    if (!asked.ok || !isWanted) {
      thoughts.sent(itemsIn(text));
      return sendPiece(response, wire, asked.status, text);
    }
    const events = eventsIn(text).map((event) => (wire.name === 'messages' ? asAnthropicBegins(event) : event));
    const sending = spoil(wire, events, fate, chance);
    if (sending.isWhole) thoughts.sent(sending.events);
    const sent = await sendStream(response, wire, sending, chance);
    const counted = countedIn(wire, events) ?? { input: 0, output: 0 };
    return {
      tokens: sending.isWhole && sent.isSent ? counted : null,
      billed: sent.isSent ? billedFor(wire, { events, sending, sent, counted }, mostOutputOf(body)) : null,
    };
  };
}

/** The answer of a server that does not stream. */
async function sendPiece(response: ServerResponse, wire: Wire, status: number, text: string): Promise<SentReply> {
  response.writeHead(status, { 'content-type': 'application/json' });
  const isSent = new Promise<boolean>((resolve) => {
    response.once('finish', () => resolve(true));
    response.once('close', () => resolve(false));
  });
  response.end(text);
  const body = JSON.parse(text) as Json;
  const tokens = (await isSent) && status === 200 ? wire.usageOf(asEvent(wire, body)) : null;
  return { tokens, billed: tokens };
}

/** The items of a Response in one piece, as its stream would tell them. */
const itemsIn = (text: string): StreamEvent[] => {
  const { output } = JSON.parse(text) as Json;
  return Array.isArray(output) ? output.map((item: unknown) => ({ item })) : [];
};

/** In a stream of Responses the body stands within its last event; over the others usage stands in both at the top. */
const asEvent = ({ name }: Wire, body: Json): Json => (name === 'responses' ? { response: body } : body);

function eventsIn(text: string): StreamEvent[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, line = '']) =>
    line === '[DONE]' ? line : (JSON.parse(line) as Json),
  );
}

const countedIn = (wire: Wire, events: readonly StreamEvent[]): Tokens | null =>
  events.reduce<Tokens | null>((most, event) => {
    const told = wire.usageOf(event);
    if (told === null) return most;
    return { input: Math.max(told.input, most?.input ?? 0), output: Math.max(told.output, most?.output ?? 0) };
  }, null);

interface Sent {
  /** Of the whole reply. */
  readonly events: readonly StreamEvent[];
  readonly sending: Sending;
  readonly sent: SentStream;
  readonly counted: Tokens;
}

/** What is written is charged by its letters: as many tokens as the whole reply has for so many, or one for four. */
function billedFor(wire: Wire, { events, sending, sent, counted }: Sent, mostOutput: number): Tokens | null {
  if (sending.isWhole) return counted;
  const written = lettersIn(wire, sending.events) + sent.moreLetters;
  if (written === 0) return countedIn(wire, sending.events);
  const all = lettersIn(wire, events);
  const output = written <= all ? (counted.output * written) / all : written / 4;
  return { input: counted.input, output: Math.min(Math.ceil(output), mostOutput) };
}

const lettersIn = (wire: Wire, events: readonly StreamEvent[]): number =>
  events.reduce((sum, event) => sum + wire.grownBy(event).length, 0);

/** No provider writes more than it was asked for. */
const mostOutputOf = (body: Json): number =>
  Number(body.max_completion_tokens ?? body.max_output_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY);
