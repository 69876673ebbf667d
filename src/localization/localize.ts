import type { RepositoryRef } from '../domain/ids.ts';
import type { Candidate, CandidateRange, Localization } from '../domain/localization.ts';
import { createSlices, type Slices } from '../domain/slices.ts';
import type { CommitLog } from '../ports/commit-log.ts';
import type { LocalizationLimits, Localizer } from '../ports/localizer.ts';
import type { Syntax } from '../ports/syntax.ts';
import type { Tree } from '../ports/workspace.ts';
import { evidenceOf } from './evidence.ts';
import type { FileKind } from './file-kinds.ts';
import { maxFileBytes } from './file-record.ts';
import type { Indexer } from './index-tree.ts';
import { mentionsIn } from './mentions.ts';
import { testsBySubject, testsOf } from './neighbours.ts';
import { queryOf } from './query.ts';
import { chooseRanges } from './ranges.ts';
import { type Question, type RankedFile, rankFiles } from './rank.ts';
import type { TreeIndex } from './tree-index.ts';

export interface LocalizeParts {
  readonly indexer: Indexer;
  readonly commitLog: CommitLog;
  readonly syntax: Syntax;
}

/** A parser takes milliseconds a file; those far down are shown by windows of lines. */
const maxParsed = 12;

/** Earlier commits tell less and less. */
export const usedCommits = 1_000;

export const createLocalizer = (parts: LocalizeParts): Localizer => ({
  localize: (repository, tree, text, limits) => localize(parts, repository, tree, text, limits),
});

/**
 * Finds candidates for a ticket's text (its first line is the title) in a tree, without a model.
 *
 * The same text, tree and history give the same answer. How much was read in time, and whether there was a history, can
 * differ from call to call: whoever needs the same answer twice keeps the first.
 */
async function localize(
  { indexer, commitLog, syntax }: LocalizeParts,
  repository: RepositoryRef,
  tree: Tree,
  text: string,
  { signal, limitMs, maxCandidates }: LocalizationLimits,
): Promise<Localization> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const [{ index, isComplete }, past] = await Promise.all([
    indexer.index(repository, tree, { signal, limitMs }),
    commitLog.before(repository, tree.commit, { limit: usedCommits, signal: deadline }),
  ]);
  const question = { ...questionOf(text), past };
  const slices = createSlices(signal);
  const { files: ranked, rarity } = await rankFiles(index, question, { slices });
  const files = ranked.slice(0, maxCandidates);
  const ranges = await rangesOf({ tree, syntax, slices }, question, rarity, files);
  const candidates = await describe(index, question, rarity, files, ranges);
  return { candidates, isComplete: isComplete && !signal.aborted };
}

/** What the text of a ticket asks for. */
export function questionOf(text: string): Omit<Question, 'past'> {
  return { query: queryOf(text), mentions: mentionsIn(text), about: kindsMeant(text) };
}

/** Kinds of files beside sources that a ticket is about, as far as its title says. */
function kindsMeant(text: string): ReadonlySet<FileKind> {
  const title = text.trimStart().split('\n', 1)[0]?.toLowerCase() ?? '';
  const kinds = new Set<FileKind>();
  if (/\b(?:docs?|documentation|readme|changelog|guide|tutorial)\b/.test(title)) kinds.add('text');
  if (/\b(?:tests?|specs?|flaky|fixtures?|examples?|benchmarks?)\b/.test(title)) kinds.add('test');
  if (
    /\b(?:ci|workflows?|config(?:uration)?|dependenc(?:y|ies)|deps|build|release|docker(?:file)?|package\.json|lint(?:er)?)\b/.test(
      title,
    )
  )
    kinds.add('settings');
  return kinds;
}

async function rangesOf(
  { tree, syntax, slices }: { readonly tree: Tree; readonly syntax: Syntax; readonly slices: Slices },
  { query, mentions }: Question,
  rarity: readonly number[],
  files: readonly RankedFile[],
): Promise<ReadonlyMap<string, readonly CandidateRange[]>> {
  const found = new Map<string, readonly CandidateRange[]>();
  const paths = files.map(({ path }) => path);
  const parsed = new Set(paths.slice(0, maxParsed));
  await tree.readMany(paths, { maxBytes: maxFileBytes }, async ({ path }, bytes) => {
    if (bytes.includes(0)) return;
    const text = bytes.toString('utf8');
    const mention = files.find((file) => file.path === path)?.mention;
    const lines = mentions.flatMap(({ path: named, line }) => (named === mention?.path && line !== null ? [line] : []));
    const outline = parsed.has(path) ? await syntax.outline(path, text) : null;
    found.set(path, await chooseRanges(text, outline, { query, rarity, named: lines, slices }));
  });
  return found;
}

async function describe(
  index: TreeIndex,
  question: Question,
  rarity: readonly number[],
  files: readonly RankedFile[],
  ranges: ReadonlyMap<string, readonly CandidateRange[]>,
): Promise<readonly Candidate[]> {
  const tests = await testsBySubject(index.paths);
  const best = files[0]?.score ?? 1;
  return files.map((file) => {
    const chosen = ranges.get(file.path) ?? [];
    return {
      path: file.path,
      share: Math.round((file.score / best) * 100) / 100,
      ranges: chosen,
      evidence: evidenceOf(index, question.query, rarity, file, chosen),
      tests: index.paths.kinds[file.at] === 'source' ? testsOf(file.path, tests, index.paths) : [],
    };
  });
}
