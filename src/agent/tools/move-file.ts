import { z } from 'zod';
import { missingFile, pathArgument } from '../path-argument.ts';
import { changed, defineTool, refused } from '../tool.ts';
import { fileAbove, removeFile, viewFile, writeText } from '../working-tree.ts';

export const moveFileTool = defineTool({
  name: 'move_file',
  description:
    'Moves or renames one text file with its content and mode. Nothing that names the old path is changed: look for it with search_text.',
  arguments: z.strictObject({
    from: pathArgument,
    to: pathArgument.meta({ description: 'The new path, where no file is.', examples: ['src/main.ts'] }),
  }),
  async run({ from, to }, context) {
    const view = await viewFile(context, from);
    switch (view.kind) {
      case 'missing':
        return refused(context, await missingFile(context, from));
      case 'folder':
        return refused(context, `${from} is a folder; move its files one by one.`);
      case 'symlink':
        return refused(context, `${from} is a symlink; these stay where they are.`);
      case 'unreadable':
        return refused(context, `${from} cannot be moved: ${view.reason}.`);
      case 'text':
        break;
    }
    // Taken away first, so that a file may move into a folder of its own name.
    const removed = await removeFile(context, from);
    if (!removed.ok) return refused(context, `${from} was not moved: ${removed.reason}.`);
    const without = { ...context, overlay: removed.overlay };
    const goal = from === to ? view : await viewFile(without, to);
    if (goal.kind === 'folder') return refused(context, `${to} is a folder; nothing was moved.`);
    if (goal.kind !== 'missing') return refused(context, `${to} exists; nothing was moved.`);
    const above = await fileAbove(without, to);
    if (above !== null) return refused(context, `${above} is a file, so nothing can be moved below it.`);
    const written = await writeText(without, to, view.text, view);
    if (!written.ok) return refused(context, `${from} was not moved: ${written.reason}.`);
    return changed(written.overlay, `Moved ${from} to ${to}. Change what names the old path.`);
  },
});
