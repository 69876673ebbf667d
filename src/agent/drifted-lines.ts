import { likeness } from './line-likeness.ts';
import type { ToldLines } from './told-lines.ts';

/** How a text that is not there as it was asked for stands in the file after all. */
export type Drift =
  | { readonly kind: 'found'; readonly placed: readonly (number | null)[]; readonly drifted: readonly number[] }
  /** Told lines of the file, from 0, where it could be. */
  | { readonly kind: 'ambiguous'; readonly starts: readonly number[] }
  | { readonly kind: 'absent' };

const minLikeness = 0.7;
const maxAskedLines = 400;
const maxWindows = 12;
/** Lines that may have come or gone in the file. */
const maxSlip = 4;
const maxCostShare = 0.25;
const minSameLines = 3;

/**
 * Finds lines that differ a little from the file's: a few changed, come or gone since the model read them.
 *
 * Only among lines that the edit keeps; those in `firm` (it takes them away) must be the same. The place must be clear:
 * three lines the same at least, three quarters of all, and every other place in the file at least two lines worse.
 * The first and the last line must be there, so that nothing is lost at the edges.
 */
export function findDrifted(file: ToldLines, asked: readonly string[], firm: ReadonlySet<number>): Drift {
  if (asked.length > maxAskedLines || asked.length <= minSameLines) return { kind: 'absent' };
  const windows = windowsOf(file.texts, asked);
  const found = windows
    .flatMap((start) => alignments(file.texts, asked, firm, start))
    .sort((a, b) => a.cost - b.cost || a.first - b.first);
  const best = found[0];
  if (best === undefined || best.cost > asked.length * maxCostShare) return { kind: 'absent' };
  const same = best.placed.filter((at, index) => at !== null && file.texts[at] === asked[index]);
  if (same.filter((at) => /\w{2}/.test(file.texts[at ?? -1] ?? '')).length < minSameLines) return { kind: 'absent' };
  const margin = Math.max(2, asked.length / 5);
  const others = found.filter(({ first, last, cost }) => {
    if (first === best.first && last === best.last) return false;
    const isSamePlace = first <= best.last && best.first <= last;
    return cost < best.cost + (isSamePlace ? 1 : margin);
  });
  if (others.length > 0) return { kind: 'ambiguous', starts: [best, ...others].map(({ first }) => first) };
  const drifted = best.placed.flatMap((at, index) => (at !== null && file.texts[at] === asked[index] ? [] : [index]));
  return { kind: 'found', placed: best.placed, drifted };
}

/** Where most lines would stand if none had come or gone, best first, each apart from the others. */
function windowsOf(texts: readonly string[], asked: readonly string[]): number[] {
  const places = new Map<string, number[]>();
  for (const [at, text] of texts.entries()) {
    const known = places.get(text);
    if (known === undefined) places.set(text, [at]);
    else if (known.length < 50) known.push(at);
  }
  const votes = new Map<number, number>();
  for (const [index, text] of asked.entries())
    for (const at of places.get(text) ?? []) votes.set(at - index, (votes.get(at - index) ?? 0) + 1);
  const around = (start: number): number => {
    let sum = 0;
    for (let near = start - maxSlip; near <= start + maxSlip; near += 1) sum += votes.get(near) ?? 0;
    return sum;
  };
  const ranked = [...votes.keys()]
    .map((start) => ({ start, votes: around(start), own: votes.get(start) ?? 0 }))
    .filter((window) => window.votes >= asked.length / 2)
    .sort((a, b) => b.votes - a.votes || b.own - a.own);
  const kept: number[] = [];
  for (const { start } of ranked) {
    if (kept.length === maxWindows) break;
    if (kept.every((other) => Math.abs(other - start) > maxSlip)) kept.push(start);
  }
  return kept;
}

interface Alignment {
  readonly cost: number;
  /** Told lines of the file; both belong to it. */
  readonly first: number;
  readonly last: number;
  readonly placed: readonly (number | null)[];
}

/** The cheapest alignment for each last line, within a window of the file. */
function alignments(
  texts: readonly string[],
  asked: readonly string[],
  firm: ReadonlySet<number>,
  start: number,
): Alignment[] {
  const from = Math.max(0, start - maxSlip);
  const to = Math.min(texts.length, start + asked.length + maxSlip);
  const width = to - from;
  let costs: Float64Array<ArrayBufferLike> = new Float64Array(width + 1);
  const steps: Uint8Array[] = [];
  for (const [index, text] of asked.entries()) {
    const isEdge = index === 0 || index === asked.length - 1;
    const next = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY);
    const step = new Uint8Array(width + 1);
    for (let at = 0; at <= width; at += 1) {
      const gone = isEdge || firm.has(index) ? Number.POSITIVE_INFINITY : (costs[at] ?? 0) + 1;
      const match =
        at === 0
          ? Number.POSITIVE_INFINITY
          : (costs[at - 1] ?? 0) + mismatch(text, texts[from + at - 1] ?? '', firm.has(index));
      const come = at === 0 || index === asked.length - 1 ? Number.POSITIVE_INFINITY : (next[at - 1] ?? 0) + 1;
      const least = Math.min(match, gone, come);
      next[at] = least;
      step[at] = least === match ? 1 : least === gone ? 2 : 3;
    }
    costs = next;
    steps.push(step);
  }
  return Array.from({ length: width }, (_, last) => last + 1)
    .filter(
      (end) => (costs[end] ?? Number.POSITIVE_INFINITY) <= asked.length * maxCostShare + Math.max(2, asked.length / 5),
    )
    .map((end) => traced(steps, asked.length, end, from, costs[end] ?? 0));
}

/** Nothing where the lines are the same, half a line and more where they are alike. */
function mismatch(asked: string, there: string, isFirm: boolean): number {
  if (asked === there) return 0;
  if (isFirm) return Number.POSITIVE_INFINITY;
  const like = likeness(asked, there);
  return like < minLikeness ? Number.POSITIVE_INFINITY : 1 - like / 2;
}

function traced(steps: readonly Uint8Array[], length: number, end: number, from: number, cost: number): Alignment {
  const placed: (number | null)[] = new Array<number | null>(length).fill(null);
  let at = end;
  for (let index = length - 1; index >= 0; ) {
    const step = steps[index]?.[at];
    if (step === 1) placed[index] = from + at - 1;
    if (step !== 2) at -= 1;
    if (step !== 3) index -= 1;
  }
  return { cost, first: placed[0] ?? from, last: placed[length - 1] ?? from, placed };
}
