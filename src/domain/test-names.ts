/** Finds a test that somebody named among the names of a report. */
export type FindNamed = (said: string) => readonly string[];

/** Further ones say nothing that these do not. */
const maxFound = 200;

/**
 * Takes the names of a report apart once, however many tests are looked for in them.
 *
 * A report says file, suites, class and name, in an order and with signs of its own (`tests.test_sum.SumTest › test_add`);
 * a writer says `tests/test_sum.py::SumTest::test_add`, `SumTest.test_add` or `test_add`. Only words count, and what is
 * named has to be the end of what is reported. Of a test with parameters each set is one; of very many the first are
 * found.
 */
export function indexNames(reported: readonly string[]): FindNamed {
  const byLastWord = new Map<string, Known[]>();
  for (const name of reported) {
    const known = { name, words: wordsOf(name), bare: wordsOf(withoutParameters(name)) };
    for (const word of new Set([known.words.at(-1), known.bare.at(-1)])) {
      const list = word === undefined ? undefined : byLastWord.get(word);
      if (list !== undefined) list.push(known);
      else if (word !== undefined) byLastWord.set(word, [known]);
    }
  }
  return (said) => {
    for (const tail of tailsOf(said)) {
      const found = endingWith(tail, byLastWord.get(tail.at(-1) ?? '') ?? []);
      if (found.length > 0) return found;
    }
    return [];
  };
}

interface Known {
  readonly name: string;
  readonly words: readonly string[];
  readonly bare: readonly string[];
}

function endingWith(tail: readonly string[], known: readonly Known[]): readonly string[] {
  const found: string[] = [];
  for (const { name, words, bare } of known) {
    if (found.length === maxFound) break;
    if (endsWith(words, tail) || endsWith(bare, tail)) found.push(name);
  }
  return found;
}

const maxSaidLength = 400;
const maxParts = 12;

/** What was said, then without its first part (a file, a suite) and so on; the longest that is found counts. */
function tailsOf(said: string): string[][] {
  const parts = said
    .slice(0, maxSaidLength)
    .split(/\s*(?:›|::|#|\s>\s)\s*/)
    .slice(-maxParts);
  return parts.map((_part, index) => wordsOf(parts.slice(index).join(' '))).filter((words) => words.length > 0);
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** `test_add[1-2]`, `adds(int)[1]`: what stands in brackets at the end. */
const withoutParameters = (name: string): string => name.replace(/(?:\s*(?:\[[^[\]]*\]|\([^()]*\))){1,3}$/, '');

const endsWith = (words: readonly string[], tail: readonly string[]): boolean =>
  tail.length > 0 &&
  tail.length <= words.length &&
  tail.every((word, index) => words[words.length - tail.length + index] === word);
