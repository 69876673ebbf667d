import type { TreeEntry } from '../ports/workspace.ts';
import { createBlobReader } from './blob-reader.ts';
import { GitFailure } from './git-command.ts';
import { streamGit } from './git-stream.ts';

/** The consumer sets the pace, and indexes what it hears of. */
const timeoutMs = 10 * 60_000;

/**
 * Hands over the bytes of many blobs as one git reads them; the stream waits for `each`.
 *
 * Ends early when the signal aborts. @throws {GitFailure} when one of the blobs is missing.
 */
export async function readBlobs(
  gitDir: string,
  entries: readonly TreeEntry[],
  each: (entry: TreeEntry, bytes: Buffer) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const stdin = `${entries.map(({ blob }) => blob).join('\n')}\n`;
  const stream = streamGit(gitDir, ['cat-file', '--batch'], { stdin, timeoutMs });
  const reader = createBlobReader(stream.stdout);
  try {
    for (const entry of entries) {
      if (signal?.aborted) return;
      const header = await reader.line();
      const size = sizeIn(header, entry);
      const bytes = await reader.bytes(size);
      await reader.bytes(1);
      await each(entry, bytes);
    }
  } catch (error) {
    // What git itself had to say comes first.
    if (error instanceof GitFailure) await stream.finished();
    throw error;
  } finally {
    stream.stop();
  }
}

/** What the first line of a reply says. @throws {GitFailure} where it is another blob, or none. */
export function sizeIn(header: string, { blob, path }: TreeEntry): number {
  const start = `${blob} blob `;
  const size = header.startsWith(start) ? header.slice(start.length) : '';
  if (!/^\d+$/.test(size)) throw new GitFailure(`fatal: the blob of ${path} cannot be read: ${header}`);
  return Number(size);
}
