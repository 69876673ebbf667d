import { createSlices } from '../domain/slices.ts';
import { definedNames } from './definitions.ts';
import { maxImports, writtenImports } from './imports.ts';
import { termNumbersOf, wordTextsOf } from './terms.ts';

/** What the index knows of one blob. It follows from the bytes alone, whatever the file is called. */
export interface FileRecord {
  /** Numbers of the terms, ascending. */
  readonly terms: Uint32Array;
  /** How often each occurs, 255 at most. */
  readonly counts: Uint8Array;
  /** How often each is part of a name that is defined here, 255 at most. */
  readonly definitions: Uint8Array;
  /** All occurrences together, those that were cut too. */
  readonly length: number;
  readonly definitionLength: number;
  readonly imports: readonly string[];
}

/** Nobody mends a larger file by hand, and one that is cut would be found by its beginning only. */
export const maxFileBytes = 512 * 1024;
const maxTerms = 6_000;
const maxLineChars = 2_000;
const pieceChars = 32 * 1024;

export const emptyRecord: FileRecord = {
  terms: new Uint32Array(),
  counts: new Uint8Array(),
  definitions: new Uint8Array(),
  length: 0,
  definitionLength: 0,
  imports: [],
};

/** Reads a file once. Binary and minified files are nothing: no word of theirs leads anybody anywhere. */
export async function recordOf(bytes: Uint8Array, slices = createSlices()): Promise<FileRecord> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(0, 8_000).includes(0)) return emptyRecord;
  const text = buffer.toString('utf8');
  if (isMinified(text)) return emptyRecord;
  const all = new Map<number, number>();
  const defined = new Map<number, number>();
  let length = 0;
  let definitionLength = 0;
  const imports = new Set<string>();
  for (const piece of piecesOf(text)) {
    for (const word of wordTextsOf(piece)) length += count(all, word);
    for (const name of definedNames(piece)) definitionLength += count(defined, name);
    for (const name of writtenImports(piece)) imports.add(name);
    await slices.rest();
  }
  const kept = all.size <= maxTerms ? [...all] : mostFrequent(all, defined);
  kept.sort(([a], [b]) => a - b);
  const lists = createTermLists(kept.length);
  for (const [at, [term, times]] of kept.entries()) {
    lists.terms[at] = term;
    lists.counts[at] = Math.min(times, 255);
    lists.definitions[at] = Math.min(defined.get(term) ?? 0, 255);
  }
  return { ...lists, length, definitionLength, imports: [...imports].slice(0, maxImports) };
}

/** Three lists in one piece of memory: of 50,000 files each list by itself would cost more than what it holds. */
export function createTermLists(count: number): Pick<FileRecord, 'terms' | 'counts' | 'definitions'> {
  const memory = new ArrayBuffer(count * 6);
  return {
    terms: new Uint32Array(memory, 0, count),
    counts: new Uint8Array(memory, count * 4, count),
    definitions: new Uint8Array(memory, count * 5, count),
  };
}

/** Whole lines, about 32 KB together: what is read of them takes a few milliseconds. */
function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start + pieceChars);
    const end = lineEnd < 0 ? text.length : lineEnd + 1;
    yield text.slice(start, end);
    start = end;
  }
}

function count(into: Map<number, number>, word: string): number {
  const numbers = termNumbersOf(word);
  for (const number of numbers) into.set(number, (into.get(number) ?? 0) + 1);
  return numbers.length;
}

/** Of a file with too many terms: what it defines, then what it says most often. */
const mostFrequent = (all: ReadonlyMap<number, number>, defined: ReadonlyMap<number, number>): [number, number][] =>
  [...all]
    .sort(([a, aTimes], [b, bTimes]) => (defined.get(b) ?? 0) - (defined.get(a) ?? 0) || bTimes - aTimes || a - b)
    .slice(0, maxTerms);

/** Lines nobody wrote by hand make up most of it. */
function isMinified(text: string): boolean {
  if (text.length < 4_000) return false;
  let long = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    if (stop - start > maxLineChars) long += stop - start;
    start = stop + 1;
  }
  return long > text.length / 2;
}
