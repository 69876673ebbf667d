/**
 * Which terms of a query each file has, in one row of numbers: a query of hundreds of terms meets millions of them in a
 * large tree, too many for an object each.
 */
export interface Matches {
  /** A term of the file that is gone through; `words` and `defined` are 255 at most. */
  add(term: number, words: number, defined: number, isInPath: boolean): void;
  /** Files end in their order, from 0. */
  endFile(at: number): void;
  isNone(at: number): boolean;
  ofFile(at: number, each: (term: number, words: number, defined: number, isInPath: boolean) => void): void;
  /** In how many files each term is; is part of a name that is defined there; is in the path. */
  readonly among: Uint32Array;
  readonly amongDefinitions: Uint32Array;
  readonly amongPaths: Uint32Array;
}

/** A number of 32 bits: 15 of the term, 8 of its occurrences, 8 of its definitions, 1 of the path. */
const termShift = 17;
const wordsShift = 9;
const definedShift = 1;
const byte = 255;

export function createMatches(files: number, terms: number): Matches {
  const ends = new Uint32Array(files + 1);
  const among = new Uint32Array(terms);
  const amongDefinitions = new Uint32Array(terms);
  const amongPaths = new Uint32Array(terms);
  let row = new Uint32Array(1_024);
  let length = 0;
  return {
    among,
    amongDefinitions,
    amongPaths,
    add(term, words, defined, isInPath) {
      if (length === row.length) {
        const longer = new Uint32Array(length * 2);
        longer.set(row);
        row = longer;
      }
      row[length] = (term << termShift) | (words << wordsShift) | (defined << definedShift) | (isInPath ? 1 : 0);
      length += 1;
      among[term] = (among[term] ?? 0) + 1;
      if (defined > 0) amongDefinitions[term] = (amongDefinitions[term] ?? 0) + 1;
      if (isInPath) amongPaths[term] = (amongPaths[term] ?? 0) + 1;
    },
    endFile(at) {
      ends[at + 1] = length;
    },
    isNone: (at) => ends[at + 1] === ends[at],
    ofFile(at, each) {
      const end = ends[at + 1] ?? 0;
      for (let place = ends[at] ?? 0; place < end; place++) {
        const packed = row[place] ?? 0;
        each(
          packed >>> termShift,
          (packed >>> wordsShift) & byte,
          (packed >>> definedShift) & byte,
          (packed & 1) === 1,
        );
      }
    },
  };
}
