import { isStopWord } from '../../../src/localization/terms.ts';
import type { Tree, TreeEntry } from '../../../src/ports/workspace.ts';

/** Ranks source files for a query, the likeliest first. */
export type Baseline = (query: string, files: readonly SourceFile[]) => readonly string[];

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** The texts of source files by blob, so that a history is read once. */
export function createSources() {
  const known = new Map<string, Omit<SourceFile, 'path'>>();
  return async (tree: Tree, entries: readonly TreeEntry[]): Promise<readonly SourceFile[]> => {
    const missing = entries.filter(({ blob }) => !known.has(blob));
    await tree.readMany(
      missing.map(({ path }) => path),
      { maxBytes: 1024 * 1024 },
      ({ blob }, bytes) => {
        const text = bytes.toString('utf8');
        const words = plainWords(text);
        const counts = new Map<string, number>();
        for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
        known.set(blob, { text: text.toLowerCase(), counts, length: words.length });
      },
    );
    return entries.flatMap(({ path, blob }) => {
      const source = known.get(blob);
      return source === undefined ? [] : [{ path, ...source }];
    });
  };
}

/** Words and identifiers, these also in their parts. No stemming, no stop words. */
function plainWords(text: string): readonly string[] {
  return [...text.matchAll(/[A-Za-z0-9_]{2,}/g)].flatMap(([word]) => {
    const parts = word
      .replace(/([a-z\d])([A-Z])/g, '$1 $2')
      .replace(/_/g, ' ')
      .toLowerCase()
      .split(' ')
      .filter((part) => part.length > 1);
    return parts.length > 1 ? [...parts, word.toLowerCase()] : parts;
  });
}

/** Plain BM25 over whole files (k1 = 1.2, b = 0.75). */
export const plainBm25: Baseline = (query, files) => {
  const mean = files.reduce((sum, { length }) => sum + length, 0) / Math.max(1, files.length);
  const scores = new Float64Array(files.length);
  for (const word of new Set(plainWords(query))) {
    const among = files.filter(({ counts }) => counts.has(word)).length;
    if (among === 0) continue;
    const rarity = Math.log(1 + (files.length - among + 0.5) / (among + 0.5));
    for (const [at, { counts, length }] of files.entries()) {
      const times = counts.get(word) ?? 0;
      if (times > 0)
        scores[at] = (scores[at] ?? 0) + (rarity * times * 2.2) / (times + 1.2 * (0.25 + (0.75 * length) / mean));
    }
  }
  return byScore(files, scores);
};

const maxGrepWords = 20;

/** What somebody does by hand: looks for the words in paths, then greps for them; each word counts once a file. */
export const pathAndGrep: Baseline = (query, files) => {
  const words = [...new Set(query.toLowerCase().match(/[a-z0-9_]{4,}/g) ?? [])]
    .filter((word) => !isStopWord(word))
    .slice(0, maxGrepWords);
  const scores = Float64Array.from(files, ({ path, text }) => {
    const lower = path.toLowerCase();
    return words.reduce((sum, word) => sum + (lower.includes(word) ? 3 : 0) + (text.includes(word) ? 1 : 0), 0);
  });
  return byScore(files, scores);
};

const byScore = (files: readonly SourceFile[], scores: Float64Array): readonly string[] =>
  [...files.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).map((at) => files[at]?.path ?? '');
