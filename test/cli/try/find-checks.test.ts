import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findChecks } from '../../../src/cli/try/find-checks.ts';
import { stacks } from '../../../src/domain/stack.ts';
import { localWorkflow } from '../../../src/local/local-workflow.ts';
import { readSandboxWorkflow } from '../../../src/steps/read-sandbox-workflow.ts';

const path = '.github/workflows/ai-fix-sandbox.yml';
const template = (stack: string) =>
  readFileSync(new URL(`../../../src/sandbox-workflows/${stack}.yml`, import.meta.url), 'utf8');

const found = (files: Readonly<Record<string, string>>, checks: readonly string[] = [], setUp: string | null = null) =>
  findChecks(checks, setUp, path, {
    rootFiles: Object.keys(files).filter((name) => !name.includes('/')),
    read: async (name) => files[name] ?? null,
  });

test('checks that are named are taken as they are, each under a name of its own', async () => {
  const { checks } = await found({ 'package.json': '{}' }, [
    'npm test',
    'types: npx tsc -p .',
    'npm  test',
    './run.sh --all | tee log',
    'CI=true npm test',
    '2nd: A=1 make',
  ]);

  expect(checks.map(({ name, script }) => [name, script])).toEqual([
    ['npm test', 'npm test'],
    ['types', 'npx tsc -p .'],
    ['npm test 2', 'npm  test'],
    ['run.sh --all tee log', './run.sh --all | tee log'],
    ['CI true npm test', 'CI=true npm test'],
    ['2nd', 'A=1 make'],
  ]);
  expect(checks.every(({ from }) => from === '--check')).toBe(true);
});

test.each(['types=tsc', 'A=1 B=', 'all: CI=true'])(
  'what only sets variables (%j) is no check, since it would always pass',
  async (text) => {
    await expect(found({}, [text])).rejects.toThrow('only sets variables and would always pass; allowed: a command');
  },
);

test.each([
  [
    { 'package.json': '{"scripts":{"test":"vitest","lint":"x","deploy":"y"}}' },
    ['npm test', 'npm run lint'],
    'package.json',
  ],
  [{ 'pyproject.toml': '', 'package.json': '{"scripts":{"test":"x"}}' }, ['python3 -m pytest'], 'pyproject.toml'],
  [{ 'go.mod': 'module x' }, ['go test ./...', 'go vet ./...'], 'go.mod'],
  [{ 'Cargo.toml': '' }, ['cargo test --offline'], 'Cargo.toml'],
  [{ 'pom.xml': '', mvnw: '' }, ['./mvnw -o -B test'], 'pom.xml'],
  [{ 'build.gradle': '', gradlew: '' }, ['./gradlew --offline test'], 'build.gradle'],
  [{ Makefile: 'all:\n\ntest: all\n\t./t\n' }, ['make test'], 'Makefile'],
  [
    { 'package.json': '{"scripts":{"test":"echo \\"no test specified\\" && exit 1"}}', Makefile: 'check:\n' },
    ['make check'],
    'Makefile',
  ],
])('of the files %j the checks are told', async (files, commands, from) => {
  const { checks, setUp } = await found(files as unknown as Record<string, string>);

  expect(checks.map(({ command }) => command)).toEqual(commands);
  expect(new Set(checks.map((check) => check.from))).toEqual(new Set([from]));
  expect(setUp).toEqual([]);
});

test.each([[{}], [{ 'package.json': 'not json' }], [{ Makefile: 'test := 1\n' }]])(
  'where none are found (%j) it is said where was looked, and what to do',
  async (files) => {
    await expect(found(files as Record<string, string>)).rejects.toThrow(
      /no check found \(looked for.*--check "make test"/,
    );
  },
);

test.each(stacks)(
  'of the sandbox workflow for %s the last step is the check, and what stands before it the set-up',
  async (stack) => {
    const { checks, setUp } = await found({ [path]: template(stack) });

    expect(checks.map(({ name }) => name)).toEqual(
      stack === 'node' ? ['test', 'lint'] : expect.arrayContaining(['test']),
    );
    expect(checks[0]?.around).toMatchObject({ CHECK: 'test', AI_FIX_NETWORK: 'off' });
    expect(checks[0]?.script).toContain('run_check()');
    const installs = setUp.map(({ script }) => script).join('\n');
    expect(installs).not.toContain('refuse');
    // Fixers have no part in it.
    expect(checks[0]?.environment).toMatchObject({ FIXERS: '' });
    expect(installs).not.toMatch(/package-lock-only|go mod tidy|cargo update/);
    expect(installs.length).toBeGreaterThan(10);
  },
);

test.each([
  [
    'vitest run',
    /^npm test -- --reporter=default --reporter=junit --outputFile\.junit="\$AI_FIX_REPORTS\/vitest\.xml"$/,
  ],
  ['npx jest --ci src', /^npm test -- --json --outputFile="\$AI_FIX_REPORTS\/jest-report\.json"$/],
  ['jest --json', /^npm test$/],
  ['vitest run && tsc', /^npm test$/],
  ['tsc; jest', /^npm test$/],
  ['node --test', /^npm test$/],
])('a found script %j keeps a report where its runner has one and gets nothing else', async (script, expected) => {
  const { checks } = await found({ 'package.json': JSON.stringify({ scripts: { test: script, lint: 'vitest' } }) });

  expect(checks[0]?.script).toMatch(expected);
  expect(checks[1]?.script).toBe('npm run lint');
});

test('a set-up that is named takes the place of that of the workflow', async () => {
  const { setUp } = await found({ [path]: template('node') }, [], 'npm ci');

  expect(setUp).toEqual([{ script: 'npm ci', environment: {} }]);
});

test.each([
  [(text: string) => text.replace('contents: read', 'contents: write'), 'grants more than it may'],
  [
    (text: string) => text.replace('run_check() {', `run_check() { echo \${{ inputs.sha }}`),
    'has an expression inside a run step',
  ],
  [
    (text: string) => text.replace(`name: \${{ matrix.check }}`, 'name: test').replace('["test", "lint"]', '["test"]'),
    `has no job that is named \${{ matrix.check }}`,
  ],
])('a workflow that cannot be used here says why, and what to name instead', async (change, problem) => {
  const refused = found({ [path]: change(template('node')) });

  await expect(refused).rejects.toThrow(problem);
  await expect(refused).rejects.toThrow('--check "npm test"');
});

test('what the story reads of the checks of this machine is what it reads of a file on GitHub', () => {
  for (const keepsReports of [true, false]) {
    const reading = readSandboxWorkflow(localWorkflow(['npm test', 'types'], [], keepsReports), path);

    expect(reading).toEqual({ ok: true, checks: ['npm test', 'types'], fixers: [], keepsReports });
  }
});
