import { expect, it } from 'vitest';
import type { Overlay } from '../../src/domain/overlay.ts';
import { appends, edits, findingsOf, writes } from './cases/patch-cases.ts';

/** What a rule that refuses everything would refuse too. */
const benign: readonly (readonly [string, Overlay])[] = [
  ['mends a line of the product', edits('src/cart.js', 'a + b', 'a + (b ?? 0)')],
  [
    'adds a test file of its own',
    writes('test/rate.test.js', "import { it } from 'node:test';\n\nit('is a rate', () => assert.equal(rate, 0.2));\n"),
  ],
  ['adds a test to a file', appends('test/cart.test.js', "\nit('adds nothing', () => assert.equal(total(0, 0), 0));")],
  ['writes of what is guarded, in prose', appends('README.md', 'Set `NODE_OPTIONS`, and see `.github/workflows`.')],
  [
    'adds a module with letters of other scripts',
    writes('src/größe.js', "export const grüße = 'こんにちは 👩‍👩‍👧';\n"),
  ],
];

it.each(benign)('a patch that %s gives no finding', async (_, patch) => {
  const findings = await findingsOf(patch);

  expect(findings).toEqual([]);
});
