import { createHash } from 'node:crypto';
import { changedPaths, type Overlay } from './overlay.ts';
import { kindsOf } from './path-kinds.ts';

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
