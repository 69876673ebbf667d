import { basename, dirname, join } from 'node:path/posix';
import type { Slices } from '../domain/slices.ts';
import type { FileKind } from './file-kinds.ts';
import { onceForPaths, type PathIndex } from './path-index.ts';

type ImportResolver = (from: string, written: string) => readonly number[];

/** Finds the files of a tree that a written import may mean, whatever the language. */
export const importResolverOf = onceForPaths(createImportResolver);

async function createImportResolver(paths: PathIndex, slices: Slices): Promise<ImportResolver> {
  const { list, kinds } = paths;
  const byStem = await placesBy(paths, slices, (path, at) =>
    kinds[at] === 'source' || kinds[at] === 'test' ? stemsOf(path) : [],
  );
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
      const there = list[at] ?? '';
      return stripped(there) === bare || stripped(there) === `${bare}/index`;
    });
  }

  function endingIn(parts: readonly string[], from: string): readonly number[] | null {
    const last = parts.at(-1);
    if (last === undefined) return null;
    const end = parts.slice(-3).join('/');
    const same = (byStem.get(last) ?? []).filter((at) => {
      const there = stripped(list[at] ?? '').replace(/\/(?:index|mod|__init__|lib)$/, '');
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

/** Places of paths by what `keysOf` says of each. */
async function placesBy(
  { list }: PathIndex,
  slices: Slices,
  keysOf: (path: string, at: number) => readonly string[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = new Map<string, number[]>();
  await slices.each(list.length, (at) => {
    for (const key of keysOf(list[at] ?? '', at)) {
      const known = found.get(key);
      if (known === undefined) found.set(key, [at]);
      else known.push(at);
    }
  });
  return found;
}

/** Sources by the folder in which they lie. */
export const sourcesByFolder = onceForPaths((paths, slices) =>
  placesBy(paths, slices, (path, at) => (paths.kinds[at] === 'source' ? [dirname(path)] : [])),
);

/** What the name of a test and of its source have in common: `price` of `price.test.ts`, `test_price.py`, `PriceTest.java`. */
export function subjectOf(path: string): string {
  return basename(path)
    .replace(/\.\w+$/, '')
    .replace(/(?:[._-](?:tests?|specs?|it|e2e|bench|cy)|Tests?|TestCase|Spec|IT)$/, '')
    .replace(/^(?:tests?[_-]|Test(?=[A-Z]))/, '')
    .toLowerCase();
}

/** Tests, and sources, by what they are about. */
export const testsBySubject = onceForPaths((paths, slices) => bySubject(paths, slices, 'test'));
export const sourcesBySubject = onceForPaths((paths, slices) => bySubject(paths, slices, 'source'));

const bySubject = (paths: PathIndex, slices: Slices, kind: FileKind) =>
  placesBy(paths, slices, (path, at) => (paths.kinds[at] === kind ? [subjectOf(path)] : []));

/** The tests that stand next to a source, the nearest first, three at most. */
export function testsOf(
  path: string,
  tests: ReadonlyMap<string, readonly number[]>,
  { list }: PathIndex,
): readonly string[] {
  const subject = subjectOf(path);
  const named = folderFiles.test(subject)
    ? [...(tests.get(subject) ?? []), ...(tests.get(basename(dirname(path)).toLowerCase()) ?? [])]
    : (tests.get(subject) ?? []);
  const folders = dirname(path).split('/');
  const nearness = (other: string): number => folders.filter((part) => other.split('/').includes(part)).length;
  return named
    .map((at) => list[at] ?? '')
    .filter((test) => !folderFiles.test(subject) || nearness(test) >= folders.length || dirname(test) === dirname(path))
    .sort((a, b) => nearness(b) - nearness(a) || (a < b ? -1 : 1))
    .slice(0, 3);
}
