import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailure, gitIn } from './git-command.ts';

/** The whole of a mirror's own configuration: git reads it, and it could name programs and other hosts. */
const configuration = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

/** What we never make, and what would bring in objects, attributes or configuration from elsewhere. */
const foreign = [
  'commondir',
  'config.worktree',
  'hooks',
  'info',
  'objects/info/alternates',
  'objects/info/http-alternates',
];

/** Makes an empty bare repository in a folder that is there, in the one form that a mirror has. */
export async function makeMirror(gitDir: string): Promise<void> {
  await gitIn(gitDir).raw(['init', '--bare', '--quiet', '--template=', '--initial-branch=none']);
  await writeFile(join(gitDir, 'config'), configuration);
}

/**
 * Before git runs in a mirror: whatever else could write on this disk, the mirror is still as we made it.
 *
 * @throws {GitFailure} when it is missing, or has what we never made; then it is as good as damaged.
 */
export async function assertMirror(gitDir: string): Promise<void> {
  const [isFolder, own, ...found] = await Promise.all([
    isThere(gitDir, (stats) => stats.isDirectory()),
    readFile(join(gitDir, 'config'), 'utf8').catch(() => null),
    ...foreign.map((name) => isThere(join(gitDir, name))),
  ]);
  if (!isFolder || own !== configuration || found.includes(true))
    throw new GitFailure('fatal: the mirror is missing, or is not in the form in which it was made');
}

/** A link is what it is, not what it leads to. */
const isThere = (path: string, isOf: (stats: Awaited<ReturnType<typeof lstat>>) => boolean = () => true) =>
  lstat(path).then(isOf, () => false);
