import { createHash } from 'node:crypto';
import { changedPaths, type Overlay } from './overlay.ts';
import { kindsOf } from './path-kinds.ts';
import { looksLikeFile } from './test-failure.ts';

/** The tests of a patch, apart from what they test. */

/**
 * Whether a file is a test, or what tests compare with, and nothing that steers how they run: a `conftest.py` could
 * make every test fail, so that failing would mean nothing.
 */
export const isTestFile = (path: string): boolean => {
  const kinds = kindsOf(path);
  return kinds.size === 1 && kinds.has('test');
};

/** What of a patch can be put on its base to run the new tests without the change. Nothing is deleted there. */
export const testsOf = (patch: Overlay): Overlay =>
  Object.fromEntries(Object.entries(patch).filter(([path, entry]) => entry.kind === 'write' && isTestFile(path)));

/** Names these very tests: the same files with the same bytes. */
export function digestOfTests(tests: Overlay): string {
  const files = changedPaths(tests).map((path) => [path, tests[path]]);
  return createHash('sha256').update(JSON.stringify(files)).digest('hex');
}

/**
 * Of the tests that a model says it added, those that the patch holds: by the path of a file in it, or by a name that
 * stands in one. What is only said is left out.
 */
export function testsHeld(said: readonly string[], patch: Overlay): readonly string[] {
  const written = Object.entries(patch).flatMap(([path, entry]) =>
    entry.kind === 'write' ? [{ path, text: entry.text }] : [],
  );
  return said.filter((test) => {
    const words = test.trim();
    const isIn = ({ path }: { readonly path: string }) => words === path || /^[\s:›>]/.test(words.slice(path.length));
    if (written.some((file) => words.startsWith(file.path) && isIn(file))) return true;
    if (looksLikeFile(words)) return written.some(({ path }) => path.endsWith(`/${words}`));
    const names = namesIn(words);
    return written.some(({ text }) => names.some((name) => text.includes(name)));
  });
}

/** The name as it may stand in a file: without suites, the case of a table and how it is called. */
const namesIn = (words: string): readonly string[] =>
  [words, words.split(/ ?(?:›|>|::) ?/).at(-1) ?? '', words.split('/')[0] ?? '']
    .map((name) => name.replace(/(?:\[[^\]]*\]|\(\))$/, '').trim())
    .filter((name) => name.length > 2);
