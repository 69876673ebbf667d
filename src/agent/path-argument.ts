import { basename } from 'node:path/posix';
import { z } from 'zod';
import { checkRepositoryPath, shownPath } from '../domain/repository-path.ts';
import type { ToolContext } from './tool.ts';
import { listFiles } from './working-tree.ts';

/** A file's path as tools take it: checked here, so that no tool ever holds an unchecked one. */
export const pathArgument = z
  .string()
  .meta({ description: 'Path from the root of the repository.', examples: ['src/index.ts'] })
  .transform(checkedPath);

/** A folder's path, '' for the root, however the model wrote that. */
export const folderArgument = z
  .string()
  .meta({ description: 'Folder or file to look in. Default: the whole repository.', examples: ['src'] })
  .transform((raw, refinement) => {
    const folder = raw.endsWith('/') ? raw.slice(0, -1) : raw;
    return folder === '' || folder === '.' ? '' : checkedPath(folder, refinement);
  });

export const globArgument = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^{}]*$/, 'braces are not known here; ask once for each alternative')
  .meta({
    description: 'Only paths that match: * and ? within a folder, ** across folders. Without / it is about file names.',
    examples: ['*.ts'],
  });

/** A hit, as the last answer showed it, behind which to go on. */
export const afterArgument = z
  .string()
  .max(2_100)
  .regex(/:\d{1,9}$/, 'a path and a line, like src/index.ts:12')
  .meta({ description: 'Go on behind this hit, as the last answer showed it.', examples: ['src/index.ts:12'] })
  .transform((hit) => ({
    path: hit.slice(0, hit.lastIndexOf(':')),
    line: Number(hit.slice(hit.lastIndexOf(':') + 1)),
  }));

function checkedPath(raw: string, refinement: z.core.$RefinementCtx<string>): string {
  const checked = checkRepositoryPath(raw);
  if (checked.ok) return checked.path;
  refinement.issues.push({ code: 'custom', message: checked.reason, input: raw });
  return z.NEVER;
}

/** What to say about a path where no file is, with files of the same name elsewhere. */
export async function missingFile(context: ToolContext, path: string): Promise<string> {
  const name = basename(path).toLowerCase();
  const files = await listFiles(context, '');
  const namesakes = files.filter((file) => basename(file.path).toLowerCase() === name).slice(0, 5);
  const hint =
    namesakes.length === 0
      ? 'Use list_files or search_text to find the right path.'
      : `Files of that name: ${namesakes.map((file) => shownPath(file.path)).join(', ')}.`;
  return `There is no file ${path}. ${hint}`;
}
