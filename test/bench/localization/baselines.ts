import { isStopWord } from '../../../src/localization/terms.ts';
import type { Tree, TreeEntry } from '../../../src/ports/workspace.ts';
import { createBlobWords } from './blob-words.ts';

/** What a baseline makes of each source file of a tree, in the order of the files. */
export type Scores = Float64Array;

/** The source files of one tree. */
export interface SourceTree {
  readonly paths: readonly string[];
  plainBm25(query: string): Scores;
  pathAndGrep(query: string): Scores;
}

const maxSourceBytes = 1024 * 1024;
const maxGrepWords = 20;
const leastGrepChars = 4;

/** Both baselines over a history: each blob is read once, and the next tree costs what is new in it. */
export function createSources() {
  const numbers = new Map<string, number>();
  const lengths: number[] = [];
  /** Words for BM25, and what grep may meet: words of a text in lower case, which a word of the query lies within. */
  const words = createBlobWords();
  const greppable = createBlobWords();

  return async (tree: Tree, entries: readonly TreeEntry[]): Promise<SourceTree> => {
    const missing = entries.filter(({ blob }) => !numbers.has(blob));
    await tree.readMany(
      missing.map(({ path }) => path),
      { maxBytes: maxSourceBytes },
      ({ blob }, bytes) => read(blob, bytes.toString('utf8')),
    );
    const files = entries.flatMap(({ path, blob }) => {
      const number = numbers.get(blob);
      return number === undefined ? [] : [{ path, number }];
    });
    /** A blob may lie at several paths. */
    const places = new Map<number, number[]>();
    for (const [at, { number }] of files.entries()) places.set(number, [...(places.get(number) ?? []), at]);
    return {
      paths: files.map(({ path }) => path),
      plainBm25: (query) => bm25(query, files, places),
      pathAndGrep: (query) => grep(query, files, places),
    };
  };

  function read(blob: string, text: string): void {
    // Two paths of one tree may have the same one.
    if (numbers.has(blob)) return;
    const number = lengths.length;
    const own = plainWords(text);
    numbers.set(blob, number);
    lengths.push(own.length);
    words.add(number, own);
    greppable.add(number, new Set(text.toLowerCase().match(grepWords) ?? []));
  }

  /** Plain BM25 over whole files (k1 = 1.2, b = 0.75). */
  function bm25(query: string, files: readonly NumberedFile[], places: Places): Scores {
    const lengthOf = (number: number): number => lengths[number] ?? 0;
    const mean = files.reduce((sum, { number }) => sum + lengthOf(number), 0) / Math.max(1, files.length);
    const scores = new Float64Array(files.length);
    for (const word of new Set(plainWords(query))) {
      const { blobs, counts } = words.ofWord(word);
      const among = blobs.reduce((sum, blob) => sum + (places.get(blob)?.length ?? 0), 0);
      const rarity = Math.log(1 + (files.length - among + 0.5) / (among + 0.5));
      for (const [index, blob] of blobs.entries()) {
        const times = counts[index] ?? 0;
        for (const at of places.get(blob) ?? [])
          scores[at] =
            (scores[at] ?? 0) + (rarity * times * 2.2) / (times + 1.2 * (0.25 + (0.75 * lengthOf(blob)) / mean));
      }
    }
    return scores;
  }

  /** What somebody does by hand: looks for the words in paths, then greps for them; each word counts once a file. */
  function grep(query: string, files: readonly NumberedFile[], places: Places): Scores {
    const asked = [...new Set(query.toLowerCase().match(grepWords) ?? [])]
      .filter((word) => !isStopWord(word))
      .slice(0, maxGrepWords);
    const lower = files.map(({ path }) => path.toLowerCase());
    const scores = Float64Array.from(lower, (path) => 3 * asked.filter((word) => path.includes(word)).length);
    for (const word of asked) {
      const found = new Set(greppable.ofPart(word).flatMap(({ blobs }) => blobs));
      for (const blob of found) for (const at of places.get(blob) ?? []) scores[at] = (scores[at] ?? 0) + 1;
    }
    return scores;
  }
}

interface NumberedFile {
  readonly path: string;
  readonly number: number;
}
type Places = ReadonlyMap<number, readonly number[]>;

/** Shorter ones stand everywhere. */
const grepWords = new RegExp(`[a-z0-9_]{${leastGrepChars},}`, 'g');

/** Words and identifiers, these also in their parts. No stemming, no stop words. */
function plainWords(text: string): readonly string[] {
  return (text.match(/[A-Za-z0-9_]{2,}/g) ?? []).flatMap((word) => {
    if (/^[a-z0-9]+$/.test(word)) return word;
    const parts = word
      .replace(/([a-z\d])([A-Z])/g, '$1 $2')
      .replace(/_/g, ' ')
      .toLowerCase()
      .split(' ')
      .filter((part) => part.length > 1);
    return parts.length > 1 ? [...parts, word.toLowerCase()] : parts;
  });
}

export const baselines: Readonly<Record<string, (sources: SourceTree, query: string) => Scores>> = {
  BM25: (sources, query) => sources.plainBm25(query),
  'path and grep': (sources, query) => sources.pathAndGrep(query),
};

/** Where a file stands among the others, from 0, the earlier one first of two alike; Infinity where it is none of them. */
export function rankByScore({ paths }: SourceTree, scores: Scores, path: string): number {
  const own = paths.indexOf(path);
  if (own < 0) return Number.POSITIVE_INFINITY;
  const least = scores[own] ?? 0;
  return scores.reduce((before, score, at) => before + (score > least || (score === least && at < own) ? 1 : 0), 0);
}
