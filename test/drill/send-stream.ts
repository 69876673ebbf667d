import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './drill-faults.ts';
import type { Sending } from './spoil.ts';
import type { StreamEvent, Wire } from './wires/wire.ts';

/** What left of a stream. */
export interface SentStream {
  /** Its events and what stands behind them, to the last byte. */
  readonly isSent: boolean;
  /** Letters of words and arguments that left beside those of its events. */
  readonly moreLetters: number;
}

const longestPieceBytes = 160;
const floodBytes = 10_000_000;
const floodLetters = 5_000;

/** Sends a stream as networks carry it: in small pieces, whose borders know nothing of lines and letters. */
export async function sendStream(
  response: ServerResponse,
  wire: Wire,
  { events, tail, ending }: Sending,
  chance: Chance,
): Promise<SentStream> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const lineEnd = chance() < 0.2 ? '\r\n' : '\n';
  const comment = chance() < 0.3 ? ': keep-alive\n\n' : '';
  const text = events.map((event) => `${comment}${linesOf(wire, event)}`).join('') + tailOf(wire, tail, events);
  for (const piece of cut(Buffer.from(text.replaceAll('\n', lineEnd)), chance))
    if (!(await write(response, piece))) return { isSent: false, moreLetters: 0 };
  return { isSent: true, moreLetters: await goOn(response, wire, ending, events.at(-1)) };
}

function linesOf(wire: Wire, event: StreamEvent): string {
  if (event === '[DONE]') return 'data: [DONE]\n\n';
  return `${wire.namesEvents ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`;
}

function tailOf(wire: Wire, tail: Sending['tail'], events: readonly StreamEvent[]): string {
  switch (tail) {
    case 'nothing':
      return '';
    case 'torn event': {
      const lines = linesOf(wire, events.at(-1) ?? {});
      return lines.slice(0, lines.length / 2);
    }
    case 'no JSON':
      return 'data: {"torn\n\n';
  }
}

function* cut(bytes: Buffer, chance: Chance): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(chance() * longestPieceBytes);
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** @returns the letters that left. */
async function goOn(
  response: ServerResponse,
  wire: Wire,
  ending: Sending['ending'],
  last: StreamEvent = {},
): Promise<number> {
  let letters = 0;
  const grow = async (text: string): Promise<boolean> => {
    const isSent = await write(response, Buffer.from(linesOf(wire, wire.growing(last, text))));
    if (isSent) letters += text.length;
    return isSent;
  };
  switch (ending) {
    case 'end':
      response.end();
      break;
    case 'break':
      response.destroy();
      break;
    case 'hang':
      if (!response.destroyed) await once(response, 'close');
      break;
    case 'drip':
      while (await grow(' and')) await sleep(1_000);
      break;
    case 'flood':
      while (letters < floodBytes && (await grow('and '.repeat(floodLetters / 4))));
      response.end();
      break;
    case 'line': {
      await write(response, Buffer.from('data: {"type":"ping","padding":"'));
      const piece = Buffer.alloc(100_000, 'a');
      for (let sent = 0; sent < floodBytes && (await write(response, piece)); sent += piece.length);
      response.end();
    }
  }
  return letters;
}

/** @returns whether it left: not where nobody listens any more. */
function write(response: ServerResponse, piece: Buffer): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    response.once('close', gone);
    response.write(piece, (error) => {
      response.off('close', gone);
      resolve(!error);
    });
  });
}
