import { z } from 'zod';
import { shownPath } from '../../domain/repository-path.ts';
import type { CodeSymbol, Syntax } from '../../ports/syntax.ts';
import { cutLine } from '../numbered-lines.ts';
import { folderArgument } from '../path-argument.ts';
import { withinTime } from '../patient-syntax.ts';
import { answered, defineTool, refused, type Tool, type ToolContext } from '../tool.ts';
import { listFiles, viewFile } from '../working-tree.ts';

const maxAnswerBytes = 28_000;
const maxFiles = 40;
const parseLimitMs = 15_000;

export const outlineTool = (syntax: Syntax): Tool =>
  defineTool({
    name: 'outline',
    description:
      'Shows what a source file declares (classes, functions, methods, tests, …) with its lines, edits included; of a folder, ' +
      'what each of its files declares at the top. Much shorter than reading. The answer tells how to go on.',
    arguments: z.strictObject({
      path: folderArgument.meta({
        description: 'A file, or a folder (its own files only).',
        examples: ['src/index.ts'],
      }),
      start_line: z.int().min(1).default(1).describe('Of a file: leave out what ends before this line.'),
      after: z
        .string()
        .max(2048)
        .optional()
        .describe('Of a folder: go on behind this path, as the last answer showed it.'),
    }),
    async run({ path, start_line: start, after }, context) {
      const view = path === '' ? { kind: 'folder' as const } : await viewFile(context, path);
      switch (view.kind) {
        case 'text':
          return outlineOfFile(syntax, context, path, view.text, start);
        case 'folder':
          return outlineOfFolder(withinTime(syntax, parseLimitMs), context, path, after);
        case 'missing':
          return refused(context, `There is no file or folder ${path}. Use list_files to find the right path.`);
        case 'symlink':
          return refused(context, `${path} is a symlink; ask for the file it leads to by its own path.`);
        case 'unreadable':
          return refused(context, `${path} has no outline: ${view.reason}.`);
      }
    },
  });

async function outlineOfFile(syntax: Syntax, context: ToolContext, path: string, text: string, start: number) {
  const outline = await syntax.outline(path, text);
  if (outline === null) {
    return refused(
      context,
      `${path} has no outline: its language is not known here, or it is too large. Use read_file or search_text.`,
    );
  }
  const wanted = outline.symbols.filter(({ endLine }) => endLine >= start);
  if (wanted.length === 0)
    return answered(context, `${path} declares nothing${start > 1 ? ` from line ${start} on` : ''}.`);
  const { shown, next } = fitting(
    wanted.map((symbol) => lineOf(symbol, symbol.depth)),
    maxAnswerBytes,
  );
  const rest = next === null ? [] : [`[go on with start_line: ${wanted[next]?.startLine ?? start}]`];
  return answered(context, [`${path} (${outline.language}):`, ...shown, ...rest].join('\n'));
}

async function outlineOfFolder(syntax: Syntax, context: ToolContext, folder: string, after: string | undefined) {
  const inside = folder === '' ? '' : `${folder}/`;
  const files = (await listFiles(context, folder)).filter(
    ({ path, isSymlink }) => !isSymlink && !path.slice(inside.length).includes('/'),
  );
  const place = folder === '' ? 'the root' : folder;
  const from = after === undefined ? 0 : files.findIndex(({ path }) => shownPath(path) === after) + 1;
  if (after !== undefined && from === 0)
    return refused(context, `There is no file ${JSON.stringify(after)} in ${place}.`);
  const lines: string[] = [];
  let roomBytes = maxAnswerBytes;
  let last = after;
  for (const { path } of files.slice(from, from + maxFiles)) {
    const part = await partOf(syntax, context, path);
    roomBytes -= Buffer.byteLength(part) + 1;
    if (roomBytes < 0 && lines.length > 0) break;
    if (part !== '') lines.push(part);
    last = shownPath(path);
  }
  const isAll = last === undefined || shownPath(files.at(-1)?.path ?? '') === last;
  if (lines.length === 0)
    lines.push(`No file of a known language in ${place}${isAll ? '' : ' so far'}; its folders are not looked into.`);
  return answered(context, [...lines, ...(isAll ? [] : [`[go on with after: ${JSON.stringify(last)}]`])].join('\n'));
}

const maxPartBytes = 4_000;

async function partOf(syntax: Syntax, context: ToolContext, path: string): Promise<string> {
  const view = await viewFile(context, path);
  const outline = view.kind === 'text' ? await syntax.outline(path, view.text) : null;
  if (outline === null) return '';
  const top = outline.symbols.filter(({ depth }) => depth === 0);
  const { shown, next } = fitting(
    top.map((symbol) => lineOf(symbol, 1)),
    maxPartBytes,
  );
  const rest = next === null ? [] : [`  [${top.length - next} more; ask for the outline of ${shownPath(path)}]`];
  return [`${shownPath(path)}:`, ...shown, ...rest].join('\n');
}

const lineOf = ({ kind, signature, startLine, endLine }: CodeSymbol, depth: number): string =>
  `${'  '.repeat(depth)}${startLine}-${endLine} ${kind}: ${cutLine(signature)}`;

/** As many lines as fit, one at least, and the index of the first that does not. */
function fitting(lines: readonly string[], maxBytes: number): { shown: readonly string[]; next: number | null } {
  let room = maxBytes;
  for (const [index, line] of lines.entries()) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0 && index > 0) return { shown: lines.slice(0, index), next: index };
  }
  return { shown: lines, next: null };
}
