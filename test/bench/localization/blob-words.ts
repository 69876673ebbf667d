/** Words, and in which blobs each of them occurs how often. A blob is told of once, whatever trees it lies in. */
export interface BlobWords {
  add(blob: number, words: Iterable<string>): void;
  /** The blobs with exactly this word. */
  ofWord(word: string): Occurrences;
  /** The blobs with a word that has this one within it. */
  ofPart(part: string): readonly Occurrences[];
}

export interface Occurrences {
  readonly blobs: readonly number[];
  readonly counts: readonly number[];
}

interface Growing {
  readonly blobs: number[];
  readonly counts: number[];
}

const none: Occurrences = { blobs: [], counts: [] };
/** Stands in no word. */
const between = '\n';

export function createBlobWords(): BlobWords {
  const known = new Map<string, Growing>();
  /** All words in a row, to be searched as one text; where each begins, and what is known of it. */
  let row = between;
  const starts: number[] = [];
  const inRow: Growing[] = [];
  return {
    add(blob, words) {
      const counts = new Map<string, number>();
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const [word, count] of counts) {
        const own = known.get(word) ?? begin(word);
        own.blobs.push(blob);
        own.counts.push(count);
      }
    },
    ofWord: (word) => known.get(word) ?? none,
    ofPart(part) {
      const found: Growing[] = [];
      for (let at = row.indexOf(part); at >= 0; ) {
        found.push(inRow[wordAt(at)] ?? { blobs: [], counts: [] });
        at = row.indexOf(part, row.indexOf(between, at));
      }
      return found;
    },
  };

  function begin(word: string): Growing {
    const own: Growing = { blobs: [], counts: [] };
    known.set(word, own);
    starts.push(row.length);
    inRow.push(own);
    row += word + between;
    return own;
  }

  /** The word that a place in the row lies in: the last one that begins there or before. */
  function wordAt(place: number): number {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}
