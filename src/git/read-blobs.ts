import type { TreeEntry } from '../ports/workspace.ts';
import { GitFailure } from './git-command.ts';
import { streamGit } from './git-stream.ts';

/** The consumer sets the pace, and indexes what it hears of. */
const timeoutMs = 10 * 60_000;
/** Of `<object> blob <size>`, or of `<object> missing`. */
const maxHeaderBytes = 200;

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
  const reader = createReader(stream.stdout);
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

function sizeIn(header: string, { blob, path }: TreeEntry): number {
  const size = new RegExp(`^${blob} blob (\\d+)$`).exec(header)?.[1];
  if (size === undefined) throw new GitFailure(`fatal: the blob of ${path} cannot be read: ${header}`);
  return Number(size);
}

/** Takes a stream apart by lines and by counts of bytes. */
function createReader(stream: AsyncIterable<Buffer>) {
  const source = stream[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  /** Waits for so many more bytes. Chunks are joined once, or a large blob would be copied for each of its chunks. */
  async function fill(length: number): Promise<void> {
    const chunks = [held];
    let total = held.length;
    while (total < length) {
      const next = await source.next();
      if (next.done === true) throw new GitFailure('fatal: git ended in the middle of its output');
      chunks.push(next.value);
      total += next.value.length;
    }
    held = chunks.length === 1 ? held : Buffer.concat(chunks);
  }

  function take(length: number): Buffer {
    const bytes = held.subarray(0, length);
    held = held.subarray(length);
    return bytes;
  }

  return {
    async line(): Promise<string> {
      let end = held.indexOf(10);
      while (end < 0) {
        if (held.length > maxHeaderBytes) throw new GitFailure('fatal: git answered with something else than headers');
        await fill(held.length + 1);
        end = held.indexOf(10);
      }
      const text = take(end).toString();
      take(1);
      return text;
    },
    async bytes(length: number): Promise<Buffer> {
      await fill(length);
      return take(length);
    },
  };
}
