import { createSlices, type Slices } from '../domain/slices.ts';
import type { LoggedCommit } from '../ports/commit-log.ts';
import { bm25 } from './bm25.ts';
import { changedTogether } from './changed-together.ts';
import type { FileKind } from './file-kinds.ts';
import { type MentionedFile, mentionedFiles } from './mentioned-files.ts';
import type { Mention } from './mentions.ts';
import { importResolverOf, sourcesByFolder } from './neighbours.ts';
import type { PathIndex } from './path-index.ts';
import type { Query } from './query.ts';
import { readPast, scaled } from './similar-commits.ts';
import { topOf } from './top-of.ts';
import type { TreeIndex } from './tree-index.ts';

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
  /** What earlier commits changed together with the best files. */
  readonly together: number;
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
  together: 0.6,
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
  /** A file found before it that earlier commits changed with it. */
  readonly changedWith: string | null;
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
/** The files whose companions of earlier commits are looked for. */
const maxLeaders = 3;
/** A file that went with another less often is not said to have. */
const tellingShare = 0.2;

/**
 * Files by how likely the ticket needs them changed, the likeliest first. Follows from its arguments alone; once the
 * signal of `slices` aborts, it is whatever was found by then.
 */
export async function rankFiles(
  index: TreeIndex,
  question: Question,
  { weights = usualWeights, slices = createSlices() }: { readonly weights?: Weights; readonly slices?: Slices } = {},
): Promise<Ranking> {
  const { paths } = index;
  const found = await bm25(index, question.query, slices);
  await slices.rest();
  const past = readPast(paths, question.query, question.past);
  await slices.rest();
  const mentioned = await mentionedFiles(paths, question.mentions);
  const parts: readonly (readonly [number, Float64Array])[] = [
    [weights.words, scaled(found.all)],
    [weights.definitions, scaled(found.definitions)],
    [weights.path, scaled(found.path)],
    [weights.similar, past.similar],
    [weights.recent, past.recent],
  ];
  const scores = await addUp(parts, paths.kinds, { about: question.about, mentioned }, slices);
  await addBestBeside(index, scores, weights.folder);
  // After the folders: a name in a stack trace says nothing about what lies beside it.
  for (const [at, { share }] of mentioned) scores[at] = (scores[at] ?? 0) + weights.mentioned * share;
  const highest = scores.reduce((most, score) => Math.max(most, score), 0);
  const neighbours =
    weights.neighbours > 0 ? await neighboursOf(index, topOf(scores, maxHubs)) : new Map<number, number>();
  for (const at of neighbours.keys()) scores[at] = (scores[at] ?? 0) + weights.neighbours * highest;
  const companions = addCompanions(paths, question.past, scores, weights.together);
  const ranked = topOf(scores, maxRanked).map((at) => ({
    at,
    path: paths.list[at] ?? '',
    score: scores[at] ?? 0,
    mention: mentioned.get(at)?.mention ?? null,
    similarTo: past.subjects.get(at) ?? null,
    changedWith: paths.list[companions.get(at) ?? -1] ?? null,
    neighbourOf: paths.list[neighbours.get(at) ?? -1] ?? null,
  }));
  return { files: ranked, rarity: found.rarity };
}

async function addUp(
  parts: readonly (readonly [number, Float64Array])[],
  kinds: readonly FileKind[],
  {
    about,
    mentioned,
  }: { readonly about: ReadonlySet<FileKind>; readonly mentioned: ReadonlyMap<number, MentionedFile> },
  slices: Slices,
): Promise<Float64Array> {
  const scores = new Float64Array(kinds.length);
  await slices.each(kinds.length, (at) => {
    let sum = 0;
    for (const [weight, values] of parts) sum += weight * (values[at] ?? 0);
    const isNamed = sum > 0 && mentioned.get(at)?.isDirect === true;
    scores[at] = isNamed ? sum : sum * kindWeight(kinds[at] ?? 'unread', about);
  });
  return scores;
}

/** Faults are mended in sources, unless somebody says otherwise. */
function kindWeight(kind: FileKind, about: ReadonlySet<FileKind>): number {
  if (kind === 'source') return 1;
  if (kind === 'made' || kind === 'unread') return 0.05;
  return about.has(kind) ? 0.9 : 0.2;
}

/** To each source the best score of a source in its folder, its own too: who belongs together lies together. */
async function addBestBeside({ paths }: TreeIndex, scores: Float64Array, weight: number): Promise<void> {
  for (const places of (await sourcesByFolder(paths)).values()) {
    const best = places.reduce((most, at) => Math.max(most, scores[at] ?? 0), 0);
    if (best > 0) for (const at of places) scores[at] = (scores[at] ?? 0) + weight * best;
  }
}

/** Raises what was changed together with the best files, and these alike; gives of each companion its best file. */
function addCompanions(
  paths: PathIndex,
  past: readonly LoggedCommit[],
  scores: Float64Array,
  weight: number,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (weight === 0) return found;
  const leaders = new Map(topOf(scores, maxLeaders).map((at) => [at, scores[at] ?? 0]));
  for (const [at, { leader, share, value }] of changedTogether(paths, past, leaders)) {
    scores[at] = (scores[at] ?? 0) + weight * value;
    if (leader !== at && share >= tellingShare) found.set(at, leader);
  }
  return found;
}

/** Files that one of the hubs imports, with that hub. */
async function neighboursOf(
  { paths, records }: TreeIndex,
  hubs: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const resolve = await importResolverOf(paths);
  const found = new Map<number, number>();
  for (const hub of hubs) {
    for (const written of records[hub]?.imports ?? [])
      for (const at of resolve(paths.list[hub] ?? '', written)) if (at !== hub && !found.has(at)) found.set(at, hub);
  }
  return found;
}
