/** The end of what a check printed, however much that is. */
export interface CheckLog {
  add(chunk: Buffer | string): void;
  /** At most the last `maxBytes`. */
  tail(maxBytes: number): string;
}

export function createCheckLog(keptBytes: number): CheckLog {
  let chunks: Buffer[] = [];
  let length = 0;
  const compact = (): Buffer => {
    const all = Buffer.concat(chunks);
    const kept = all.subarray(Math.max(0, all.length - keptBytes));
    chunks = [Buffer.from(kept)];
    length = kept.length;
    return kept;
  };
  return {
    add: (chunk) => {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      // Not with each line: that would copy the whole log each time.
      if (length > 2 * keptBytes) compact();
    },
    tail: (maxBytes) => {
      const all = compact();
      return all.subarray(Math.max(0, all.length - maxBytes)).toString();
    },
  };
}
