import { basename, dirname, join } from 'node:path/posix';
import { onceForIndex, type TreeIndex } from './tree-index.ts';

type ImportResolver = (from: string, written: string) => readonly number[];

/** Finds the files of a tree that a written import may mean, whatever the language. */
export const importResolverOf = onceForIndex(createImportResolver);

function createImportResolver(index: TreeIndex): ImportResolver {
  const byStem = new Map<string, number[]>();
  for (const [at, { path, kind }] of index.files.entries()) {
    if (kind !== 'source' && kind !== 'test') continue;
    for (const stem of stemsOf(path)) {
      const known = byStem.get(stem);
      if (known === undefined) byStem.set(stem, [at]);
      else known.push(at);
    }
  }
  return (from, written) => {
    if (written.startsWith('.') && written.includes('/')) return exact(join(dirname(from), written));
    const parts = written
      .replace(/\.[cm]?[jt]sx?$/, '')
      .split(/[./:]+|::/)
      .filter((part) => part !== '' && !rootWords.has(part));
    // `a.b.c` may be the file `a/b/c`, or a name within `a/b`.
    return endingIn(parts, from) ?? endingIn(parts.slice(0, -1), from) ?? [];
  };

  function exact(path: string): readonly number[] {
    const bare = path.replace(/\.[cm]?[jt]sx?$/, '');
    return (byStem.get(basename(bare)) ?? []).filter((at) => {
      const there = index.files[at]?.path ?? '';
      return stripped(there) === bare || stripped(there) === `${bare}/index`;
    });
  }

  function endingIn(parts: readonly string[], from: string): readonly number[] | null {
    const last = parts.at(-1);
    if (last === undefined) return null;
    const end = parts.slice(-3).join('/');
    const same = (byStem.get(last) ?? []).filter((at) => {
      const there = stripped(index.files[at]?.path ?? '').replace(/\/(?:index|mod|__init__|lib)$/, '');
      return there === end || there.endsWith(`/${end}`) || (parts.length === 1 && dirname(there) === dirname(from));
    });
    return same.length > 0 && same.length <= maxMeant ? same : null;
  }
}

/** An import that may mean more files means none. */
const maxMeant = 3;
const rootWords = new Set(['crate', 'super', 'self', 'src', 'std', '~', '@']);
const stripped = (path: string): string => path.replace(/\.\w+$/, '');
const folderFiles = /^(?:index|mod|__init__|lib)$/;

/** A file is found by its name, and one that stands for its folder by that one's. */
function stemsOf(path: string): readonly string[] {
  const stem = basename(stripped(path));
  return folderFiles.test(stem) ? [stem, basename(dirname(path))] : [stem];
}

/** Sources by the folder in which they lie. */
export const sourcesByFolder = onceForIndex(groupSources);

function groupSources({ files }: TreeIndex): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [at, { path, kind }] of files.entries()) {
    if (kind !== 'source') continue;
    const folder = dirname(path);
    const known = found.get(folder);
    if (known === undefined) found.set(folder, [at]);
    else known.push(at);
  }
  return found;
}

/** What the name of a test and of its source have in common: `price` of `price.test.ts`, `test_price.py`, `PriceTest.java`. */
export function subjectOf(path: string): string {
  return basename(path)
    .replace(/\.\w+$/, '')
    .replace(/(?:[._-](?:tests?|specs?|it|e2e|bench|cy)|Tests?|TestCase|Spec|IT)$/, '')
    .replace(/^(?:tests?[_-]|Test(?=[A-Z]))/, '')
    .toLowerCase();
}

/** Tests by what they are tests of. */
export const testsBySubject = onceForIndex(groupTests);

function groupTests(index: TreeIndex): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [at, { path, kind }] of index.files.entries()) {
    if (kind !== 'test') continue;
    const subject = subjectOf(path);
    const known = found.get(subject);
    if (known === undefined) found.set(subject, [at]);
    else known.push(at);
  }
  return found;
}

/** The tests that stand next to a source, the nearest first, three at most. */
export function testsOf(
  path: string,
  tests: ReadonlyMap<string, readonly number[]>,
  index: TreeIndex,
): readonly string[] {
  const subject = subjectOf(path);
  const named = folderFiles.test(subject)
    ? [...(tests.get(subject) ?? []), ...(tests.get(basename(dirname(path)).toLowerCase()) ?? [])]
    : (tests.get(subject) ?? []);
  const folders = dirname(path).split('/');
  const nearness = (other: string): number => folders.filter((part) => other.split('/').includes(part)).length;
  return named
    .map((at) => index.files[at]?.path ?? '')
    .filter((test) => !folderFiles.test(subject) || nearness(test) >= folders.length || dirname(test) === dirname(path))
    .sort((a, b) => nearness(b) - nearness(a) || (a < b ? -1 : 1))
    .slice(0, 3);
}
