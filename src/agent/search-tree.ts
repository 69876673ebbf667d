import type { SearchHit, SearchResult } from '../ports/workspace.ts';
import { matchesGlob } from './path-glob.ts';
import { searchTexts } from './search-overlay.ts';
import type { ToolContext } from './tool.ts';
import { entryAt } from './working-tree.ts';

/** Where to search, and behind which hit. */
export interface SearchScope {
  readonly folder: string;
  readonly glob?: string | undefined;
  readonly ignoreCase: boolean;
  readonly after?: { readonly path: string; readonly line: number } | undefined;
}

type Found =
  | { readonly kind: 'found'; readonly hits: readonly SearchHit[]; readonly isCut: boolean }
  | { readonly kind: 'too-slow' }
  | { readonly kind: 'bad-pattern'; readonly reason: string };

const maxTreeHits = 20_000;
const maxEditedHits = 5_000;

/**
 * Finds lines in the files as the edits leave them: untouched ones by git, edited ones here. Sorted by path and line;
 * more than `limit` when there are more.
 *
 * @throws {ForgeError} when the tree cannot be read.
 */
export async function searchWorkingTree(
  context: ToolContext,
  pattern: { readonly source: string; readonly extended: string },
  scope: SearchScope,
  limit: number,
): Promise<Found> {
  const { source } = pattern;
  const files = editedFiles(context, scope);
  const edited = await searchTexts({ source, ignoreCase: scope.ignoreCase, limit: maxEditedHits, files });
  if (edited.kind === 'too-slow') return edited;
  const untouched = await searchUntouched(context, pattern.extended, scope, limit);
  if (untouched.kind === 'bad-pattern') return untouched;
  const hits = [...untouched.hits, ...edited.hits.filter((hit) => isBehind(hit, scope))];
  return {
    kind: 'found',
    hits: hits.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1)),
    isCut: untouched.isCut,
  };
}

const isWanted = (path: string, { folder, glob }: SearchScope): boolean =>
  (folder === '' || path === folder || path.startsWith(`${folder}/`)) &&
  (glob === undefined || matchesGlob(path, glob));

const isBehind = ({ path, line }: SearchHit, { after }: SearchScope): boolean =>
  after === undefined || path > after.path || (path === after.path && line > after.line);

const editedFiles = ({ overlay }: ToolContext, scope: SearchScope): { path: string; text: string }[] =>
  Object.entries(overlay)
    .flatMap(([path, entry]) => (entry.kind === 'write' && isWanted(path, scope) ? [{ path, text: entry.text }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Hits in files that the overlay does not know. Asks for more while those not wanted use up the limit. */
async function searchUntouched(
  { tree, overlay }: ToolContext,
  extended: string,
  scope: SearchScope,
  wanted: number,
): Promise<SearchResult> {
  const options = { ignoreCase: scope.ignoreCase, ...(scope.folder !== '' && { prefix: scope.folder }) };
  for (let limit = 4 * wanted; ; limit *= 7) {
    const result = await tree.search(extended, { ...options, limit });
    if (result.kind === 'bad-pattern') return result;
    const hits = result.hits.filter(
      (hit) => isWanted(hit.path, scope) && isBehind(hit, scope) && entryAt(overlay, hit.path) === undefined,
    );
    if (hits.length > wanted || !result.isCut || limit >= maxTreeHits) return { ...result, hits };
  }
}
