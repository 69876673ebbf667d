import { z } from 'zod';
import { shownPath } from '../../domain/repository-path.ts';
import { folderArgument, globArgument } from '../path-argument.ts';
import { matchesGlob } from '../path-glob.ts';
import { answered, defineTool, refused } from '../tool.ts';
import { type ListedFile, listFiles } from '../working-tree.ts';

const maxLines = 300;
const maxAnswerBytes = 28_000;

export const listFilesTool = defineTool({
  name: 'list_files',
  description:
    'Lists files with their sizes, edits included. Folders deeper than depth are shown as one line with the number of their files. ' +
    `At most ${maxLines} lines an answer; go on with after.`,
  arguments: z.strictObject({
    folder: folderArgument.optional(),
    glob: globArgument.optional(),
    depth: z.int().min(1).max(50).default(3).describe('Levels of folders to open. With glob every level is open.'),
    after: z.string().max(2048).optional().describe('Go on behind this line: a path as the last answer showed it.'),
  }),
  async run({ folder = '', glob, depth, after }, context) {
    const files = await listFiles(context, folder);
    const place = folder === '' ? 'the repository' : folder;
    if (files.length === 0)
      return refused(context, `There is no file in ${place}; list_files without folder shows all.`);
    const matching = glob === undefined ? files : files.filter((file) => matchesGlob(file.path, glob));
    if (matching.length === 0)
      return answered(context, `None of the ${files.length} files in ${place} matches ${glob}.`);
    const lines = glob === undefined ? foldDeep(matching, folder, depth) : matching.map(lineOf);
    return answered(context, page(lines, after));
  },
});

interface Line {
  /** The shown path, by which the listing goes on. */
  readonly key: string;
  readonly text: string;
}

function lineOf(file: ListedFile): Line {
  const key = shownPath(file.path);
  return { key, text: `${key} (${file.isSymlink ? 'symlink' : `${file.sizeBytes} bytes`})` };
}

function foldDeep(files: readonly ListedFile[], folder: string, depth: number): Line[] {
  const openSegments = (folder === '' ? 0 : folder.split('/').length) + depth;
  const counts = new Map<string, number>();
  const lines = new Map<string, Line>();
  for (const file of files) {
    const segments = file.path.split('/');
    if (segments.length <= openSegments) {
      lines.set(file.path, lineOf(file));
      continue;
    }
    const folded = `${segments.slice(0, openSegments).join('/')}/`;
    const count = (counts.get(folded) ?? 0) + 1;
    counts.set(folded, count);
    const key = shownPath(folded);
    lines.set(folded, { key, text: `${key} (folder, ${count} ${count === 1 ? 'file' : 'files'})` });
  }
  return [...lines.values()];
}

function page(lines: readonly Line[], after: string | undefined): string {
  const found = after === undefined ? -1 : lines.findIndex((line) => line.key === after);
  if (after !== undefined && found === -1) {
    return `There is no line ${JSON.stringify(after)} in this listing; leave out after to see it from the start.`;
  }
  const shown: Line[] = [];
  let roomBytes = maxAnswerBytes;
  for (const line of lines.slice(found + 1, found + 1 + maxLines)) {
    roomBytes -= Buffer.byteLength(line.text) + 1;
    if (roomBytes < 0) break;
    shown.push(line);
  }
  const last = shown.at(-1);
  if (last === undefined) return 'Nothing follows.';
  const left = lines.length - (found + 1) - shown.length;
  const more = left === 0 ? [] : [`[${left} more lines; go on with after: ${JSON.stringify(last.key)}]`];
  return [...shown.map((line) => line.text), ...more].join('\n');
}
