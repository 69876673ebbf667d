import { createSlices } from '../domain/slices.ts';

/** A place that a text names. */
export interface Mention {
  /** As it is written, with `/` between its parts. May be absolute, or lie outside the repository. */
  readonly path: string;
  readonly line: number | null;
  /** What was running there, where a stack trace says so. */
  readonly symbol: string | null;
  readonly from: 'trace' | 'text';
}

/** Logs of megabytes are read at their ends, where the failure stands. */
const maxTextChars = 200_000;
const maxMentions = 200;
const maxLine = 10_000_000;

/** A path with an ending, and what may stand around it. No two parts of a pattern can match the same text. */
const ending = String.raw`\.[A-Za-z][A-Za-z\d]{0,9}`;
const path = String.raw`(?:[A-Za-z]:)?[\w.@+$~\-\\/[\]()]{1,300}?${ending}`;
const traces: readonly RegExp[] = [
  // Node: `at name (/path/file.js:10:5)`, `at /path/file.js:10:5`
  /^\s{0,40}at\s(?:async\s)?(?:(?<symbol>[^\s(][^(\n]{0,200}?)\s\()?(?:file:\/\/)?(?<path>[^\s():]{1,300}\.\w{1,10}):(?<line>\d{1,12})(?::\d{1,12})?\)?/gm,
  // Python: `File "path", line 10, in name`
  /^\s{0,40}File\s"(?<path>[^"\n]{1,300})",\sline\s(?<line>\d{1,12})(?:,\sin\s(?<symbol>[^\n]{1,200}))?/gm,
  // Java, Kotlin: `at package.Class.method(File.java:10)`
  /^\s{0,40}at\s(?:[\w.$-]{1,100}\/)?(?<class>[\w.$]{1,200})\.(?<symbol>[\w$<>]{1,100})\((?<path>[\w$]{1,100}\.(?:java|kt|scala|groovy)):(?<line>\d{1,12})\)/gm,
  // Go: a line `\t/path/file.go:10 +0x1d`. Rust: `  at src/main.rs:10:5`, `panicked at src/main.rs:10:5`
  /(?:^\s{1,40}|\bpanicked at (?:'[^'\n]{0,200}', )?|-->\s{0,4})(?:at\s)?(?<path>[^\s:'"(),]{1,300}\.(?:go|rs)):(?<line>\d{1,12})/gm,
];
const plain = new RegExp(
  String.raw`(?<![\w/.])(?<path>${path})(?![\w/]|\.\w)(?::(?<line>\d{1,12})|#L(?<hash>\d{1,12})|(?:,)?\s\(?lines?\s(?<word>\d{1,12}))?`,
  'g',
);

/** Every place that is named, each once, those of stack traces first and in their order. */
export function mentionsIn(text: string): readonly Mention[] {
  const half = maxTextChars / 2;
  const kept = text.length <= maxTextChars ? text : `${text.slice(0, half)}\n${text.slice(-half)}`;
  const found = new Map<string, Mention>();
  const names = new Set<string>();
  const add = (groups: Record<string, string | undefined> | undefined, from: Mention['from']): void => {
    const written = groups?.path;
    if (written === undefined || found.size >= maxMentions) return;
    const name = withFolder(written, groups?.class);
    const line = lineOf(groups?.line ?? groups?.hash ?? groups?.word);
    const key = `${name}:${line}`;
    names.add(name);
    if (!found.has(key)) found.set(key, { path: name, line, symbol: groups?.symbol?.trim() ?? null, from });
  };
  for (const pattern of traces) for (const { groups } of kept.matchAll(pattern)) add(groups, 'trace');
  for (const { groups } of kept.matchAll(plain)) {
    if (found.size >= maxMentions) break;
    const isKnown = names.has(tidy(groups?.path ?? ''));
    if (!isKnown || groups?.line !== undefined) add(groups, 'text');
  }
  return [...found.values()];
}

/** Java names a file without its folder; the class's package is that. */
function withFolder(written: string, of: string | undefined): string {
  const name = tidy(written);
  const folder = of?.split('.').slice(0, -1).join('/');
  return folder === undefined || folder === '' ? name : `${folder}/${name}`;
}

const tidy = (written: string): string =>
  written
    .replace(/^[([]+/, '')
    .replace(/\\/g, '/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/^[ab]\/(?=.*\/)/, '');

/** Null for what no file has. */
function lineOf(digits: string | undefined): number | null {
  const line = Number(digits);
  return digits !== undefined && line >= 1 && line <= maxLine ? line : null;
}

/** Which files of a tree a written path may mean: the exact one, else those with the longest common end; none where many could. */
export async function createResolver(
  paths: readonly string[],
  slices = createSlices(),
): Promise<(written: string) => readonly string[]> {
  const byName = new Map<string, string[]>();
  await slices.each(paths.length, (at) => {
    const one = paths[at] ?? '';
    const name = nameOf(one);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [one]);
    else known.push(one);
  });
  return (written) => {
    const parts = written.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const same = byName.get((parts.at(-1) ?? '').toLowerCase()) ?? [];
    let best = 0;
    let found: string[] = [];
    for (const one of same) {
      const common = commonEnd(one.split('/'), parts);
      if (common < best) continue;
      if (common > best) found = [];
      best = common;
      found.push(one);
    }
    return found.length <= maxSame ? found : [];
  };
}

/** A bare `index.ts` means any of hundreds. */
const maxSame = 4;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count)?.toLowerCase() === b.at(-1 - count)?.toLowerCase())
    count += 1;
  return count;
}
