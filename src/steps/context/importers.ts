import type { SearchHit, Tree } from '../../ports/workspace.ts';
import { folderOf, nameOf, resolvePath } from './paths.ts';

/** Lines that import something, in the languages that most code is written in; one look at the tree finds all of them. */
const importLine = [
  '^[ \t]*(import|from|use|mod|pub use|pub mod)[ \t]',
  '[ \t}]from[ \t]+[\'"]',
  'require\\([\'"]',
  '^[ \t]+([a-z_.]+ )?"[A-Za-z0-9_./-]+"$',
].join('|');
/** A repository with more is known well enough by the first of them. */
const maxLines = 60_000;

/** How many files import each of these, as far as an import tells a file. */
export async function countImporters(tree: Tree, paths: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const answer = await tree.search(importLine, { limit: maxLines });
  const known = indexOf(paths);
  const importers = new Map<string, Set<string>>();
  for (const hit of answer.kind === 'found' ? answer.hits : []) {
    if (!known.paths.has(hit.path)) continue;
    const imported = importedBy(hit, known);
    if (imported === null || imported === hit.path) continue;
    const from = importers.get(imported);
    if (from === undefined) importers.set(imported, new Set([hit.path]));
    else from.add(hit.path);
  }
  return new Map([...importers].map(([path, from]) => [path, from.size]));
}

interface Known {
  readonly paths: ReadonlySet<string>;
  /** By their last two names without ending, which is how most languages import; null where several end so. */
  readonly byEnd: ReadonlyMap<string, string | null>;
}

function indexOf(paths: readonly string[]): Known {
  const byEnd = new Map<string, string | null>();
  for (const path of paths) {
    const bare = path.replace(/\.[a-z]+$/, '').replace(/\/(?:__init__|index|mod|lib)$/, '');
    const folder = folderOf(path);
    // A Go package is a folder; the file of its name, or its first one, stands for it.
    const ends = path.endsWith('.go') ? [lastTwo(folder)] : [lastTwo(bare)];
    for (const end of ends) {
      const other = byEnd.get(end);
      if (other === undefined) byEnd.set(end, path);
      else if (!path.endsWith('.go')) byEnd.set(end, null);
      else if (nameOf(path) === `${nameOf(folder)}.go`) byEnd.set(end, path);
    }
  }
  return { paths: new Set(paths), byEnd };
}

const lastTwo = (path: string): string => path.split('/').slice(-2).join('/');

function importedBy({ path, text }: SearchHit, known: Known): string | null {
  const line = text.slice(0, 500);
  const quoted =
    /(?:from|import|require\()\s*\(?\s*['"]([^'"]+)['"]/.exec(line)?.[1] ??
    /^\s+(?:[a-z_.]+ )?"([^"]+)"$/.exec(line)?.[1];
  if (quoted !== undefined)
    return quoted.startsWith('.') ? ofRelative(path, quoted, known) : ofNames(quoted.split('/'), known);
  const dots = /^\s*from\s+(\.+)([\w.]*)\s+import\b/.exec(line);
  if (dots !== null) return ofPython(path, dots[1]?.length ?? 1, dots[2] ?? '', known);
  const named = /^\s*(?:from|import(?:\s+static)?|(?:pub\s+)?(?:use|mod))\s+([\w.:]+)/.exec(line)?.[1];
  return named === undefined ? null : ofNames(named.split(/\.|::/).filter(Boolean), known);
}

const endings = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.mts',
  '.cjs',
  '.vue',
  '/index.ts',
  '/index.js',
  '/index.tsx',
];

function ofRelative(from: string, name: string, { paths }: Known): string | null {
  const target = resolvePath(folderOf(from), name);
  if (target === null) return null;
  // TypeScript names the file that will be made of it.
  const made = target.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  return [...endings.map((ending) => target + ending), made].find((path) => paths.has(path)) ?? null;
}

function ofPython(from: string, dots: number, name: string, { paths }: Known): string | null {
  const folder = resolvePath(folderOf(from), '../'.repeat(dots - 1));
  if (folder === null) return null;
  const target = [folder, ...name.split('.')].filter(Boolean).join('/');
  return [`${target}.py`, `${target}/__init__.py`].find((path) => paths.has(path)) ?? null;
}

/** The last name may be what a module holds: `shop.cart.Cart`. */
function ofNames(names: readonly string[], { byEnd }: Known): string | null {
  for (const end of [names, names.slice(0, -1)]) {
    if (end.length < 2) continue;
    const path = byEnd.get(lastTwo(end.join('/')));
    if (path != null) return path;
  }
  return null;
}
