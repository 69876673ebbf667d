import { isNestedDeeper } from '../domain/json-object.ts';
import type { ReplyWatch } from '../ports/model.ts';
import type { CallLimits } from './call-limits.ts';
import { createEventReader } from './server-sent-events.ts';

/** Puts the events of a stream together to the body that the same request would have got in one piece. */
export interface Assembly {
  /** Takes one event, in any order and form: what it does not know says nothing. */
  take(event: unknown): void;
  /** What the events came to, and how far: `whole` may be followed by usage, `over` by nothing. */
  readonly progress: 'begun' | 'whole' | 'over';
  /** Characters of text, arguments and reasoning so far. */
  readonly characters: number;
  /** The same, with the names of calls and with thoughts that are sealed: all that a provider may charge. */
  readonly written: string;
  body(): unknown;
}

/** What came, before anybody asked whether it is a reply. */
export type Answer =
  | { readonly kind: 'body'; readonly body: unknown }
  /** The stream ended, broke off or fell silent before its last event. */
  | { readonly kind: 'cut'; readonly error: unknown }
  | { readonly kind: 'too-large'; readonly what: string }
  | { readonly kind: 'no-json' };

/** An answer, with the text of one that came in one piece, as far as it came; empty where it was a stream. */
export type Read = Answer & { readonly inOnePiece: string };

/** Above any real reply: the largest models write at most about half a megabyte at once. */
const mostBodyBytes = 2_000_000;
/** Every token comes in an envelope of some 300 bytes; one of OpenAI's events holds the whole reply once more. */
const mostStreamBytes = 64_000_000;
const mostEventCharacters = 8_000_000;
const mostEvents = 400_000;
const mostLevels = 200;
/** How long what follows a whole reply is waited for: its usage, or just the end of the connection. */
const settleMs = 3_000;
const betweenLooksMs = 250;

/**
 * Reads an answer with status 200 in whichever form it came: a stream of events, or one body of JSON, as servers send it
 * that do not stream or that found an error first. Never throws for what the network or the server did.
 */
export async function readAnswer(response: Response, assembly: Assembly, reading: Reading): Promise<Read> {
  const parts: string[] = [];
  const answer = await readParts(response, assembly, reading, parts);
  return { ...answer, inOnePiece: parts.join('') };
}

interface Reading {
  readonly limits: CallLimits;
  readonly watch?: ReplyWatch | undefined;
}

/** @param parts What came, until it is known to be a stream. */
async function readParts(
  response: Response,
  assembly: Assembly,
  { limits, watch }: Reading,
  parts: string[],
): Promise<Answer> {
  const decoder = new TextDecoder();
  const reader = createEventReader();
  const seen = createLook(assembly, watch);
  const isCalledStream = /text\/event-stream/i.test(response.headers.get('content-type') ?? '');
  let begin = '';
  let isStream: boolean | null = null;
  let sizeBytes = 0;
  let events = 0;

  const takeAll = (data: readonly string[]): Answer | null => {
    for (const one of data) {
      events += 1;
      const answer = events > mostEvents ? tooLarge(`${mostEvents} events`) : takeEvent(one, assembly);
      if (answer !== null) return answer;
      if (assembly.characters > mostBodyBytes) return tooLarge(`${mostBodyBytes} characters`);
      if (assembly.progress === 'over') return assembled(assembly);
    }
    if (assembly.progress === 'whole') limits.settle(settleMs);
    return null;
  };

  try {
    for await (const chunk of response.body ?? []) {
      limits.heard();
      sizeBytes += chunk.byteLength;
      const text = decoder.decode(chunk, { stream: true });
      if (sizeBytes > (isStream ? mostStreamBytes : mostBodyBytes)) {
        if (isStream !== true) parts.push(text);
        return tooLarge(`${isStream ? mostStreamBytes : mostBodyBytes} bytes`);
      }
      begin = (begin + text).trimStart().slice(0, 6);
      isStream ??= looksLikeEvents(begin, isCalledStream);
      if (isStream !== true) {
        parts.push(text);
        continue;
      }
      const answer = takeAll(reader.push(parts.splice(0).join('') + text));
      if (events > 0) seen.begin();
      if (answer !== null) {
        seen.look();
        return answer;
      }
      if (reader.held > mostEventCharacters) return tooLarge(`${mostEventCharacters} characters in one event`);
      seen.look();
    }
  } catch (error) {
    if (assembly.progress !== 'begun') return assembled(assembly);
    return { kind: 'cut', error };
  }
  if (isStream !== true) return parsed(parts.join('') + decoder.decode());
  const last = takeAll([...reader.push(decoder.decode()), ...reader.end()]);
  if (last !== null) return last;
  return assembly.progress === 'begun' ? { kind: 'cut', error: undefined } : assembled(assembly);
}

/** As large as the same body may be in one piece, whatever its events counted. */
function assembled(assembly: Assembly): Answer {
  const body = assembly.body();
  const { length } = JSON.stringify(body);
  return length > mostBodyBytes ? tooLarge(`${mostBodyBytes} characters`) : { kind: 'body', body };
}

/**
 * Null while there is too little to tell by. The text itself decides first: some servers stream under the content type of
 * JSON or under none, and some send an error as JSON under that of a stream.
 */
function looksLikeEvents(begin: string, isCalledStream: boolean): boolean | null {
  if (/^(data|event|id|retry)?:/.test(begin)) return true;
  if (/^[[{<"]/.test(begin)) return false;
  return begin.length < 6 ? null : isCalledStream;
}

function takeEvent(data: string, assembly: Assembly): Answer | null {
  if (data.trim() === '') return null;
  if (data.trim() === '[DONE]') {
    assembly.take('[DONE]');
    return null;
  }
  const whole = parsed(data);
  if (whole.kind !== 'body') return whole;
  assembly.take(whole.body);
  return null;
}

function parsed(text: string): Answer {
  if (isNestedDeeper(text, mostLevels)) return tooLarge(`${mostLevels} levels of JSON in one another`);
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    return { kind: 'no-json' };
  }
}

const tooLarge = (what: string): Answer => ({ kind: 'too-large', what });

function createLook(assembly: Assembly, watch: ReplyWatch | undefined): { begin(): void; look(): void } {
  let hasBegun = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  let characters = 0;
  return {
    begin() {
      if (!hasBegun) watch?.begun?.();
      hasBegun = true;
    },
    look() {
      const nowMs = performance.now();
      if (watch === undefined || assembly.characters === characters || nowMs - lastMs < betweenLooksMs) return;
      lastMs = nowMs;
      characters = assembly.characters;
      watch.grown(characters);
    },
  };
}
