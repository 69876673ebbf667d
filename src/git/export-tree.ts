import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ForgeError } from '../domain/faults.ts';
import type { Sha } from '../domain/ids.ts';
import type { TreeEntry } from '../ports/workspace.ts';
import { createBlobReader } from './blob-reader.ts';
import { streamGit } from './git-stream.ts';
import { readListing } from './listing.ts';

const maxFiles = 300_000;
const maxBytes = 4 * 1024 * 1024 * 1024;
const timeoutMs = 10 * 60_000;

/**
 * Writes the files of a commit into an empty folder, for a sandbox to work on: byte for byte, without filters,
 * attributes and hooks. Only where code runs anyway has a repository files on this disk.
 *
 * A tree is somebody's input and may name one path twice, once as a link: links come last, nothing is ever written
 * where something stands, and no path leads through another one. Submodules are empty folders, as in a plain clone.
 *
 * @throws {ForgeError} when the tree cannot be files.
 */
export async function exportTree(gitDir: string, commit: Sha, folder: string): Promise<void> {
  const { files, submodules } = await readListing(gitDir, commit);
  const entries = [...files.values()];
  assertWritable(entries, submodules);
  const folders = new Set(entries.map(({ path }) => dirname(path)));
  for (const name of [...folders, ...submodules]) await mkdir(join(folder, name), { recursive: true });
  const links: { readonly path: string; readonly target: string }[] = [];
  await eachBlob(gitDir, entries, async ({ path, mode }, bytes) => {
    if (mode === '120000') links.push({ path, target: bytes.toString() });
    else await writeFile(join(folder, path), bytes, { flag: 'wx', mode: mode === '100755' ? 0o755 : 0o644 });
  });
  for (const { path, target } of links) {
    if (target !== '' && !target.includes('\0')) await symlink(target, join(folder, path));
  }
}

function assertWritable(entries: readonly TreeEntry[], submodules: readonly string[]): void {
  const bytes = entries.reduce((sum, { sizeBytes }) => sum + (Number.isFinite(sizeBytes) ? sizeBytes : 0), 0);
  if (entries.length > maxFiles || bytes > maxBytes)
    refuse(
      `it has ${entries.length} files of ${bytes} bytes; allowed: ${maxFiles} files of ${maxBytes} bytes together`,
    );
  const files = new Set(entries.map(({ path }) => path));
  for (const path of [...files, ...submodules]) {
    const parts = path.split('/');
    const isOdd = parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git');
    if (isOdd) refuse(`the path ${JSON.stringify(path.slice(0, 200))} is none that git would check out`);
    for (let length = 1; length < parts.length; length++) {
      if (files.has(parts.slice(0, length).join('/')))
        refuse(`the path ${JSON.stringify(path.slice(0, 200))} lies below a file`);
    }
  }
}

function refuse(why: string): never {
  throw new ForgeError(`the commit cannot be written as files: ${why}`, { isRetryable: false });
}

/** In the order of the entries; one `cat-file` for all of them. */
async function eachBlob(
  gitDir: string,
  entries: readonly TreeEntry[],
  take: (entry: TreeEntry, bytes: Buffer) => Promise<void>,
): Promise<void> {
  if (entries.length === 0) return;
  const stdin = entries.map(({ blob }) => `${blob}\n`).join('');
  const stream = streamGit(gitDir, ['cat-file', '--batch'], { stdin, timeoutMs });
  try {
    const reader = createBlobReader(stream.stdout);
    for (const entry of entries) {
      const header = await reader.line();
      const size = Number(/^[0-9a-f]{40} blob (\d+)$/.exec(header)?.[1] ?? Number.NaN);
      if (Number.isNaN(size)) throw missing(entry.blob);
      await take(entry, await reader.bytes(size));
      await reader.bytes(1);
    }
  } finally {
    stream.stop();
    await stream.finished();
  }
}

/** A partial clone promises objects that it does not have, and nothing here asks its remote for them. */
const missing = (blob: Sha): ForgeError =>
  new ForgeError(
    `the commit cannot be written as files: the object ${blob} is missing; of a partial clone fetch what is missing first: git fetch --refetch --no-filter`,
    { isRetryable: false },
  );
