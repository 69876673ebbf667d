import type { Splice } from './apply-splices.ts';
import { type Block, type Hunk, hunksOf } from './edit-block.ts';
import { elidedLine } from './elided-lines.ts';
import { type Indenting, type LinePair, learnIndenting } from './line-indent.ts';
import { bareLine, isBlank, withFileCharacters } from './line-likeness.ts';

/**
 * Where the lines of an old text stand in a file: for each the line of the file, from 0, or null for those that are
 * blank or not there any more.
 */
export type Placement = readonly (number | null)[];

/**
 * The splices that do to the file's lines what the block does to its own. Lines that the block keeps stay as the file
 * has them, whatever the block takes them for; lines it takes away are the file's lines and nothing between them.
 *
 * Null where that is not clear: indentations that contradict each other, other lines in the way, or a line whose
 * characters differ just where it changes.
 */
export function placeBlock(lines: readonly string[], block: Block, placement: Placement): Splice[] | null {
  const pairs = placement.flatMap((at, index): LinePair[] => {
    const asked = block.old[index] ?? '';
    const there = at === null ? undefined : lines[at];
    return there === undefined || bareLine(asked) !== bareLine(there) ? [] : [[asked, there]];
  });
  const indenting = learnIndenting(pairs);
  if (indenting === null) return null;
  // Space that was sent at the ends of lines which have none in the file was never meant.
  const isTrailing = pairs.some(([asked, there]) => asked !== asked.trimEnd() && there === there.trimEnd());
  const written = isTrailing ? (line: string) => indenting(line.trimEnd()) : indenting;
  const splices: Splice[] = [];
  for (const hunk of hunksOf(block)) {
    const range = rangeOf(lines, block, placement, hunk);
    const inserted = range === null ? null : newLines(lines, block, placement, hunk, written);
    if (range === null || inserted === null) return null;
    splices.push(lineSplice(lines, range.from, range.to, inserted));
  }
  return splices.every(({ start }, index) => start >= (splices[index - 1]?.end ?? 0)) ? splices : null;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(lines: readonly string[], { old }: Block, placement: Placement, { from, to }: Hunk): Range | null {
  const told = indices(from, to).filter((index) => !isBlank(old[index] ?? ''));
  const first = told[0];
  const last = told.at(-1);
  if (first === undefined || last === undefined) return gapRange(lines, old, placement, from, to);
  const places = told.map((index) => placement[index] ?? null);
  const [start, end] = [places[0] ?? null, places.at(-1) ?? null];
  if (start === null || end === null || places.includes(null)) return null;
  const taken = new Set(places);
  if (indices(start, end).some((at) => !taken.has(at) && !isBlank(lines[at] ?? ''))) return null;
  return {
    from: start - blanksBefore(lines, start, first - from),
    to: end + 1 + blanksFrom(lines, end + 1, to - 1 - last),
  };
}

/** A place between two lines, with blank lines at most, of which the hunk may take some away. */
function gapRange(
  lines: readonly string[],
  old: readonly string[],
  placement: Placement,
  from: number,
  to: number,
): Range | null {
  const before = neighbour(old, from - 1, -1);
  const after = neighbour(old, to, 1);
  const above = before === undefined ? null : (placement[before] ?? null);
  const below = after === undefined ? null : (placement[after] ?? null);
  if ((before !== undefined && above === null) || (after !== undefined && below === null)) return null;
  if (above !== null && below !== null && indices(above + 1, below).some((at) => !isBlank(lines[at] ?? '')))
    return null;
  const removed = to - from;
  if (above !== null) {
    const start = above + 1 + blanksFrom(lines, above + 1, from - 1 - (before ?? 0));
    return blanksFrom(lines, start, removed) < removed ? null : { from: start, to: start + removed };
  }
  if (below === null) return null;
  const end = below - blanksBefore(lines, below, (after ?? to) - to);
  return blanksBefore(lines, end, removed) < removed ? null : { from: end - removed, to: end };
}

/** The next line that is not blank; none behind an elision, which says nothing about where it ends. */
function neighbour(old: readonly string[], start: number, step: 1 | -1): number | undefined {
  let at = start;
  while (isBlank(old[at] ?? 'end')) at += step;
  return old[at] === elidedLine || old[at] === undefined ? undefined : at;
}

const indices = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

function blanksFrom(lines: readonly string[], at: number, most: number): number {
  let count = 0;
  while (count < most && at + count < lines.length && isBlank(lines[at + count] ?? '')) count += 1;
  return count;
}

function blanksBefore(lines: readonly string[], at: number, most: number): number {
  let count = 0;
  while (count < most && at - count > 0 && isBlank(lines[at - 1 - count] ?? '')) count += 1;
  return count;
}

/** The hunk's new lines as the file writes them. */
function newLines(
  lines: readonly string[],
  { old }: Block,
  placement: Placement,
  { from, to, lines: fresh }: Hunk,
  indenting: Indenting,
): string[] | null {
  const odd = indices(from, to).filter((index) => {
    const at = placement[index] ?? null;
    return at !== null && (old[index] ?? '').trim() !== (lines[at] ?? '').trim();
  });
  // Other quotes than the file's: only a line for a line tells which ones the new line means.
  if (odd.length > 0 && fresh.length !== to - from) return null;
  const placed: string[] = [];
  for (const [index, line] of fresh.entries()) {
    const at = odd.includes(from + index) ? (placement[from + index] ?? null) : null;
    const own = at === null ? line : withFileCharacters(old[from + index] ?? '', line, lines[at] ?? '');
    const indented = own === null ? null : indenting(own);
    if (indented === null) return null;
    placed.push(indented);
  }
  return placed;
}

/** Replaces the lines from `first` up to, without, `end`. */
function lineSplice(lines: readonly string[], first: number, end: number, inserted: readonly string[]): Splice {
  const offset = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  const removed = lines.slice(first, end);
  const length = removed.reduce((sum, line) => sum + line.length + 1, 0);
  const text = inserted.map((line) => `${line}\n`).join('');
  // The last line has no break behind it: take the one before it instead.
  if (end < lines.length) return { start: offset, end: offset + length, text };
  if (first === 0) return { start: 0, end: offset + length - 1, text: text.slice(0, -1) };
  return { start: offset - 1, end: offset + length - 1, text: inserted.map((line) => `\n${line}`).join('') };
}
