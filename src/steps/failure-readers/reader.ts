import type { Failure } from '../../domain/failure.ts';
import { stableName } from '../stable-name.ts';

/**
 * Knows the log of one tool. Pure, and linear in the lines: each is at most `maxLineLength` long, and no pattern may
 * try a line more often than it is long.
 */
export interface FailureReader {
  readonly tool: string;
  /** One of these stands in every log that it can read, so that others cost next to nothing. */
  readonly marks: readonly string[];
  read(lines: readonly string[]): Reading;
}

export interface Reading {
  readonly failures: readonly Failure[];
  /** How many tests failed of how many, where the tool says it. */
  readonly ran?: { readonly failed: number; readonly total: number };
}

const maxLineLength = 2_000;
const maxLines = 60_000;
const maxHeadLines = 20_000;

/** The lines of a log, within bounds: long ones are cut, and of too many the middle ones are left out. */
export function linesOf(text: string): readonly string[] {
  const all = text.split('\n');
  const kept =
    all.length <= maxLines ? all : [...all.slice(0, maxHeadLines), '', ...all.slice(maxHeadLines - maxLines)];
  return kept.map((line) => (line.length <= maxLineLength ? line : line.slice(0, maxLineLength)).trimEnd());
}

const maxExcerptLines = 40;
const maxExcerptLength = 3_000;

/** Where frames of the runtime and of packages come from: where a framework called the test says nothing of why it failed. */
const foreignPlaces = [
  'node:',
  '/node_modules/',
  '(node_modules/',
  '\\node_modules\\',
  '/rustc/',
  'Promise (<anonymous>)',
  'Array.map (<anonymous>)',
];
const foreignPackage =
  /^(?:app\/\/)?(?:java\.base\/|java\.util\.|jdk\.internal\.|org\.junit\.|org\.gradle\.|org\.apache\.maven\.)/;
const foreignRust = /^\d{1,4}: (?:core|std|test|alloc|__rustc|<\w{1,60} as core)::/;

export function isForeignFrame(line: string): boolean {
  const text = line.trimStart();
  if (foreignRust.test(text) || text.includes(' as core::ops::')) return true;
  if (!text.startsWith('at ')) return false;
  return foreignPlaces.some((place) => text.includes(place)) || foreignPackage.test(text.slice(3));
}

/** A failure's own part of the log: without what only the runtime says, and bounded. */
export function excerptOf(lines: readonly string[]): string {
  const told = lines.filter((line, index) => !isForeignFrame(line) && !isPlaceOfForeignFrame(lines, index));
  const first = told.findIndex((line) => line.trim() !== '');
  if (first === -1) return '';
  const body = told.slice(first, told.findLastIndex((line) => line.trim() !== '') + 1);
  const kept =
    body.length <= maxExcerptLines
      ? body
      : [...body.slice(0, maxExcerptLines - 10), `[… ${body.length - maxExcerptLines} lines …]`, ...body.slice(-10)];
  const text = kept.join('\n');
  return text.length <= maxExcerptLength ? text : `${text.slice(0, maxExcerptLength - 1)}…`;
}

/** Rust tells the place of a frame in a line of its own. */
const isPlaceOfForeignFrame = (lines: readonly string[], index: number): boolean =>
  /^\s+at /.test(lines[index] ?? '') && foreignRust.test((lines[index - 1] ?? '').trimStart());

const maxMessageLength = 400;

/** One line of at most 400 characters. */
export const messageOf = (text: string): string => {
  const line = text
    .slice(0, maxMessageLength * 2)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`;
};

/** A path as the repository has it, where the log shows that of the runner. */
export const placeOf = (path: string): string => stableName(path.replace(/^file:\/\//, '')).replace(/^\.\//, '');

/** From `start` to the line before the first that `isEnd`, or the end; at most `maxBlockLines`. */
export function blockOf(lines: readonly string[], start: number, isEnd: (line: string) => boolean): readonly string[] {
  const limit = Math.min(lines.length, start + maxBlockLines);
  let end = start;
  while (end < limit && !isEnd(lines[end] ?? '')) end += 1;
  return lines.slice(start, end);
}

const maxBlockLines = 400;

/** Further failures of one tool are counted by its own summary alone. */
export const maxFailures = 500;

/** The first line that says something, for a message. */
export const firstWords = (lines: readonly string[]): string => lines.find((line) => line.trim() !== '')?.trim() ?? '';

export const firstMatch = (lines: readonly string[], pattern: RegExp): RegExpExecArray | null => {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
};

/** The last number that a pattern's first group names in the log, or 0. */
export const lastCount = (lines: readonly string[], pattern: RegExp): number => {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const match = pattern.exec(lines[index] ?? '');
    if (match !== null) return Number(match[1] ?? 0);
  }
  return 0;
};

/** `ran` where the tool counted. */
export const counted = (failed: number, total: number): Pick<Reading, 'ran'> =>
  failed > 0 && total >= failed ? { ran: { failed, total } } : {};

/** Where in the file, as far as it was told. */
export const at = (path: string | undefined, line: string | undefined): Pick<Failure, 'path' | 'line'> =>
  path === undefined || path === ''
    ? {}
    : { path: placeOf(path), ...(line === undefined ? {} : { line: Number(line) }) };
