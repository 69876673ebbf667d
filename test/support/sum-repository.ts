import { readFileSync } from 'node:fs';
import { withoutFixers } from '../../src/thread/without-fixers.ts';

/** The template as an admin adapts it to a repository whose only check is `test`, and that has no fixers. */
const reportingWorkflow = withoutFixers(
  readFileSync(new URL('../../src/sandbox-workflows/node.yml', import.meta.url), 'utf8'),
)
  .replace(`'["test", "lint"]'`, `'["test"]'`)
  .replace('"$junit" npm test', '"$junit" node --test');

/** Keeps no reports, so that no run of the base goes beside each first candidate: most tests are not about that. */
export const sumWorkflow = reportingWorkflow.replace(/\n +- uses: actions\/upload-artifact@[\s\S]*$/, '\n');

export const workflowPath = '.github/workflows/ai-fix-sandbox.yml';

/** One module with one bug (`sum` subtracts), a test that does not see it, and a sandbox workflow with one check. */
export const sumFiles = {
  'package.json': '{ "name": "sum", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n',
  'sum.js': 'export const sum = (a, b) => a - b;\n',
  'sum.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sum } from './sum.js';

test('nothing added is nothing changed', () => assert.equal(sum(2, 0), 2));
`,
  [workflowPath]: sumWorkflow,
} as const;

/** The same with test reports, by which a candidate is compared with the base. */
export const reportingSumFiles = { ...sumFiles, [workflowPath]: reportingWorkflow } as const;

export const sumIssue = { title: 'sum subtracts', body: 'sum(2, 3) is -1.' } as const;
