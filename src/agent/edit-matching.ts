import type { Splice } from './apply-splices.ts';
import { findDrifted } from './drifted-lines.ts';
import { asBlock, type Block, hunksOf, withoutNumbers } from './edit-block.ts';
import { elidedLine, leavesOut, partsOf, placeParts, withElisions } from './elided-lines.ts';
import { isElision } from './elision-words.ts';
import { fitIndentation } from './fit-indentation.ts';
import { isBlank } from './line-likeness.ts';
import { type LineRange, nearestPlace } from './nearest-place.ts';
import { occurrences } from './occurrences.ts';
import { type Placement, placeBlock } from './place-block.ts';
import { lineAt } from './text-lines.ts';
import { toldLines } from './told-lines.ts';

export type EditMatch =
  | {
      readonly kind: 'found';
      readonly splices: readonly Splice[];
      readonly how: 'exact' | 'white-space' | 'line-numbers' | 'elided' | 'drifted';
    }
  /** Several places match. Lines count from 1. */
  | { readonly kind: 'ambiguous'; readonly lines: readonly number[] }
  /** The place is there, but not how the new lines fit in. */
  | { readonly kind: 'near'; readonly lines: readonly number[] }
  /** The new lines are indented with tabs and the file with spaces, or the other way round, and steps are not plain. */
  | { readonly kind: 'odd-indentation' }
  /** The old text leaves lines out where the new one does not do alike. */
  | { readonly kind: 'uneven-elision' }
  | { readonly kind: 'absent'; readonly nearest: LineRange | null };

/**
 * Finds where an edit belongs, from the strictest reading of the old text to the loosest: the exact text; whole lines
 * that differ in white space and typographic signs; the same without line numbers copied by mistake; parts between
 * elisions that old and new have alike; lines of which a few that the edit keeps have drifted.
 *
 * A looser reading never decides between places that a stricter one found, and nothing is guessed: a wrong edit costs
 * more than a refusal. Bodies have `\n` endings (`setApart`). The work is bounded, whatever the texts hold.
 */
export function matchEdit(
  body: string,
  oldText: string,
  newText: string,
  { replaceAll = false, isProse = false }: { readonly replaceAll?: boolean; readonly isProse?: boolean } = {},
): EditMatch {
  const block = asBlock(oldText, newText);
  const match = matchText(body, oldText, newText, replaceAll, block);
  return match.kind === 'found' && match.how !== 'elided' && leavesOut(block, isProse)
    ? { kind: 'uneven-elision' }
    : match;
}

function matchText(body: string, oldText: string, newText: string, replaceAll: boolean, block: Block): EditMatch {
  const exact = occurrences(body, oldText);
  const atEnd = endWithoutBreak(body, oldText);
  if (atEnd !== null && exact.length > 0) return ambiguous([...exact, atEnd].map((at) => lineAt(body, at)));
  if (replaceAll && exact.length > 0) return found('exact', apart(exact, oldText.length), oldText.length, newText);
  if (exact.length === 1) {
    const fitted = fitIndentation(body, oldText, newText);
    return fitted === null ? { kind: 'odd-indentation' } : found('exact', exact, oldText.length, fitted);
  }
  if (exact.length > 1) return ambiguous(exact.slice(0, maxCandidates).map((at) => lineAt(body, at)));
  if (oldText.trim() === '') return { kind: 'absent', nearest: null };
  const lines = body.split('\n');
  const plain = withoutNumbers(block);
  return (
    matchSame(lines, block, 'white-space') ??
    (plain === null ? null : matchSame(lines, plain, 'line-numbers')) ??
    matchElided(lines, block) ??
    matchDrifted(lines, plain ?? block) ?? { kind: 'absent', nearest: nearestPlace(lines, (plain ?? block).old) }
  );
}

/** Where the old text stands at the end of a file but for the line break that the file lacks. */
function endWithoutBreak(body: string, oldText: string): number | null {
  if (body.endsWith('\n') || !oldText.endsWith('\n') || !body.endsWith(oldText.slice(0, -1))) return null;
  const at = body.length - oldText.length + 1;
  return at === 0 || body[at - 1] === '\n' ? at : null;
}

const maxCandidates = 20;

const ambiguous = (lines: readonly number[]): EditMatch => ({
  kind: 'ambiguous',
  lines: lines.slice(0, maxCandidates),
});

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

type How = Extract<EditMatch, { kind: 'found' }>['how'];

function matchSame(lines: readonly string[], block: Block, how: How): EditMatch | null {
  const file = toldLines(lines);
  const asked = toldLines(block.old);
  const starts = occurrences(file.texts, asked.texts);
  const trimmed = (list: readonly string[]) => list.map((line) => line.trimEnd());
  const closest = starts.length > 1 ? occurrences(trimmed(lines), trimmed(block.old)) : [];
  const start = closest.length === 1 ? file.at.indexOf((closest[0] ?? 0) + (asked.at[0] ?? 0)) : starts[0];
  if (start === undefined) return null;
  if (starts.length > 1 && closest.length !== 1) return ambiguous(starts.map((at) => (file.at[at] ?? 0) + 1));
  const told = asked.texts.map((_, index) => file.at[start + index] ?? null);
  return placed(lines, block, placementOf(block, asked.at, told), how);
}

/** The file's line for each line of the block, from those for its told lines. */
function placementOf({ old }: Block, at: readonly number[], told: readonly (number | null)[]): Placement {
  const placement = new Array<number | null>(old.length).fill(null);
  for (const [index, line] of at.entries()) placement[line] = told[index] ?? null;
  return placement;
}

function placed(lines: readonly string[], block: Block, placement: Placement, how: How): EditMatch {
  const splices = placeBlock(lines, block, placement);
  if (splices !== null) return { kind: 'found', how, splices };
  return { kind: 'near', lines: [(placement.find((at) => at !== null) ?? 0) + 1] };
}

function matchElided(lines: readonly string[], written: Block): EditMatch | null {
  const block = withElisions(written);
  const parts = partsOf(block.old);
  if (parts.length === 1 && block.old.length === written.old.length) return null;
  if (parts.some((part) => part.every(isBlank))) return null;
  if (partsOf(block.new).length !== parts.length) return { kind: 'uneven-elision' };
  const ways = placeParts(lines, parts);
  const [way] = ways;
  if (way === undefined) return null;
  if (ways.length > 1) return ambiguous([...new Set(ways.map((one) => (one[0]?.[0] ?? 0) + 1))]);
  const at = toldLines(block.old.map((line) => (line === elidedLine ? '' : line))).at;
  return placed(lines, block, placementOf(block, at, way.flat()), 'elided');
}

function matchDrifted(lines: readonly string[], block: Block): EditMatch | null {
  if ([...block.old, ...block.new].some(isElision)) return null;
  const file = toldLines(lines);
  const asked = toldLines(block.old);
  const hunks = hunksOf(block);
  const isFirm = (line: number): boolean => hunks.some(({ from, to }) => line >= from && line < to);
  const firm = new Set(asked.at.flatMap((line, index) => (isFirm(line) ? [index] : [])));
  const drift = findDrifted(file, asked.texts, firm);
  if (drift.kind === 'absent') return null;
  if (drift.kind === 'ambiguous') return ambiguous(drift.starts.map((start) => (file.at[start] ?? 0) + 1));
  const told = drift.placed.map((at) => (at === null ? null : (file.at[at] ?? null)));
  return placed(lines, block, placementOf(block, asked.at, told), 'drifted');
}
