import { z } from 'zod';
import { missingFile, pathArgument } from '../path-argument.ts';
import { changed, defineTool, refused } from '../tool.ts';
import { removeFile, viewFile } from '../working-tree.ts';

export const deleteFileTool = defineTool({
  name: 'delete_file',
  description: 'Deletes one file (or symlink, never what it leads to). Folders go with their last file.',
  arguments: z.strictObject({ path: pathArgument }),
  async run({ path }, context) {
    const view = await viewFile(context, path);
    if (view.kind === 'missing') return refused(context, await missingFile(context, path));
    if (view.kind === 'folder') return refused(context, `${path} is a folder; delete its files one by one.`);
    const change = await removeFile(context, path);
    if (!change.ok) return refused(context, `${path} was not deleted: ${change.reason}.`);
    return changed(change.overlay, `Deleted ${path}.`);
  },
});
