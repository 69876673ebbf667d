import type { Query } from './query.ts';
import type { IndexedFile, TreeIndex } from './tree-index.ts';

/**
 * BM25 over three fields of a file (BM25F): its words, the names it defines, its path. Occurrences are weighed and
 * made comparable by the length of their field, then added up and saturated once a term.
 *
 * Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 3.6.
 */
const k1 = 2;
const fieldWeights = { words: 1, definitions: 2, path: 4 };
const lengthShare = { words: 0.5, definitions: 0.3, path: 0.3 };

export interface FieldScores {
  /** All fields together, and two of them alone; one number a file, in the order of the index. */
  readonly all: Float64Array;
  readonly definitions: Float64Array;
  readonly path: Float64Array;
  /** How telling each term of the query is, by how few files have it. */
  readonly rarity: readonly number[];
}

/** Occurrences of one term in one file, weighed. */
interface Match {
  readonly term: number;
  readonly words: number;
  readonly definitions: number;
  readonly path: number;
}

export function bm25(index: TreeIndex, query: Query): FieldScores {
  const matches = index.files.map((file) => matchesOf(index, file, query));
  const among = (isThere: (match: Match) => boolean): readonly number[] => {
    const counts = new Array<number>(query.terms.length).fill(0);
    for (const found of matches)
      for (const match of found) if (isThere(match)) counts[match.term] = (counts[match.term] ?? 0) + 1;
    return counts.map((count) => Math.log(1 + (matches.length - count + 0.5) / (count + 0.5)));
  };
  const score = (rarity: readonly number[], times: (match: Match) => number): Float64Array =>
    Float64Array.from(matches, (found) =>
      found.reduce((sum, match) => {
        const weight = (query.terms[match.term]?.weight ?? 0) * (rarity[match.term] ?? 0);
        return sum + weight * (times(match) / (k1 + times(match)));
      }, 0),
    );
  const rarity = among(() => true);
  return {
    rarity,
    all: score(rarity, ({ words, definitions, path }) => words + definitions + path),
    definitions: score(
      among((match) => match.definitions > 0),
      (match) => match.definitions,
    ),
    path: score(
      among((match) => match.path > 0),
      (match) => match.path,
    ),
  };
}

const none: readonly Match[] = [];

function matchesOf(index: TreeIndex, { record, pathTerms }: IndexedFile, { terms }: Query): readonly Match[] {
  const wordsNorm = norm('words', record.length, index.meanLength);
  const definitionsNorm = norm('definitions', record.definitionLength, index.meanDefinitions);
  const pathNorm = norm('path', pathTerms.length, index.meanPathTerms);
  let found: Match[] | undefined;
  let low = 0;
  for (const [at, { term }] of terms.entries()) {
    low = lowerBound(record.terms, term, low);
    const isThere = record.terms[low] === term;
    const inPath = pathTerms.includes(term);
    if (!isThere && !inPath) continue;
    found ??= [];
    found.push({
      term: at,
      words: isThere ? (record.counts[low] ?? 0) * wordsNorm : 0,
      definitions: isThere ? (record.definitions[low] ?? 0) * definitionsNorm : 0,
      path: inPath ? pathNorm : 0,
    });
  }
  return found ?? none;
}

const norm = (field: keyof typeof fieldWeights, length: number, mean: number): number =>
  fieldWeights[field] / (1 - lengthShare[field] + (lengthShare[field] * length) / (mean || 1));

/** The first place from `low` on whose value is not below the one asked for. */
function lowerBound(sorted: Uint32Array, value: number, low: number): number {
  let start = low;
  let end = sorted.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((sorted[middle] ?? 0) < value) start = middle + 1;
    else end = middle;
  }
  return start;
}
