import { z } from 'zod';
import { shownPath } from '../../domain/repository-path.ts';
import type { SearchHit, SearchResult } from '../../ports/workspace.ts';
import { cutLine } from '../numbered-lines.ts';
import { folderArgument, globArgument } from '../path-argument.ts';
import { matchesGlob } from '../path-glob.ts';
import { searchTexts } from '../search-overlay.ts';
import { literalPattern, searchPattern } from '../search-pattern.ts';
import { answered, defineTool, refused, type ToolContext } from '../tool.ts';
import { entryAt } from '../working-tree.ts';

const maxHits = 100;
const maxTreeHits = 20_000;
const maxAnswerBytes = 28_000;

export const searchTextTool = defineTool({
  name: 'search_text',
  description:
    'Finds lines by a regular expression, edits included; answers path:line: text. Known: . [] () | * + ? {n,m} ^ $ \\d \\w \\s \\b; ' +
    `no look-around, no back references. At most ${maxHits} hits: narrow with folder and glob.`,
  arguments: z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(500)
      .meta({ description: 'What one line must contain.', examples: ['function \\w+Price\\('] }),
    folder: folderArgument.optional(),
    glob: globArgument.optional(),
    ignore_case: z.boolean().default(false),
    literal: z.boolean().default(false).describe('Take the pattern as plain text.'),
  }),
  async run({ pattern, folder = '', glob, ignore_case: ignoreCase, literal }, context) {
    if (/[\n\r\0]/.test(pattern) || !pattern.isWellFormed()) {
      return refused(
        context,
        'Lines are searched one by one: a pattern holds no line break, NUL or half a surrogate pair.',
      );
    }
    const read = literal ? literalPattern(pattern) : searchPattern(pattern);
    if (!read.ok) return refused(context, `The pattern ${JSON.stringify(pattern)} cannot be searched: ${read.reason}.`);
    const scope: Scope = {
      folder,
      ignoreCase,
      isWanted: (path) => isWithin(path, folder) && (glob === undefined || matchesGlob(path, glob)),
    };
    const edited = await searchTexts({
      source: read.source,
      ignoreCase,
      limit: maxHits + 1,
      files: editedFiles(context, scope),
    });
    if (edited.kind === 'too-slow') {
      return refused(context, `The pattern ${JSON.stringify(pattern)} takes too long; make it simpler.`);
    }
    const untouched = await searchTree(context, read.extended, scope);
    if (untouched.kind === 'bad-pattern') {
      return refused(context, `The pattern ${JSON.stringify(pattern)} cannot be searched: ${untouched.reason}.`);
    }
    return answered(context, show([...untouched.hits, ...edited.hits], untouched.isCut));
  },
});

interface Scope {
  readonly folder: string;
  readonly ignoreCase: boolean;
  readonly isWanted: (path: string) => boolean;
}

const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);

const editedFiles = ({ overlay }: ToolContext, { isWanted }: Scope): { path: string; text: string }[] =>
  Object.entries(overlay)
    .flatMap(([path, entry]) => (entry.kind === 'write' && isWanted(path) ? [{ path, text: entry.text }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Hits in files that the overlay does not know. Asks for more while edited or unwanted files use up the limit. */
async function searchTree({ tree, overlay }: ToolContext, extended: string, scope: Scope): Promise<SearchResult> {
  const options = { ignoreCase: scope.ignoreCase, ...(scope.folder !== '' && { prefix: scope.folder }) };
  for (let limit = 4 * maxHits; ; limit *= 7) {
    const result = await tree.search(extended, { ...options, limit });
    if (result.kind === 'bad-pattern') return result;
    const hits = result.hits.filter(({ path }) => scope.isWanted(path) && entryAt(overlay, path) === undefined);
    if (hits.length > maxHits || !result.isCut || limit >= maxTreeHits) return { ...result, hits };
  }
}

function show(found: readonly SearchHit[], isCut: boolean): string {
  const hits = found.toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  const lines: string[] = [];
  let roomBytes = maxAnswerBytes;
  for (const hit of hits.slice(0, maxHits)) {
    const line = `${shownPath(hit.path)}:${hit.line}: ${cutLine(hit.text)}`;
    roomBytes -= Buffer.byteLength(line) + 1;
    if (roomBytes < 0) break;
    lines.push(line);
  }
  if (hits.length === 0)
    return isCut ? 'Too many hits in other files to find one here; narrow with folder.' : 'No line matches.';
  const more =
    isCut || lines.length < hits.length ? ['[there are more hits; narrow with folder, glob or a longer pattern]'] : [];
  return [...lines, ...more].join('\n');
}
