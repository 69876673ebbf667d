import type { RepositoryRef } from '../../../src/domain/ids.ts';
import type { Localization } from '../../../src/domain/localization.ts';
import { fileKind } from '../../../src/localization/file-kinds.ts';
import { createIndexer } from '../../../src/localization/index-tree.ts';
import { localizationText } from '../../../src/localization/localization-text.ts';
import { createLocalizer, questionOf, usedCommits } from '../../../src/localization/localize.ts';
import { rankFiles, usualWeights, type Weights } from '../../../src/localization/rank.ts';
import type { LoggedCommit } from '../../../src/ports/commit-log.ts';
import type { RecordCache } from '../../../src/ports/record-cache.ts';
import type { Syntax } from '../../../src/ports/syntax.ts';
import type { Tree } from '../../../src/ports/workspace.ts';
import { type Ablation, ablations } from './ablations.ts';
import { createSources, pathAndGrep, plainBm25 } from './baselines.ts';
import type { Clone } from './clone.ts';
import type { PastFix } from './fixes.ts';
import type { ModelOrder } from './model-order.ts';

/** One fix, as one way to rank saw it. */
export interface Outcome {
  /** Where each changed file stands, from 0; Infinity where it is not in the list. */
  readonly ranks: readonly number[];
}

export interface Measured {
  readonly clone: string;
  readonly fixes: readonly PastFix[];
  readonly sourceFiles: number;
  readonly outcomes: Readonly<Record<string, readonly Outcome[]>>;
  /** Of the fast role, where it was asked: over all fixes, and those it answered well. */
  readonly asked: { readonly answered: number; readonly tokens: number } | null;
  /** Of every fifth fix, or of all where a model was asked; times likewise. */
  readonly tokens: readonly number[];
  readonly queryMs: readonly number[];
  readonly coldIndexMs: number;
  readonly nextIndexMs: readonly number[];
}

const repository: RepositoryRef = { installationId: 1, owner: 'bench', name: 'clone' };
const maxShownTokens = 2_500;
/** As a fix asks for them. What the fast role orders lies among these, so all@40 bounds what it can reach. */
export const maxCandidates = 40;
const withModel = 'ai-fix, one call';
/** Ranges and texts are made for so many fixes only: parsing files takes most of the time, and changes no rank. */
const shownEvery = 5;

export interface MeasureParts {
  readonly cache: RecordCache;
  readonly syntax: Syntax;
  /** Also without each of these. */
  readonly ablations: readonly Ablation[];
  readonly model: ModelOrder | null;
}

/**
 * Every fix of a clone by ours and both baselines; with a model also by the order that it gives to what ours found.
 * History ends at the parent: nothing later is seen.
 */
export async function measure(clone: Clone, fixes: readonly PastFix[], parts: MeasureParts): Promise<Measured> {
  const indexer = createIndexer({ cache: parts.cache, maxBytes: 1024 ** 3 });
  const sourcesOf = createSources();
  const outcomes: Record<string, Outcome[]> = {};
  const add = (name: string, fix: PastFix, paths: readonly string[]): void => {
    outcomes[name] ??= [];
    outcomes[name].push({ ranks: fix.changed.map((path) => rankIn(paths, path)) });
  };
  const tokens: number[] = [];
  const queryMs: number[] = [];
  const indexMs: number[] = [];
  const asked = { answered: 0, tokens: 0 };
  let sourceFiles = 0;
  for (const [at, fix] of fixes.entries()) {
    const tree = clone.tree(fix.parent);
    const entries = (await tree.list()).filter(({ mode, path }) => mode !== '120000' && fileKind(path) === 'source');
    sourceFiles ||= entries.length;
    const limits = { signal: new AbortController().signal, limitMs: 600_000, maxCandidates };
    const [{ index }, builtMs] = await timed(() => indexer.index(repository, tree, limits));
    indexMs.push(builtMs);
    const past = await clone.log(fix.parent, usedCommits);
    const localizer = createLocalizer({ indexer, commitLog: historyOf(past), syntax: parts.syntax });
    const question = { ...questionOf(fix.query), past };
    const rank = async (weights: Partial<Weights>): Promise<readonly string[]> => {
      const { files } = await rankFiles(index, question, { weights: { ...usualWeights, ...weights } });
      return files.map(({ path }) => path);
    };
    add('ai-fix', fix, await rank({}));
    if (parts.model !== null || at % shownEvery === 0) {
      // Index and history are warm by now.
      const [found, tookMs] = await timed(() => localizer.localize(repository, tree, fix.query, limits));
      queryMs.push(tookMs);
      tokens.push(Math.round(localizationText(found, maxShownTokens).length / 4));
      if (parts.model !== null) add(withModel, fix, await askModel(parts.model, tree, fix, found, asked));
    }
    for (const one of parts.ablations) add(`without ${one}`, fix, await rank(ablations[one]));
    const sources = await sourcesOf(tree, entries);
    add('BM25', fix, plainBm25(fix.query, sources));
    add('path and grep', fix, pathAndGrep(fix.query, sources));
  }
  const [coldIndexMs = Number.NaN, ...nextIndexMs] = indexMs;
  const measured = { clone: clone.name, fixes, sourceFiles, outcomes, tokens, queryMs, coldIndexMs, nextIndexMs };
  return { ...measured, asked: parts.model === null ? null : asked };
}

async function askModel(
  model: ModelOrder,
  tree: Tree,
  { query }: PastFix,
  found: Localization,
  asked: { answered: number; tokens: number },
): Promise<readonly string[]> {
  const { paths, isAnswered, tokens } = await model.order(tree, query, found);
  asked.answered += isAnswered ? 1 : 0;
  asked.tokens += tokens;
  return paths;
}

const historyOf = (past: readonly LoggedCommit[]) => ({ before: async () => past });

function rankIn(paths: readonly string[], path: string): number {
  const at = paths.indexOf(path);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const startMs = performance.now();
  return [await act(), performance.now() - startMs];
}

/** The share of changed files among the first `count`, over all fixes (each fix counts alike). */
export const recallAt = (outcomes: readonly Outcome[], count: number): number =>
  meanOf(outcomes.map(({ ranks }) => ranks.filter((rank) => rank < count).length / ranks.length));

/** The share of fixes all of whose files are among the first `count`. */
export const allAt = (outcomes: readonly Outcome[], count: number): number =>
  meanOf(outcomes.map(({ ranks }) => (ranks.every((rank) => rank < count) ? 1 : 0)));

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
