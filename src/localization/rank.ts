import type { LoggedCommit } from '../ports/commit-log.ts';
import { bm25 } from './bm25.ts';
import type { FileKind } from './file-kinds.ts';
import { createResolver, type Mention } from './mentions.ts';
import { importResolverOf, sourcesByFolder, subjectOf } from './neighbours.ts';
import type { Query } from './query.ts';
import { readPast, scaled } from './similar-commits.ts';
import { onceForIndex, type TreeIndex } from './tree-index.ts';

/**
 * How much each signal counts, all of them between 0 and 1. Found on half of the repositories of docs/localization.md
 * and kept round: nothing there hangs on a second digit.
 */
export interface Weights {
  readonly words: number;
  readonly definitions: number;
  readonly path: number;
  /** Earlier commits with similar messages. */
  readonly similar: number;
  /** What was worked on of late. */
  readonly recent: number;
  /** How good the best source of the same folder is. */
  readonly folder: number;
  /** What the best files import. */
  readonly neighbours: number;
  /** Named in the text; in a stack trace. */
  readonly mentioned: number;
}

export const usualWeights: Weights = {
  words: 1,
  definitions: 0.2,
  path: 0.5,
  similar: 0.25,
  recent: 0.2,
  folder: 0.4,
  neighbours: 0.05,
  mentioned: 1.5,
};

export interface RankedFile {
  readonly at: number;
  readonly path: string;
  readonly score: number;
  readonly mention: Mention | null;
  /** The first line of an earlier commit like the ticket that touched it. */
  readonly similarTo: string | null;
  /** A file found before it that imports it. */
  readonly neighbourOf: string | null;
}

export interface Ranking {
  readonly files: readonly RankedFile[];
  /** How telling each term of the query is. */
  readonly rarity: readonly number[];
}

export interface Question {
  readonly query: Query;
  readonly mentions: readonly Mention[];
  readonly past: readonly LoggedCommit[];
  /** What the ticket is about beside sources, as far as its words say. */
  readonly about: ReadonlySet<FileKind>;
}

/** Nobody is shown more. */
const maxRanked = 100;
/** The files whose neighbours are looked at. */
const maxHubs = 8;

/** Files by how likely the ticket needs them changed, the likeliest first. Follows from its arguments alone. */
export function rankFiles(index: TreeIndex, question: Question, weights: Weights = usualWeights): Ranking {
  const { files } = index;
  const found = bm25(index, question.query);
  const past = readPast(index, question.query, question.past);
  const mentioned = mentionedFiles(index, question.mentions);
  const parts: readonly (readonly [number, Float64Array])[] = [
    [weights.words, scaled(found.all)],
    [weights.definitions, scaled(found.definitions)],
    [weights.path, scaled(found.path)],
    [weights.similar, past.similar],
    [weights.recent, past.recent],
  ];
  const scores = new Float64Array(files.length);
  for (const [weight, values] of parts)
    for (const [at, value] of values.entries()) scores[at] = (scores[at] ?? 0) + weight * value;
  for (const [at, { kind }] of files.entries()) {
    const named = mentioned.get(at)?.isDirect === true;
    scores[at] = (scores[at] ?? 0) * (named ? 1 : kindWeight(kind, question.about));
  }
  for (const [at, best] of bestBeside(index, scores)) scores[at] = (scores[at] ?? 0) + weights.folder * best;
  // After the folders: a name in a stack trace says nothing about what lies beside it.
  for (const [at, { share }] of mentioned) scores[at] = (scores[at] ?? 0) + weights.mentioned * share;
  const highest = scores.reduce((most, score) => Math.max(most, score), 0);
  const neighbours = weights.neighbours > 0 ? neighboursOf(index, topOf(scores, maxHubs)) : new Map<number, number>();
  for (const at of neighbours.keys()) scores[at] = (scores[at] ?? 0) + weights.neighbours * highest;
  const ranked = topOf(scores, maxRanked).map((at) => ({
    at,
    path: files[at]?.path ?? '',
    score: scores[at] ?? 0,
    mention: mentioned.get(at)?.mention ?? null,
    similarTo: past.subjects.get(at) ?? null,
    neighbourOf: files[neighbours.get(at) ?? -1]?.path ?? null,
  }));
  return { files: ranked, rarity: found.rarity };
}

/** Faults are mended in sources, unless somebody says otherwise. */
function kindWeight(kind: FileKind, about: ReadonlySet<FileKind>): number {
  if (kind === 'source') return 1;
  if (kind === 'made' || kind === 'unread') return 0.05;
  return about.has(kind) ? 0.9 : 0.2;
}

/** The places with the highest scores above 0; the earlier path where two are equal. */
function topOf(scores: Float64Array, count: number): number[] {
  const places: number[] = [];
  for (const [at, score] of scores.entries()) if (score > 0) places.push(at);
  return places.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, count);
}

const resolverOf = onceForIndex(({ files }) => createResolver(files.map(({ path }) => path)));

interface Named {
  readonly mention: Mention;
  readonly share: number;
  /** Itself, and not the test of it. */
  readonly isDirect: boolean;
}

/** The first that is named counts most; of a test that is named, the source counts half. */
function mentionedFiles(index: TreeIndex, mentions: readonly Mention[]): ReadonlyMap<number, Named> {
  const found = new Map<number, Named>();
  if (mentions.length === 0) return found;
  const resolve = resolverOf(index);
  const put = (at: number, named: Named): void => {
    if ((found.get(at)?.share ?? 0) < named.share) found.set(at, named);
  };
  let order = 0;
  for (const mention of mentions) {
    const meant = resolve(mention.path).flatMap((path) => index.byPath.get(path) ?? []);
    if (meant.length === 0) continue;
    const share = 1 / (meant.length * (1 + order * 0.15));
    order += 1;
    for (const at of meant) {
      put(at, { mention, share, isDirect: true });
      const file = index.files[at];
      if (file?.kind !== 'test') continue;
      for (const source of sourcesOf(index, file.path)) put(source, { mention, share: share / 2, isDirect: false });
    }
  }
  return found;
}

function sourcesOf(index: TreeIndex, test: string): readonly number[] {
  const subject = subjectOf(test);
  const sources = index.files.flatMap(({ path, kind }, at) =>
    kind === 'source' && subjectOf(path) === subject ? [at] : [],
  );
  return sources.length <= 3 ? sources : [];
}

/** For each source the best score of a source in its folder, its own too: who belongs together lies together. */
function bestBeside(index: TreeIndex, scores: Float64Array): ReadonlyMap<number, number> {
  const sources = sourcesByFolder(index);
  const found = new Map<number, number>();
  for (const places of sources.values()) {
    const best = places.reduce((most, at) => Math.max(most, scores[at] ?? 0), 0);
    if (best > 0) for (const at of places) found.set(at, best);
  }
  return found;
}

/** Files that one of the hubs imports, with that hub. */
function neighboursOf(index: TreeIndex, hubs: readonly number[]): ReadonlyMap<number, number> {
  const resolve = importResolverOf(index);
  const found = new Map<number, number>();
  for (const hub of hubs) {
    const file = index.files[hub];
    if (file === undefined) continue;
    for (const written of file.record.imports) {
      for (const at of resolve(file.path, written)) if (at !== hub && !found.has(at)) found.set(at, hub);
    }
  }
  return found;
}
