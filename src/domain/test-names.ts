/**
 * Finds a test that somebody named among the names of a report.
 *
 * A report says file, suites, class and name, in an order and with signs of its own (`tests.test_sum.SumTest › test_add`);
 * a writer says `tests/test_sum.py::SumTest::test_add`, `SumTest.test_add` or `test_add`. Only words count, and what is
 * named has to be the end of what is reported. Of a test with parameters each set is one.
 */
export function findNamed<Name extends string>(said: string, reported: readonly Name[]): readonly Name[] {
  const known = reported.map((name) => ({ name, words: wordsOf(name), bare: wordsOf(withoutParameters(name)) }));
  for (const tail of tailsOf(said)) {
    const found = known.filter(({ words, bare }) => endsWith(words, tail) || endsWith(bare, tail));
    if (found.length > 0) return found.map(({ name }) => name);
  }
  return [];
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
