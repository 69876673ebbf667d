import { lstat, mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A folder is not what the command needs; the message says what stands there and what to do. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** A git work tree of the person who runs the command. Nothing of it is executed, git itself is not asked. */
export interface WorkTree {
  readonly root: string;
  /** Names at the root. */
  readonly rootFiles: readonly string[];
  /** The text at a path of the tree, or null where nothing stands. @throws {FolderError} where a link leads elsewhere. */
  find(path: string): Promise<string | null>;
  /** Never overwrites. @throws {FolderError} */
  write(path: string, text: string): Promise<void>;
}

/** @throws {FolderError} when there is no such folder, or none above it is a git work tree. */
export async function openWorkTree(folder: string): Promise<WorkTree> {
  const start = resolve(folder);
  const stats = await stat(start).catch((error: unknown) => failed(`cannot look at ${start}`, error));
  if (!stats.isDirectory()) throw new FolderError(`${start} is no folder; name the folder of a git work tree`);
  const root = await rootAbove(await realpath(start));
  if (root === null) {
    throw new FolderError(
      `${start} is in no git work tree: neither it nor a folder above it has a .git; clone the repository, or run git init`,
    );
  }
  const rootFiles = await readdir(root).catch((error: unknown) => failed(`cannot read ${root}`, error));
  return {
    root,
    rootFiles,
    find: async (path) => {
      await assertOwnFolders(root, path);
      return contentOf(join(root, path), path);
    },
    write: async (path, text) => {
      await assertOwnFolders(root, path);
      try {
        await mkdir(dirname(join(root, path)), { recursive: true });
        // Fails where anything stands there, a link included.
        await writeFile(join(root, path), text, { flag: 'wx' });
      } catch (error) {
        failed(`cannot write ${path} in ${root}`, error);
      }
    },
  };
}

/** `.git` is a file in a linked work tree and in a submodule. */
async function rootAbove(folder: string): Promise<string | null> {
  for (let current = folder; ; current = dirname(current)) {
    if ((await kindOf(join(current, '.git'))) !== null) return current;
    if (dirname(current) === current) return null;
  }
}

/** A link among the folders could lead out of the tree, and what is written through it would not be committed. */
async function assertOwnFolders(root: string, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (const [index] of parts.entries()) {
    const folder = parts.slice(0, index + 1).join('/');
    const kind = await kindOf(join(root, folder));
    if (kind === 'link') throw new FolderError(`${folder} is a symbolic link, which is not followed; make it a folder`);
    if (kind === 'file') throw new FolderError(`${folder} is a file, and a folder is needed there; move it away`);
  }
}

/** Ours are at most a few kilobytes; whatever is larger is only named. */
const maxBytes = 1_000_000;

async function contentOf(file: string, path: string): Promise<string | null> {
  const kind = await kindOf(file);
  if (kind === null) return null;
  if (kind !== 'file') throw new FolderError(`${path} is a ${kind === 'link' ? 'symbolic link' : kind}; move it away`);
  const { size } = await lstat(file);
  if (size > maxBytes) throw new FolderError(`${path} has ${size} bytes, too many to be ours; move it away`);
  return readFile(file, 'utf8').catch((error: unknown) => failed(`cannot read ${path}`, error));
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'link' | 'special file' | null> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'special file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return failed(`cannot look at ${path}`, error);
  }
}

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'something stands there by now',
  ENOTDIR: 'a part of the path is a file',
  ELOOP: 'its links go round in a circle',
};

function failed(what: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  throw new FolderError(`${what}: ${meanings[code] ?? code}`);
}
