import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EditCase } from './edit-case.ts';
import { type Random, seeded } from './random.ts';

const root = new URL('../../../', import.meta.url).pathname;
const folders = ['src', 'test', 'fixtures'];
const known = /\.(?:ts|js|py|go|java|rs|md|yml)$/;

const isBlank = (line: string): boolean => line.trim() === '';
const joined = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

interface Window {
  readonly lines: readonly string[];
  readonly first: number;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
  /** The line of `old` that the change is about, and one that it keeps, with where that stands in `fresh`. */
  readonly at: number;
  readonly kept: number;
  readonly keptInFresh: number;
}

type Sent = Pick<EditCase, 'edits' | 'right'>;

const edits = (old: readonly string[], fresh: readonly string[]) => [{ old: joined(old), new: joined(fresh) }];
const after = ({ lines, first, old, fresh }: Window): string =>
  [...lines.slice(0, first), ...fresh, ...lines.slice(first + old.length)].join('\n');
const eachLine = (window: Window, write: (line: string) => string): Sent => ({
  edits: edits(window.old.map(write), window.fresh.map(write)),
  right: [after(window)],
});

/** A letter in the middle changed, as somebody else's edit or a model's memory would. */
const drifted = (line: string): string => {
  const at = Math.ceil(line.length / 2);
  return `${line.slice(0, at)}Z${line.slice(at + 1)}`;
};

const kinds: Readonly<Record<string, (window: Window) => Sent>> = {
  'real text: exact': (window) => eachLine(window, (line) => line),
  'real text: trailing space': (window) => eachLine(window, (line) => `${line} `),
  'real text: indented deeper': (window) => eachLine(window, (line) => (isBlank(line) ? line : `    ${line}`)),
  'real text: blank lines lost': ({ old, fresh, ...window }) => ({
    edits: edits(
      old.filter((line) => !isBlank(line)),
      fresh.filter((line) => !isBlank(line)),
    ),
    right: [after({ old, fresh, ...window })],
  }),
  'real text: a kept line drifted': (window) => {
    const line = drifted(window.old[window.kept] ?? '');
    return {
      edits: edits(window.old.with(window.kept, line), window.fresh.with(window.keptInFresh, line)),
      right: [after(window)],
    };
  },
  'real text: a kept line missing': (window) => ({
    edits: edits(window.old.toSpliced(window.kept, 1), window.fresh.toSpliced(window.keptInFresh, 1)),
    right: [after(window)],
  }),
  'real text: a line that is not there': (window) => ({
    edits: edits(
      window.old.toSpliced(window.kept, 0, 'nobody wrote this'),
      window.fresh.toSpliced(window.keptInFresh, 0, 'nobody wrote this'),
    ),
    right: [after(window)],
  }),
  'real text: the changed line drifted': (window) => {
    const line = drifted(window.old[window.at] ?? '');
    return { edits: edits(window.old.with(window.at, line), window.old.with(window.at, `${line} changed`)), right: [] };
  },
};

/** Edits of this repository's own texts, which nobody wrote for a bench; so many of each kind. */
export function makeRealCases(seed: number, each: number): EditCase[] {
  const random = seeded(seed);
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => known.test(path))
      .map((path) => join(folder, path))
      .sort(),
  );
  return Object.entries(kinds).flatMap(([kind, make]) =>
    Array.from({ length: each }, () => {
      const path = random.pick(paths);
      const window = makeWindow(random, path, 1_000) ?? makeWindow(random, 'src/domain/overlay.ts', 10_000);
      if (window === null) throw new Error('no file has a place for an edit');
      return { kind, path, file: window.lines.join('\n'), ...make(window) };
    }),
  );
}

function makeWindow(random: Random, path: string, tries: number): Window | null {
  const lines = readFileSync(join(root, path), 'utf8').split('\n');
  for (let tried = 0; tried < tries && lines.length > 20; tried += 1) {
    const length = 5 + random.below(8);
    const first = random.below(lines.length - length - 1);
    const old = lines.slice(first, first + length);
    const at = 1 + random.below(length - 2);
    const keeping = [...old.keys()].filter((line) => Math.abs(line - at) > 1 && (old[line] ?? '').trim().length > 8);
    const near = [0, at - 1, at, at + 1, length - 1];
    if (keeping.length < 3 || near.some((line) => isBlank(old[line] ?? '')) || occurrences(lines, old) > 1) continue;
    const kept = random.pick(keeping);
    return { lines, first, old, at, kept, ...changeAt(random, old, at, kept) };
  }
  return null;
}

function changeAt(random: Random, old: readonly string[], at: number, kept: number) {
  const line = old[at] ?? '';
  const move = random.below(3) - 1;
  const keptInFresh = kept > at ? kept + move : kept;
  if (move === 0) return { fresh: old.with(at, `${line} changed`), keptInFresh };
  const fresh = move === -1 ? old.toSpliced(at, 1) : old.toSpliced(at, 0, line.replace(/\S.*/, 'brand new'));
  return { fresh, keptInFresh };
}

/** Blank lines and white space around lines aside. */
function occurrences(lines: readonly string[], part: readonly string[]): number {
  const told = (list: readonly string[]) =>
    `\n${list
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n')}\n`;
  return told(lines).split(told(part).slice(0, -1)).length - 1;
}
