import { createHash } from 'node:crypto';

const maxKept = 1_000;

export interface SlowTexts {
  has(path: string, text: string): boolean;
  add(path: string, text: string): void;
}

/** Texts that the parser did not come to an end with: they are not given to it again. The last thousand are known. */
export function createSlowTexts(): SlowTexts {
  const known = new Set<string>();
  return {
    has: (path, text) => known.has(keyOf(path, text)),
    add(path, text) {
      const [oldest] = known;
      if (known.size >= maxKept && oldest !== undefined) known.delete(oldest);
      known.add(keyOf(path, text));
    },
  };
}

/** The ending tells the language. */
const keyOf = (path: string, text: string): string =>
  `${path.slice(path.lastIndexOf('.') + 1)} ${createHash('sha256').update(text).digest('hex')}`;
