import { withinTime } from '../../agent/patient-syntax.ts';
import { isFixture, kindsOf } from '../../domain/path-kinds.ts';
import type { Outline, Syntax } from '../../ports/syntax.ts';
import type { Tree, TreeEntry } from '../../ports/workspace.ts';
import { countImporters } from './importers.ts';
import { depthOf } from './paths.ts';

/** One of the files that most of a repository stands on. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly outline: Outline | null;
  /** How many files import it. */
  readonly importers: number;
}

/** As many as a map can show. */
const maxFiles = 40;
const maxFileBytes = 256 * 1024;
const atOnce = 4;
/** Some seconds are enough for forty files of people; files beyond are told without their declarations. */
const parseLimitMs = 20_000;

const isCode = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|java|kt|rs|rb|php|cs|c|cc|cpp|h|hpp|swift|scala)$/;
const isAside =
  /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|out|target|generated|__generated__|examples?|samples?|docs?|bench(?:marks?)?|\.[^/]+)\/|\.min\.|\.d\.ts$/;
const usualEntryPoints =
  /^(?:(?:src|lib|app|cmd\/[^/]+|packages\/[^/]+(?:\/src)?|src\/[^/]+)\/)?(?:index|main|app|cli|server|lib|__init__|__main__|manage)\.[a-z]+$/;

export const isSource = ({ path, mode }: TreeEntry): boolean =>
  mode !== '120000' && isCode.test(path) && !isAside.test(path) && !isFixture(path);

export const isTest = (path: string): boolean => kindsOf(path).has('test');

/** What an entry point counts as, in files that import it: nobody imports the most important file. */
const entryPointWeight = 5;

/** Entry points and what most files import, the weightiest first, with what they declare. */
export async function lookAtSources(
  tree: Tree,
  syntax: Syntax,
  entries: readonly TreeEntry[],
  entryPoints: readonly string[],
): Promise<readonly Source[]> {
  const paths = entries
    .filter((entry) => isSource(entry) && entry.sizeBytes <= maxFileBytes && !isTest(entry.path))
    .map(({ path }) => path);
  const importers = await countImporters(tree, paths);
  const named = new Set(entryPoints);
  const weighed = paths.map((path) => {
    const isEntry = named.has(path) || usualEntryPoints.test(path);
    return { path, weight: (importers.get(path) ?? 0) + (isEntry ? entryPointWeight : 0), depth: depthOf(path) };
  });
  const chosen = weighed
    .toSorted((a, b) => b.weight - a.weight || a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .slice(0, maxFiles);
  const parser = withinTime(syntax, parseLimitMs);
  const read: Source[] = [];
  for (let start = 0; start < chosen.length; start += atOnce) {
    const some = await Promise.all(
      chosen.slice(start, start + atOnce).map(async ({ path }) => {
        const bytes = await tree.read(path);
        if (bytes === null || bytes.includes(0)) return [];
        const text = bytes.toString('utf8');
        return [{ path, text, outline: await parser.outline(path, text), importers: importers.get(path) ?? 0 }];
      }),
    );
    read.push(...some.flat());
  }
  return read;
}
