import { isFixture, kindsOf } from '../../domain/path-kinds.ts';
import type { Outline, Syntax } from '../../ports/syntax.ts';
import type { Tree, TreeEntry } from '../../ports/workspace.ts';
import { depthOf, folderOf, nameOf, resolvePath } from './paths.ts';

/** A look at some of a repository's source files, within bounds that a repository of any size keeps. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly outline: Outline | null;
  /** How many of the files looked at import it. */
  readonly importers: number;
}

/** Enough to see how a project is built and written; reading them takes a second or two at most. */
const maxFiles = 120;
const maxFileBytes = 48 * 1024;
const atOnce = 8;

const isCode = /\.(?:[cm]?[jt]sx?|py|go|java|kt|rs|rb|php|cs|c|cc|cpp|h|hpp|swift|scala)$/;
const isMade =
  /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|out|target|generated|__generated__|\.[^/]+)\/|\.min\.|\.d\.ts$/;
const usualEntryPoints =
  /^(?:(?:src|lib|app|cmd\/[^/]+|packages\/[^/]+(?:\/src)?)\/)?(?:index|main|app|cli|server|lib|mod|__init__|__main__|manage)\.[a-z]+$/;

export const isSource = ({ path, mode }: TreeEntry): boolean =>
  mode !== '120000' && isCode.test(path) && !isMade.test(path) && !isFixture(path);

export const isTest = (path: string): boolean => kindsOf(path).has('test');

export const isEntryPoint = (path: string, named: readonly string[]): boolean =>
  named.includes(path) || usualEntryPoints.test(path);

/** Reads entry points and the files nearest to the root, a few of each folder, and sees who imports whom. */
export async function lookAtSources(
  tree: Tree,
  syntax: Syntax,
  entries: readonly TreeEntry[],
  entryPoints: readonly string[],
): Promise<readonly Source[]> {
  const sources = entries.filter((entry) => isSource(entry) && entry.sizeBytes <= maxFileBytes && !isTest(entry.path));
  const chosen = spread(sources, entryPoints).slice(0, maxFiles);
  const read: Omit<Source, 'importers'>[] = [];
  for (let start = 0; start < chosen.length; start += atOnce) {
    const some = await Promise.all(chosen.slice(start, start + atOnce).map((path) => readSource(tree, syntax, path)));
    read.push(...some.flatMap((source) => source ?? []));
  }
  const counts = importersOf(read, new Set(sources.map(({ path }) => path)));
  return read.map((source) => ({ ...source, importers: counts.get(source.path) ?? 0 }));
}

async function readSource(tree: Tree, syntax: Syntax, path: string): Promise<Omit<Source, 'importers'> | null> {
  const bytes = await tree.read(path);
  if (bytes === null || bytes.includes(0)) return null;
  const text = bytes.toString('utf8');
  return { path, text, outline: await syntax.outline(path, text) };
}

/** Entry points first, then one file of each folder in turn, folders near the root before deep ones. */
function spread(sources: readonly TreeEntry[], entryPoints: readonly string[]): readonly string[] {
  const paths = sources.map(({ path }) => path);
  const first = paths.filter((path) => isEntryPoint(path, entryPoints));
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    if (first.includes(path)) continue;
    const folder = folderOf(path);
    const inside = folders.get(folder);
    if (inside === undefined) folders.set(folder, [path]);
    else inside.push(path);
  }
  const byDepth = [...folders.values()].toSorted((a, b) => depthOf(a[0] ?? '') - depthOf(b[0] ?? ''));
  const rounds = Math.max(0, ...byDepth.map((inside) => inside.length));
  const rest: string[] = [];
  for (let round = 0; round < rounds && rest.length < maxFiles; round++)
    rest.push(...byDepth.flatMap((inside) => inside[round] ?? []));
  return [...first, ...rest];
}

function importersOf(
  read: readonly Omit<Source, 'importers'>[],
  paths: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const byEnd = endsOf(paths);
  const counts = new Map<string, number>();
  for (const { path, outline } of read) {
    const found = new Set((outline?.imports ?? []).flatMap((name) => importedPath(path, name, paths, byEnd) ?? []));
    for (const imported of found) if (imported !== path) counts.set(imported, (counts.get(imported) ?? 0) + 1);
  }
  return counts;
}

/** Files by their last two names without ending, which is how most languages import; null where that is not one file. */
function endsOf(paths: ReadonlySet<string>): ReadonlyMap<string, string | null> {
  const ends = new Map<string, string | null>();
  for (const path of paths) {
    const end = lastTwo(path.replace(/\.[a-z]+$/, '').replace(/\/(?:__init__|index|mod)$/, ''));
    ends.set(end, ends.has(end) ? null : path);
  }
  return ends;
}

const lastTwo = (path: string): string => path.split('/').slice(-2).join('/');

const endings = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.mts',
  '.cjs',
  '.py',
  '/index.ts',
  '/index.js',
  '/index.tsx',
];

function importedPath(
  from: string,
  name: string,
  paths: ReadonlySet<string>,
  byEnd: ReadonlyMap<string, string | null>,
): string | null {
  if (!/^\.{1,2}\//.test(name)) {
    const plain = name.replace(/^(?:crate|self|super)::/, '').replaceAll(/::|\.(?=\w)/g, '/');
    return plain.includes('/') ? (byEnd.get(lastTwo(plain)) ?? null) : null;
  }
  const target = resolvePath(folderOf(from), name);
  if (target === null) return null;
  // TypeScript names the file that will be made of it.
  const bare = target.replace(/\.js(x?)$/, '.ts$1');
  return [...endings.map((ending) => target + ending), bare].find((path) => paths.has(path)) ?? null;
}

export const byImportance =
  (entryPoints: readonly string[]) =>
  (a: Source, b: Source): number =>
    weight(b, entryPoints) - weight(a, entryPoints) ||
    a.path.length - b.path.length ||
    a.path.localeCompare(b.path, 'en');

const weight = ({ path, importers, outline }: Source, entryPoints: readonly string[]): number =>
  importers +
  (isEntryPoint(path, entryPoints) ? 3 : 0) +
  (outline === null ? -1 : 0) -
  (nameOf(path).startsWith('_') ? 1 : 0);
