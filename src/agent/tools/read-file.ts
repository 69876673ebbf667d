import { z } from 'zod';
import { shownPath } from '../../domain/repository-path.ts';
import { numberedLines } from '../numbered-lines.ts';
import { missingFile, pathArgument } from '../path-argument.ts';
import { splitLines } from '../text-lines.ts';
import { answered, defineTool, refused, type ToolContext, type ToolOutcome } from '../tool.ts';
import { viewFile } from '../working-tree.ts';

const defaultLines = 400;
const maxAnswerBytes = 28_000;

export const readFileTool = defineTool({
  name: 'read_file',
  description:
    'Shows a text file with line numbers, edits included. The number and the tab in front of a line are not part of it. ' +
    `Default: the first ${defaultLines} lines; the answer tells how to read on.`,
  arguments: z.strictObject({
    path: pathArgument,
    start_line: z.int().min(1).default(1).describe('First line to show, from 1.'),
    end_line: z.int().min(1).optional().describe(`Last line to show. Default: ${defaultLines} lines from the start.`),
  }),
  async run({ path, start_line: start, end_line: asked }, context) {
    const view = await viewFile(context, path);
    switch (view.kind) {
      case 'text':
        return showText(context, path, view.text, start, asked ?? start + defaultLines - 1);
      case 'missing':
        return refused(context, await missingFile(context, path));
      case 'folder':
        return refused(context, `${path} is a folder; use list_files.`);
      case 'unreadable':
        return refused(context, `${path} cannot be shown: ${view.reason}.`);
      case 'symlink':
        return answered(
          context,
          `${path} is a symlink to ${shownPath(view.target)}. It is not followed; read its target by its own path.`,
        );
    }
  },
});

function showText(context: ToolContext, path: string, text: string, first: number, last: number): ToolOutcome {
  const lines = splitLines(text);
  const total = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`;
  if (lines.length === 0) return answered(context, `${path} is empty.`);
  if (first > lines.length) return refused(context, `${path} has ${total}; start_line ${first} is behind its end.`);
  if (last < first) return refused(context, `end_line ${last} is before start_line ${first}; ${path} has ${total}.`);
  const shown = numberedLines(lines, first, Math.min(last, lines.length), maxAnswerBytes);
  const head = `${path}, lines ${first}-${shown.lastLine} of ${lines.length}:`;
  const more = shown.lastLine < lines.length ? [`[read on with start_line: ${shown.lastLine + 1}]`] : [];
  return answered(context, [head, shown.text, ...more].join('\n'));
}
