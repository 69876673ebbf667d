import type { LoggedCommit } from '../ports/commit-log.ts';
import type { PathIndex } from './path-index.ts';
import type { Query } from './query.ts';
import { isStopWord, termNumbersOf, wordsOf } from './terms.ts';

/** What the past says about each file of a tree, by its place there. */
export interface PastSignals {
  /** How much earlier commits with words like the ticket's touched it; 0 to 1. */
  readonly similar: Float64Array;
  /** How much was done there of late; 0 to 1. */
  readonly recent: Float64Array;
  /** The first line of the most similar commit that touched it. */
  readonly subjects: ReadonlyMap<number, string>;
}

/** A commit that touches more is about no file in particular. */
const maxTouched = 50;
/** After so many commits a touch counts a third. */
const fadesAfter = 100;
const saturation = { k1: 1.2, b: 0.75 };

export function readPast(tree: PathIndex, query: Query, commits: readonly LoggedCommit[]): PastSignals {
  const similarity = similarities(query, commits);
  const closest = Math.max(...similarity, Number.MIN_VALUE);
  const similar = new Float64Array(tree.list.length);
  const recent = new Float64Array(tree.list.length);
  const best = new Map<number, { share: number; subject: string }>();
  for (const [age, { paths, message }] of commits.entries()) {
    if (paths.length > maxTouched) continue;
    const touched = paths.flatMap((path) => tree.places.get(path) ?? []);
    const sources = touched.filter((at) => tree.kinds[at] === 'source').length;
    const share = 1 / Math.sqrt(Math.max(1, sources));
    const closeness = ((similarity[age] ?? 0) / closest) ** 2;
    for (const at of touched) {
      similar[at] = (similar[at] ?? 0) + closeness * share;
      recent[at] = (recent[at] ?? 0) + share * Math.exp(-age / fadesAfter);
      if (closeness * share > (best.get(at)?.share ?? 0.1))
        best.set(at, { share: closeness * share, subject: subjectOf(message) });
    }
  }
  return {
    similar: scaled(similar),
    recent: scaled(recent.map((value) => Math.log1p(20 * value))),
    subjects: new Map([...best].map(([at, { subject }]) => [at, subject])),
  };
}

const subjectOf = (message: string): string => message.trimStart().split('\n', 1)[0]?.slice(0, 120).trim() ?? '';

/** BM25 of the ticket's words over messages. */
function similarities(query: Query, commits: readonly LoggedCommit[]): Float64Array {
  const { messages, mean } = countedMessages(commits);
  const scores = new Float64Array(messages.length);
  for (const { term, weight } of query.terms) {
    const among = messages.filter(({ counts }) => counts.has(term)).length;
    if (among === 0) continue;
    const rarity = Math.log(1 + (messages.length - among + 0.5) / (among + 0.5));
    for (const [at, { counts, length }] of messages.entries()) {
      const times = counts.get(term) ?? 0;
      const norm = saturation.k1 * (1 - saturation.b + (saturation.b * length) / mean);
      scores[at] = (scores[at] ?? 0) + weight * rarity * (times / (times + norm));
    }
  }
  return scores;
}

interface Counted {
  readonly counts: ReadonlyMap<number, number>;
  readonly length: number;
}
const counted = new WeakMap<LoggedCommit, Counted>();

/** A message is counted once, and what was counted kept as long as its commit. */
function countedMessages(commits: readonly LoggedCommit[]) {
  const messages = commits.map((commit) => {
    const known = counted.get(commit) ?? countsOf(commit.message);
    counted.set(commit, known);
    return known;
  });
  return { messages, mean: messages.reduce((sum, { length }) => sum + length, 0) / Math.max(1, messages.length) };
}

function countsOf(message: string): Counted {
  const counts = new Map<number, number>();
  let length = 0;
  for (const { text } of wordsOf(message)) {
    if (isStopWord(text)) continue;
    for (const number of termNumbersOf(text)) {
      counts.set(number, (counts.get(number) ?? 0) + 1);
      length += 1;
    }
  }
  return { counts, length };
}

/** So that the largest is 1. */
export function scaled(values: Float64Array): Float64Array {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest === 0 ? values : values.map((value) => value / largest);
}
