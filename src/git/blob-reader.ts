import { GitFailure } from './git-command.ts';

/** Of `<object> blob <size>`, or of `<object> missing`. */
const maxHeaderBytes = 200;

/** Takes what `cat-file --batch` writes apart, by lines and by counts of bytes. */
export function createBlobReader(stream: AsyncIterable<Buffer>) {
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
