import type { RepositoryRef } from '../../../src/domain/ids.ts';
import type { Localization } from '../../../src/domain/localization.ts';
import { createIndexer } from '../../../src/localization/index-tree.ts';
import { candidatesThatFit, localizationText } from '../../../src/localization/localization-text.ts';
import { createLocalizer, questionOf } from '../../../src/localization/localize.ts';
import { rankFiles, usualWeights, type Weights } from '../../../src/localization/rank.ts';
import type { RecordCache } from '../../../src/ports/record-cache.ts';
import type { Syntax } from '../../../src/ports/syntax.ts';
import type { TreeEntry } from '../../../src/ports/workspace.ts';
import { maxListTokens } from '../../../src/steps/ask-where.ts';
import { type Ablation, ablations } from './ablations.ts';
import { baselines, createSources, rankByScore } from './baselines.ts';
import type { PastFix } from './fixes.ts';
import type { Ground } from './grounds.ts';
import type { ModelOrder } from './model-order.ts';

/** One fix by every way to rank. */
export interface Judged {
  /** By the name of the way: where each changed file stands, from 0; Infinity where it is not in the list. */
  readonly ranks: Readonly<Record<string, readonly number[]>>;
  readonly sourceFiles: number;
  readonly indexMs: number;
  /** Of those whose text was made. */
  readonly shown: Shown | null;
  readonly asked: { readonly isAnswered: boolean; readonly tokens: number } | null;
}

export interface Shown {
  readonly tokens: number;
  /** So many candidates the fast role gets to see. */
  readonly toFastRole: number;
  readonly queryMs: number;
}

export interface JudgeParts {
  readonly cache: RecordCache;
  readonly syntax: Syntax;
  /** Also without each of these. */
  readonly ablations: readonly Ablation[];
  readonly model: ModelOrder | null;
  readonly signal: AbortSignal;
}

const repository: RepositoryRef = { installationId: 1, owner: 'bench', name: 'clone' };
const maxShownTokens = 2_500;
const limitMs = 600_000;
/** As a fix asks for them. What the fast role orders lies among these, as far as they fit into what it is shown. */
export const maxCandidates = 40;

/** Judges fixes one by one. Null where the signal aborted meanwhile. @throws {GitFailure} where a file cannot be read. */
export function createJudge({ cache, syntax, signal, model, ablations: left }: JudgeParts) {
  const indexer = createIndexer({ cache, maxBytes: 1024 ** 3 });
  const sourcesOf = createSources();
  const limits = { signal, limitMs, maxCandidates };

  return async (fix: PastFix, { tree, entries, past }: Ground, isShown: boolean): Promise<Judged | null> => {
    const [{ index, isComplete }, indexMs] = await timed(() => indexer.index(repository, tree, limits));
    if (!isComplete) return null;
    const question = { ...questionOf(fix.query), past };
    const ours = async (weights: Partial<Weights>): Promise<readonly number[]> => {
      const { files } = await rankFiles(index, question, { weights: { ...usualWeights, ...weights } });
      return ranksIn(pathsOf(files), fix);
    };
    const ranks: Record<string, readonly number[]> = { 'ai-fix': await ours({}) };
    // Index and history are warm by now.
    const localizer = createLocalizer({ indexer, commitLog: { before: async () => past }, syntax });
    const localize = () => timed(() => localizer.localize(repository, tree, fix.query, limits));
    const [found, queryMs] = isShown || model !== null ? await localize() : [null, Number.NaN];
    const asked = model === null || found === null ? null : await model.order(tree, fix.query, found, signal);
    if (asked !== null) ranks['ai-fix, one call'] = ranksIn(asked.paths, fix);
    for (const one of left) ranks[`without ${one}`] = await ours(ablations[one]);
    const isSource = ({ path }: TreeEntry) => index.paths.kinds[index.paths.places.get(path) ?? -1] === 'source';
    const sources = await sourcesOf(tree, entries.filter(isSource));
    for (const [name, score] of Object.entries(baselines)) {
      const scores = score(sources, fix.query);
      ranks[name] = fix.changed.map((path) => rankByScore(sources, scores, path));
    }
    if (signal.aborted) return null;
    const shown = found === null ? null : { ...sizesOf(found), queryMs };
    return { ranks, sourceFiles: sources.paths.length, indexMs, shown, asked };
  };
}

const sizesOf = (found: Localization) => ({
  tokens: Math.round(localizationText(found, maxShownTokens).length / 4),
  toFastRole: candidatesThatFit(found, maxListTokens),
});

const pathsOf = (files: readonly { readonly path: string }[]): readonly string[] => files.map(({ path }) => path);

const ranksIn = (paths: readonly string[], { changed }: PastFix): readonly number[] =>
  changed.map((path) => {
    const at = paths.indexOf(path);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  });

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const startMs = performance.now();
  return [await act(), performance.now() - startMs];
}
