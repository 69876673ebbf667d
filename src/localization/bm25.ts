import type { Slices } from '../domain/slices.ts';
import type { FileRecord } from './file-record.ts';
import { createMatches, type Matches } from './matches.ts';
import type { PathIndex } from './path-index.ts';
import type { Query } from './query.ts';
import type { TreeIndex } from './tree-index.ts';

/**
 * BM25 over three fields of a file (BM25F): its words, the names it defines, its path. Occurrences are weighed and
 * made comparable by the length of their field, then added up and saturated once a term.
 *
 * Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 3.6.
 */
const k1 = 2;
const fieldWeights = { words: 1, definitions: 2, path: 4 };
/** Above all terms, which have 32 bits. */
const beyond = 2 ** 32;
const lengthShare = { words: 0.5, definitions: 0.3, path: 0.3 };

export interface FieldScores {
  /** All fields together, and two of them alone; one number a file, in the order of the index. */
  readonly all: Float64Array;
  readonly definitions: Float64Array;
  readonly path: Float64Array;
  /** How telling each term of the query is, by how few files have it. */
  readonly rarity: readonly number[];
}

/** Files are gone through twice: a term's weight hangs on how many have it. */
export async function bm25(index: TreeIndex, query: Query, slices: Slices): Promise<FieldScores> {
  const count = index.records.length;
  const terms = Uint32Array.from(query.terms, ({ term }) => term);
  const matches = createMatches(count, terms.length);
  await slices.each(count, (at) => {
    const record = index.records[at];
    if (record !== undefined) findMatches(terms, record, index.paths, at, matches);
    matches.endFile(at);
  });
  const weights = (among: Uint32Array) =>
    query.terms.map(({ weight }, term) => weight * rarityOf(among[term] ?? 0, count));
  const inAll = weights(matches.among);
  const inDefinitions = weights(matches.amongDefinitions);
  const inPaths = weights(matches.amongPaths);
  const all = new Float64Array(count);
  const definitions = new Float64Array(count);
  const path = new Float64Array(count);
  const meanPathTerms = index.paths.terms.length / Math.max(1, count);
  await slices.each(count, (at) => {
    const record = index.records[at];
    if (record === undefined || matches.isNone(at)) return;
    const wordsNorm = norm('words', record.length, index.meanLength);
    const definitionsNorm = norm('definitions', record.definitionLength, index.meanDefinitions);
    const pathNorm = norm('path', pathLength(index.paths, at), meanPathTerms);
    let allSum = 0;
    let definitionsSum = 0;
    let pathSum = 0;
    matches.ofFile(at, (term, words, defined, isInPath) => {
      const definedTimes = defined * definitionsNorm;
      const pathTimes = isInPath ? pathNorm : 0;
      const times = words * wordsNorm + definedTimes + pathTimes;
      allSum += (inAll[term] ?? 0) * (times / (k1 + times));
      definitionsSum += (inDefinitions[term] ?? 0) * (definedTimes / (k1 + definedTimes));
      pathSum += (inPaths[term] ?? 0) * (pathTimes / (k1 + pathTimes));
    });
    all[at] = allSum;
    definitions[at] = definitionsSum;
    path[at] = pathSum;
  });
  return { all, definitions, path, rarity: [...matches.among].map((among) => rarityOf(among, count)) };
}

const rarityOf = (among: number, count: number): number => Math.log(1 + (count - among + 0.5) / (among + 0.5));

const norm = (field: keyof typeof fieldWeights, length: number, mean: number): number =>
  fieldWeights[field] / (1 - lengthShare[field] + (lengthShare[field] * length) / (mean || 1));

const pathLength = ({ starts }: PathIndex, at: number): number => (starts[at + 1] ?? 0) - (starts[at] ?? 0);

/**
 * Terms of a query, a file and its path all ascend: each list is left behind up to what stands next in the others, so
 * that a query of hundreds of terms costs a small file no more than its own.
 */
function findMatches(
  query: Uint32Array,
  { terms, counts, definitions }: FileRecord,
  { terms: pathTerms, starts }: PathIndex,
  at: number,
  matches: Matches,
): void {
  const pathEnd = starts[at + 1] ?? 0;
  let inPath = starts[at] ?? 0;
  let inText = 0;
  let asked = 0;
  while (asked < query.length) {
    const wanted = query[asked] ?? 0;
    inText = placeOf(terms, wanted, inText);
    while (inPath < pathEnd && (pathTerms[inPath] ?? 0) < wanted) inPath += 1;
    const text = terms[inText] ?? beyond;
    const path = inPath < pathEnd ? (pathTerms[inPath] ?? beyond) : beyond;
    const next = Math.min(text, path);
    if (next === beyond) return;
    if (next === wanted) {
      const isThere = text === wanted;
      const words = isThere ? (counts[inText] ?? 0) : 0;
      matches.add(asked, words, isThere ? (definitions[inText] ?? 0) : 0, path === wanted);
      asked += 1;
    } else asked = placeOf(query, next, asked + 1);
  }
}

/** The first place from `from` on whose value is not below the one asked for: in strides, then by halves. */
export function placeOf(ascending: Uint32Array, value: number, from = 0): number {
  let start = from;
  let end = from;
  for (let stride = 1; end < ascending.length && (ascending[end] ?? 0) < value; stride *= 2) {
    start = end + 1;
    end = Math.min(ascending.length, end + stride);
  }
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((ascending[middle] ?? 0) < value) start = middle + 1;
    else end = middle;
  }
  return start;
}
