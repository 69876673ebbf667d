import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The lines of a file that is only appended to; none where there is no file. The last one may be cut. */
export async function linesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n');
}

export interface LineLog<T> {
  /** Kept once this resolves. */
  add(value: T): Promise<void>;
}

/** Where a file of JSON lines goes on; a cut last line of a process that was killed is taken away first. */
export async function openLineLog<T>(file: string): Promise<LineLog<T>> {
  await mkdir(dirname(file), { recursive: true });
  const lines = await linesOf(file);
  if (lines.at(-1) !== '')
    await writeFile(
      file,
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    );
  let last: Promise<void> = Promise.resolve();
  return {
    add: (value) => {
      // One after the other: lines of two tasks never mix.
      last = last.then(() => appendFile(file, `${JSON.stringify(value)}\n`));
      return last;
    },
  };
}
