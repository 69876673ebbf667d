import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createBlobReader } from '../../../src/git/blob-reader.ts';
import { closedEnvironment } from '../../../src/git/git-command.ts';
import { sizeIn } from '../../../src/git/read-blobs.ts';
import type { TreeEntry } from '../../../src/ports/workspace.ts';

/** One git that hands over blobs as long as it is asked: a start for each of some thousand commits takes longer than the reading. */
export interface Blobs {
  read(
    entries: readonly TreeEntry[],
    each: (entry: TreeEntry, bytes: Buffer) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): void;
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly reader: ReturnType<typeof createBlobReader>;
}

export function openBlobs(gitDir: string): Blobs {
  let running: Running | null = null;

  function start(): Running {
    const child = spawn('git', ['cat-file', '--batch'], { env: closedEnvironment(gitDir), cwd: '/' });
    // What it has to say of a blob that it can't give stands in the reply.
    child.stderr.resume();
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    return { child, reader: createBlobReader(child.stdout) };
  }

  function close(): void {
    running?.child.kill('SIGKILL');
    running = null;
  }

  return {
    close,
    async read(entries, each, signal) {
      running ??= start();
      const { child, reader } = running;
      let left = entries.length;
      child.stdin.write(entries.map(({ blob }) => `${blob}\n`).join(''));
      try {
        for (const entry of entries) {
          if (signal?.aborted) return;
          const bytes = await reader.bytes(sizeIn(await reader.line(), entry));
          await reader.bytes(1);
          left -= 1;
          await each(entry, bytes);
        }
      } finally {
        // Replies that nobody waits for would be taken for those to the next question.
        if (left > 0) close();
      }
    },
  };
}
