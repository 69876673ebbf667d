const lineEveryMs = 10_000;
/** The first fix reads the whole tree, and says nothing of the others. */
const leastForEstimate = 2;

/** Where a measurement stands: one line that changes on a terminal, a line now and then in a file. */
export interface Progress {
  /** So many fixes are measured. */
  tell(done: number): void;
  end(): void;
}

export function createProgress(
  name: string,
  total: number,
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const startMs = now();
  let firstMs = startMs;
  let toldMs = startMs;
  out.write(`${name}: ${total} fixes; the first one reads the whole tree${out.isTTY ? '' : '\n'}`);
  return {
    tell(done) {
      const atMs = now();
      if (done === 1) firstMs = atMs;
      if (!out.isTTY && atMs - toldMs < lineEveryMs) return;
      toldMs = atMs;
      const leftMs = done < leastForEstimate ? null : ((atMs - firstMs) / (done - 1)) * (total - done);
      const estimate = leftMs === null ? '' : `, about ${inSeconds(leftMs)} to go`;
      const text = `${name}: ${done} of ${total} fixes in ${inSeconds(atMs - startMs)}${estimate}`;
      out.write(out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    },
    end() {
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}

const inSeconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
