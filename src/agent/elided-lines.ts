import type { Block } from './edit-block.ts';
import { isElision, suggestsElision } from './elision-words.ts';
import { indentOf, isBlank } from './line-likeness.ts';
import { occurrences } from './occurrences.ts';
import { toldLines } from './told-lines.ts';

/**
 * Whether a new text says by a comment that it leaves lines out which the old text does not leave out alike. Where the
 * comment is plain about it that is enough; words that may mean something else count where lines of the old text go.
 *
 * @param isProse Its headings begin as comments do, and may speak of anything.
 */
export function leavesOut({ old, new: fresh }: Block, isProse: boolean): boolean {
  const trimmed = (lines: readonly string[]) => lines.map((line) => line.trim()).filter(Boolean);
  const [before, after] = [new Set(trimmed(old)), new Set(trimmed(fresh))];
  const added = [...after].filter((line) => !before.has(line));
  if (added.some((line) => isElision(line) && !/^(?:\.\.\.|…)$/.test(line))) return true;
  return !isProse && [...before].some((line) => !after.has(line)) && added.some(suggestsElision);
}

/** What stands for an elision in a block, whatever the model wrote: equal in old and new, and in no file. */
export const elidedLine = '\0';

/** A block whose elisions all read `elidedLine`, without those at both ends, where they say nothing. */
export function withElisions({ old, new: fresh }: Block): Block {
  const marked = (list: readonly string[]) => list.map((line) => (isElision(line) ? elidedLine : line));
  const [asked, wanted] = [marked(old), marked(fresh)];
  const isOpen = (end: 0 | -1): boolean => asked.at(end) === elidedLine && wanted.at(end) === elidedLine;
  const cut = (list: readonly string[]) => list.slice(isOpen(0) ? 1 : 0, isOpen(-1) ? -1 : undefined);
  return { old: cut(asked), new: cut(wanted) };
}

/** The lines between elisions. */
export function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line === elidedLine) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

const maxPlaces = 40;
const maxElidedLines = 500;

/**
 * All the ways in which the parts stand one behind the other in a file with nothing but left-out lines between, which
 * lie at least as deep as the lines around them: code behind the end of the block is none of it. For each way and part
 * the file's line for each told line of the part.
 */
export function placeParts(lines: readonly string[], parts: readonly (readonly string[])[]): number[][][] {
  const file = toldLines(lines);
  let ways: number[][][] = [[]];
  for (const part of parts) {
    const { texts } = toldLines(part);
    const places = occurrences(file.texts, texts).map((start) => texts.map((_, at) => file.at[start + at] ?? 0));
    ways = ways.flatMap((way) =>
      places.filter((place) => follows(lines, way.at(-1), place)).map((place) => [...way, place]),
    );
    if (ways.length > maxPlaces) return ways.slice(0, maxPlaces);
  }
  return ways;
}

function follows(lines: readonly string[], before: readonly number[] | undefined, next: readonly number[]): boolean {
  if (before === undefined) return true;
  const [above = 0, below = 0] = [before.at(-1), next[0]];
  if (below <= above || below - above > maxElidedLines) return false;
  const depth = depthBetween(indentOf(lines[above] ?? ''), indentOf(lines[below] ?? ''));
  return lines.slice(above + 1, below).every((line) => isBlank(line) || indentOf(line).length >= depth);
}

/** Behind a line that opens a block and before one that ends it the block's own lines lie between. */
function depthBetween(above: string, below: string): number {
  return above.length > below.length ? below.length + 1 : below.length;
}
