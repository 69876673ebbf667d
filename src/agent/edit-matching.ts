import { lineAt } from './text-lines.ts';

/** A range of the body and what replaces it. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type EditMatch =
  | {
      readonly kind: 'found';
      readonly splices: readonly Splice[];
      readonly how: 'exact' | 'trailing-space' | 'indentation';
    }
  /** Several places match, or some do except for their indentation. Lines count from 1. */
  | { readonly kind: 'ambiguous' | 'near'; readonly lines: readonly number[] }
  | { readonly kind: 'absent' };

/**
 * Finds where an edit belongs, in three tries: the exact text; whole lines that differ in trailing white space only;
 * whole lines that are all indented by the same amount more or less, where the replacement is shifted alike.
 *
 * A looser try never decides between places, and nothing is ever guessed: a wrong edit costs more than a refusal.
 * Bodies have `\n` endings (`setApart`). The work is linear in the sizes, whatever the texts hold.
 */
export function matchEdit(body: string, oldText: string, newText: string, replaceAll: boolean): EditMatch {
  const exact = occurrences(body, oldText);
  if (replaceAll && exact.length > 0) return found('exact', apart(exact, oldText.length), oldText.length, newText);
  if (exact.length === 1) return found('exact', exact, oldText.length, newText);
  if (exact.length > 1)
    return { kind: 'ambiguous', lines: exact.slice(0, maxCandidates).map((at) => lineAt(body, at)) };
  if (oldText.trim() === '') return { kind: 'absent' };
  return matchLines(body, asBlock(oldText, newText));
}

const maxCandidates = 20;

const found = (how: 'exact', starts: readonly number[], length: number, text: string): EditMatch => ({
  kind: 'found',
  how,
  splices: starts.map((start) => ({ start, end: start + length, text })),
});

/** The places that do not overlap, from the left. */
function apart(starts: readonly number[], length: number): number[] {
  const kept: number[] = [];
  for (const start of starts) if (start >= (kept.at(-1) ?? -length) + length) kept.push(start);
  return kept;
}

/** An edit of whole lines. */
interface Block {
  readonly old: readonly string[];
  readonly new: readonly string[];
}

/** A line break at the end of both texts ends their last lines; it is no empty line of its own. */
function asBlock(oldText: string, newText: string): Block {
  const oldLines = oldText.split('\n');
  const newLines = newText === '' ? [] : newText.split('\n');
  if (oldLines.at(-1) !== '') return { old: oldLines, new: newText === '' ? [''] : newLines };
  if (newLines.at(-1) === '') newLines.pop();
  return { old: oldLines.slice(0, -1), new: newLines };
}

function matchLines(body: string, block: Block): EditMatch {
  const lines = body.split('\n');
  const trimmed = (list: readonly string[]) => list.map((line) => line.trimEnd());
  const same = occurrences(trimmed(lines), trimmed(block.old));
  if (same.length > 1) return { kind: 'ambiguous', lines: same.slice(0, maxCandidates).map((at) => at + 1) };
  if (same[0] !== undefined) {
    return { kind: 'found', how: 'trailing-space', splices: [blockSplice(lines, same[0], block, (line) => line)] };
  }
  return matchShifted(lines, block);
}

function matchShifted(lines: readonly string[], block: Block): EditMatch {
  const bare = (list: readonly string[]) => list.map((line) => line.trim());
  const candidates = occurrences(bare(lines), bare(block.old)).slice(0, maxCandidates);
  if (candidates.length === 0) return { kind: 'absent' };
  const shifted = candidates.flatMap((at) => {
    const shift = shiftOf(block.old, lines.slice(at, at + block.old.length));
    return shift === null || !block.new.every(shift.fits) ? [] : [{ at, shift }];
  });
  const only = shifted[0];
  if (only === undefined) return { kind: 'near', lines: candidates.map((at) => at + 1) };
  if (candidates.length > 1) return { kind: 'ambiguous', lines: candidates.map((at) => at + 1) };
  return { kind: 'found', how: 'indentation', splices: [blockSplice(lines, only.at, block, only.shift.apply)] };
}

interface Shift {
  readonly fits: (line: string) => boolean;
  readonly apply: (line: string) => string;
}

/** The one indentation that all lines of the file have more, or less, than the lines asked for. */
function shiftOf(asked: readonly string[], there: readonly string[]): Shift | null {
  const first = asked.findIndex((line) => !isBlank(line));
  const askedIndent = indentOf(asked[first] ?? '');
  const thereIndent = indentOf(there[first] ?? '');
  const isDeeper = thereIndent.length > askedIndent.length;
  const [short, long] = isDeeper ? [askedIndent, thereIndent] : [thereIndent, askedIndent];
  if (!long.endsWith(short)) return null;
  const by = long.slice(0, long.length - short.length);
  const shift = isDeeper ? deeper(by) : shallower(by);
  const agrees = asked.every((line, index) => {
    const other = (there[index] ?? '').trimEnd();
    return isBlank(line) ? other === '' : shift.fits(line) && shift.apply(line).trimEnd() === other;
  });
  return agrees ? shift : null;
}

const isBlank = (line: string): boolean => line.trim() === '';

const deeper = (by: string): Shift => ({
  fits: () => true,
  apply: (line) => (isBlank(line) ? line : by + line),
});

const shallower = (by: string): Shift => ({
  fits: (line) => isBlank(line) || line.startsWith(by),
  apply: (line) => (isBlank(line) ? line : line.slice(by.length)),
});

const indentOf = (line: string): string => line.slice(0, line.length - line.trimStart().length);

/** Replaces only the lines in which old and new differ: the rest keeps the white space that the file has. */
function blockSplice(lines: readonly string[], at: number, block: Block, place: (line: string) => string): Splice {
  const shortest = Math.min(block.old.length, block.new.length);
  let head = 0;
  while (head < shortest && block.old[head] === block.new[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && block.old.at(-1 - tail) === block.new.at(-1 - tail)) tail += 1;
  const inserted = block.new.slice(head, block.new.length - tail).map(place);
  return lineSplice(lines, at + head, at + block.old.length - tail, inserted);
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

/** Every start, overlapping ones too, in linear time (Knuth, Morris and Pratt): repetitive texts cost no more. */
function occurrences(text: ArrayLike<string>, wanted: ArrayLike<string>): number[] {
  const fallback = borders(wanted);
  const starts: number[] = [];
  for (let at = 0, matched = 0; at < text.length; at += 1) {
    while (matched > 0 && text[at] !== wanted[matched]) matched = fallback[matched - 1] ?? 0;
    if (text[at] === wanted[matched]) matched += 1;
    if (matched < wanted.length) continue;
    starts.push(at + 1 - matched);
    matched = fallback[matched - 1] ?? 0;
  }
  return starts;
}

/** For each prefix, the length of its longest proper prefix that is also its end. */
function borders(wanted: ArrayLike<string>): number[] {
  const lengths = [0];
  for (let at = 1, length = 0; at < wanted.length; at += 1) {
    while (length > 0 && wanted[at] !== wanted[length]) length = lengths[length - 1] ?? 0;
    if (wanted[at] === wanted[length]) length += 1;
    lengths.push(length);
  }
  return lengths;
}
