import { z } from 'zod';
import type { CodeSymbol, Syntax } from '../../ports/syntax.ts';
import type { SearchHit } from '../../ports/workspace.ts';
import { hitLines } from '../hit-lines.ts';
import { afterArgument, folderArgument, globArgument } from '../path-argument.ts';
import { withinTime } from '../patient-syntax.ts';
import { literalPattern } from '../search-pattern.ts';
import { searchWorkingTree } from '../search-tree.ts';
import { answered, defineTool, refused, type Tool, type ToolContext } from '../tool.ts';
import { viewFile } from '../working-tree.ts';

const maxHits = 100;
const maxAnswerBytes = 26_000;
const maxOutlinedFiles = 60;
const parseLimitMs = 15_000;

export const referencesTool = (syntax: Syntax): Tool =>
  defineTool({
    name: 'references',
    description:
      'Finds where a name is defined and used, as a whole word, edits included: first its definitions, then all other lines ' +
      `with it as path:line: text. It goes by the name alone. At most ${maxHits} lines an answer; go on with after.`,
    arguments: z.strictObject({
      name: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[\p{L}\p{N}_$#@]+$/u, 'one name: letters, digits, _ and $; use search_text for anything else')
        .meta({ description: 'The name of a function, class, method, constant, …', examples: ['totalPrice'] }),
      folder: folderArgument.optional(),
      glob: globArgument.optional(),
      after: afterArgument.optional(),
    }),
    async run({ name, folder = '', glob, after }, context) {
      const pattern = wordPattern(name);
      const found = await searchWorkingTree(context, pattern, { folder, glob, ignoreCase: false, after }, maxHits);
      if (found.kind !== 'found') return refused(context, `${name} cannot be searched; use search_text.`);
      if (found.hits.length === 0) {
        const none = after === undefined ? 'No line has' : 'No more lines have';
        return answered(context, `${none} the word ${name}. search_text finds parts of words.`);
      }
      const page = found.hits.slice(0, maxHits);
      const defined = await definitionsAmong(withinTime(syntax, parseLimitMs), context, name, page);
      const uses = page.filter((hit) => !defined.includes(hit));
      return answered(context, show(name, defined, uses, found.hits, found.isCut));
    },
  });

/** `\b` knows no `$` and no letters beyond ASCII, so a word ends where none of its signs follows. */
function wordPattern(name: string): { source: string; extended: string } {
  const { source, extended } = asPattern(name);
  const edge = '[^A-Za-z0-9_$]';
  return { source: `(?:^|${edge})${source}(?:${edge}|$)`, extended: `(^|${edge})${extended}(${edge}|$)` };
}

function asPattern(name: string): { source: string; extended: string } {
  const pattern = literalPattern(name);
  if (!pattern.ok) throw new TypeError(`${JSON.stringify(name)} cannot be searched literally`);
  return pattern;
}

async function definitionsAmong(
  syntax: Syntax,
  context: ToolContext,
  name: string,
  hits: readonly SearchHit[],
): Promise<readonly SearchHit[]> {
  const paths = [...new Set(hits.map(({ path }) => path))].slice(0, maxOutlinedFiles);
  const defined: SearchHit[] = [];
  for (const path of paths) {
    const view = await viewFile(context, path);
    const outline = view.kind === 'text' ? await syntax.outline(path, view.text) : null;
    const symbols = outline?.symbols.filter((symbol) => symbol.name === name) ?? [];
    for (const symbol of symbols) {
      const hit = hits.find((one) => one.path === path && isLineOf(symbol, one));
      if (hit !== undefined && !defined.includes(hit)) defined.push(hit);
    }
  }
  return defined;
}

/** Decorators may stand above the line with the name. */
const isLineOf = ({ startLine, endLine, signature }: CodeSymbol, { line, text }: SearchHit): boolean =>
  line >= startLine && line <= endLine && text.trim().startsWith(signature.slice(0, 80).replace('…', ''));

function show(
  name: string,
  defined: readonly SearchHit[],
  uses: readonly SearchHit[],
  hits: readonly SearchHit[],
  isCut: boolean,
): string {
  const first = hitLines(defined, maxHits, maxAnswerBytes / 2);
  const then = hitLines(uses, maxHits, maxAnswerBytes / 2);
  const parts = [
    ...(first.lines.length === 0 ? [] : [`Defined (${name}):`, ...first.lines]),
    ...(then.lines.length === 0 ? [] : ['Used:', ...then.lines]),
  ];
  const isAll = first.lines.length === defined.length && then.lines.length === uses.length;
  if (isAll && !isCut && hits.length <= maxHits) return parts.join('\n');
  const last = isAll ? hits[Math.min(hits.length, maxHits) - 1] : then.last;
  const next = last === undefined ? '' : `go on with after: ${JSON.stringify(`${last.path}:${last.line}`)}, or `;
  return [...parts, `[there are more; ${next}narrow with folder or glob]`].join('\n');
}
