import { createSlices, type Slices } from '../domain/slices.ts';
import type { FileKind } from './file-kinds.ts';
import { termNumbersOf, wordTextsOf } from './terms.ts';

/** What follows from the paths of a tree alone, whatever stands in the files. */
export interface PathIndex {
  readonly list: readonly string[];
  readonly kinds: readonly FileKind[];
  readonly places: ReadonlyMap<string, number>;
  /** The terms of all paths in a row, ascending within each. */
  readonly terms: Uint32Array;
  /** Where those of each path begin; at last where they end. */
  readonly starts: Uint32Array;
}

export interface KindOfPath {
  readonly path: string;
  readonly kind: FileKind;
}

export const noPaths: PathIndex = {
  list: [],
  kinds: [],
  places: new Map(),
  terms: new Uint32Array(),
  starts: new Uint32Array(1),
};

/** Paths that an earlier index knew are not read again; where they are all the same, so is the index. */
export async function pathIndexOf(
  paths: readonly KindOfPath[],
  earlier: PathIndex,
  slices: Slices,
): Promise<PathIndex> {
  if (await isSame(paths, earlier.list, slices)) return earlier;
  const places = new Map<string, number>();
  const starts = new Uint32Array(paths.length + 1);
  let terms = new Uint32Array(paths.length * 8);
  const isDone = await slices.each(paths.length, (at) => {
    const path = paths[at]?.path ?? '';
    const known = earlier.places.get(path);
    const own = known === undefined ? pathTermsOf(path) : pathTermsAt(earlier, known);
    const end = (starts[at] ?? 0) + own.length;
    if (end > terms.length) terms = grown(terms, end);
    terms.set(own, starts[at]);
    starts[at + 1] = end;
    places.set(path, at);
  });
  if (!isDone) return noPaths;
  return {
    list: paths.map(({ path }) => path),
    kinds: paths.map(({ kind }) => kind),
    places,
    terms: terms.slice(0, starts.at(-1)),
    starts,
  };
}

export const pathTermsAt = ({ terms, starts }: PathIndex, at: number): Uint32Array =>
  terms.subarray(starts[at], starts[at + 1]);

async function isSame(paths: readonly KindOfPath[], others: readonly string[], slices: Slices): Promise<boolean> {
  let isEqual = paths.length === others.length;
  if (!isEqual) return false;
  const isDone = await slices.each(paths.length, (at) => {
    isEqual &&= paths[at]?.path === others[at];
  });
  return isEqual && isDone;
}

function grown(values: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(least, values.length * 2));
  larger.set(values);
  return larger;
}

/** Endings say what a file is written in, not what it is about. */
function pathTermsOf(path: string): Uint32Array {
  const stem = path.replace(/(?:\.[A-Za-z]\w{0,5}){1,2}$/, '');
  const terms = new Set<number>();
  for (const word of wordTextsOf(stem.replace(/-/g, '_'))) for (const number of termNumbersOf(word)) terms.add(number);
  if (stem.includes('-'))
    for (const word of wordTextsOf(stem)) for (const number of termNumbersOf(word)) terms.add(number);
  return new Uint32Array(terms).sort();
}

/**
 * Made once for the same paths, and kept as long as they: it must hold on to nothing else. Whoever waits for it may be
 * stopped, and the next one still needs it, so no signal ends it.
 */
export function onceForPaths<T extends object>(
  make: (paths: PathIndex, slices: Slices) => Promise<T>,
): (paths: PathIndex) => Promise<T> {
  const made = new WeakMap<PathIndex, Promise<T>>();
  return (paths) => {
    const known = made.get(paths) ?? make(paths, createSlices());
    made.set(paths, known);
    return known;
  };
}
