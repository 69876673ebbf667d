import { z } from 'zod';
import { isProse } from '../../domain/patched-file.ts';
import { kindsOf } from '../../domain/path-kinds.ts';
import type { Syntax } from '../../ports/syntax.ts';
import { leavesOut } from '../elided-lines.ts';
import { oddStyle } from '../neighbour-style.ts';
import { newProblems } from '../new-problems.ts';
import { pathArgument } from '../path-argument.ts';
import { splitLines } from '../text-lines.ts';
import { changed, defineTool, refused, type Tool } from '../tool.ts';
import { fileAbove, formatForNew, viewFile, writeText } from '../working-tree.ts';

export const createFileTool = (syntax: Syntax): Tool =>
  defineTool({
    name: 'create_file',
    description:
      'Makes a new text file; folders appear by themselves. Refuses a path where a file is: change that with edit_file.',
    arguments: z.strictObject({
      path: pathArgument,
      content: z
        .string()
        .describe('The whole text, with a line break at its end.')
        .meta({ examples: ['export {};\n'] }),
      executable: z.boolean().default(false).describe('Whether the file may be run as a program.'),
    }),
    async run({ path, content, executable }, context) {
      const view = await viewFile(context, path);
      if (view.kind === 'folder') return refused(context, `${path} is a folder; nothing was made.`);
      if (view.kind !== 'missing')
        return refused(context, `${path} exists; use edit_file, or delete_file first. Nothing was changed.`);
      const above = await fileAbove(context, path);
      if (above !== null) return refused(context, `${above} is a file, so nothing can be made below it.`);
      const base = await viewFile({ tree: context.tree, overlay: {} }, path);
      if (
        base.kind === 'text' &&
        leavesOut({ old: splitLines(base.text), new: splitLines(content) }, isProse({ path, kinds: kindsOf(path) }))
      )
        return refused(context, leftOut(path));
      const format = await formatForNew(context.tree, path);
      const change = await writeText(context, path, content, executable ? { ...format, mode: '100755' } : format);
      if (!change.ok) return refused(context, `${path} was not made: ${change.reason}.`);
      const made = `Made ${path} (${splitLines(content).length} lines, ${Buffer.byteLength(content)} bytes).`;
      const style = await oddStyle(context, path, content);
      return changed(change.overlay, made + style + (await newProblems(syntax, path, '', content)));
    },
  });

/** A file that is deleted and made anew loses what the new text only hints at. */
const leftOut = (path: string): string =>
  `${path} was not made: a line says that lines are left out (like "... existing code ..."), and the deleted file had ` +
  'them. Nothing may be left out: write the whole text. If the line is no such hint, word it in another way.';
