import type { CandidateRange as Range } from '../domain/localization.ts';
import { createSlices, type Slices } from '../domain/slices.ts';
import type { CodeSymbol, Outline } from '../ports/syntax.ts';
import type { Query } from './query.ts';
import { termNumbersOf, wordTextsOf } from './terms.ts';

const maxRanges = 3;
const maxLines = 20_000;
const maxLineChars = 1_000;
const windowLines = 30;
/** What counts next to the best of a file. */
const goodShare = 0.5;
/** A name says more than a word in the text. */
const nameWeight = 2;

interface Area {
  readonly symbol: CodeSymbol | null;
  readonly startLine: number;
  readonly endLine: number;
}

export interface Wanted {
  readonly query: Query;
  readonly rarity: readonly number[];
  /** Lines that the ticket names. */
  readonly named?: readonly number[];
  readonly slices?: Slices;
}

/**
 * The symbols of a file that fit the query best, or windows where nothing is known of its symbols. Lines that the ticket
 * names come first.
 */
export async function chooseRanges(
  text: string,
  outline: Outline | null,
  { query, rarity, named = [], slices = createSlices() }: Wanted,
): Promise<readonly Range[]> {
  const lines = text.split('\n', maxLines);
  const weights = new Map(query.terms.map(({ term, weight }, at) => [term, weight * (rarity[at] ?? 0)]));
  const areas = areasOf(outline, lines.length);
  const termsIn: ReadonlySet<number>[] = [];
  await slices.each(lines.length, (at) => void termsIn.push(termsOf(lines[at] ?? '', weights)));
  const owners = ownersOf(areas, lines.length);
  const scores = areas.map((area, at) => scoreOf(area, termsIn, owners, at, weights));
  const best = Math.max(0, ...scores.map(({ total }) => total));
  const byLine = named
    .filter((line) => line <= lines.length)
    .flatMap((line) => {
      const area = areas[owners[line - 1] ?? -1];
      return area === undefined ? [windowAround(line, lines.length)] : [toRange(area, 'line')];
    });
  const byScore = [...areas.keys()]
    .filter((at) => (scores[at]?.total ?? 0) > 0 && (scores[at]?.total ?? 0) >= best * goodShare)
    .sort((a, b) => (scores[b]?.total ?? 0) - (scores[a]?.total ?? 0) || a - b)
    .flatMap((at) => {
      const area = areas[at];
      return area === undefined ? [] : [toRange(area, (scores[at]?.byName ?? 0) > 0 ? 'name' : 'words')];
    });
  return withoutOverlaps([...byLine, ...byScore]).slice(0, maxRanges);
}

function areasOf(outline: Outline | null, lineCount: number): readonly Area[] {
  const symbols =
    outline?.symbols.filter(
      ({ startLine, endLine }) => startLine >= 1 && endLine >= startLine && startLine <= lineCount,
    ) ?? [];
  if (symbols.length > 0)
    return symbols.map((symbol) => ({
      symbol,
      startLine: symbol.startLine,
      endLine: Math.min(symbol.endLine, lineCount),
    }));
  const starts = Array.from(
    { length: Math.max(1, Math.ceil(lineCount / windowLines)) },
    (_, at) => at * windowLines + 1,
  );
  return starts.map((startLine) => ({
    symbol: null,
    startLine,
    endLine: Math.min(startLine + windowLines - 1, lineCount),
  }));
}

/** The innermost area of each line; those that lie within others come after them. */
function ownersOf(areas: readonly Area[], lineCount: number): Int32Array {
  const owners = new Int32Array(lineCount).fill(-1);
  const bySize = [...areas.entries()].sort(([, a], [, b]) => b.endLine - b.startLine - (a.endLine - a.startLine));
  for (const [at, { startLine, endLine }] of bySize) owners.fill(at, startLine - 1, endLine);
  return owners;
}

function scoreOf(
  area: Area,
  termsIn: readonly ReadonlySet<number>[],
  owners: Int32Array,
  own: number,
  weights: ReadonlyMap<number, number>,
) {
  const counts = new Map<number, number>();
  let ownLines = 0;
  for (let line = area.startLine - 1; line < area.endLine; line++) {
    if (owners[line] !== own) continue;
    ownLines += 1;
    for (const term of termsIn[line] ?? []) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const norm = 1.2 * (0.5 + (0.5 * ownLines) / windowLines);
  let words = 0;
  for (const [term, times] of counts) words += (weights.get(term) ?? 0) * (times / (times + norm));
  let byName = 0;
  for (const term of termsOf(area.symbol?.name ?? '', weights)) byName += weights.get(term) ?? 0;
  return { total: words + byName * nameWeight, byName };
}

function termsOf(text: string, weights: ReadonlyMap<number, number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const word of wordTextsOf(text.slice(0, maxLineChars)))
    for (const number of termNumbersOf(word)) if (weights.has(number)) found.add(number);
  return found;
}

const toRange = ({ symbol, startLine, endLine }: Area, because: Range['because']): Range => ({
  startLine,
  endLine,
  signature: symbol?.signature ?? null,
  name: symbol?.name ?? null,
  because,
});

const windowAround = (line: number, lineCount: number): Range => ({
  startLine: Math.max(1, line - windowLines / 2),
  endLine: Math.min(lineCount, line + windowLines / 2),
  signature: null,
  name: null,
  because: 'line',
});

/** The earlier of two that share lines stays. */
function withoutOverlaps(ranges: readonly Range[]): readonly Range[] {
  const kept: Range[] = [];
  for (const range of ranges) {
    const isApart = kept.every(({ startLine, endLine }) => range.startLine > endLine || range.endLine < startLine);
    if (isApart) kept.push(range);
  }
  return kept;
}
