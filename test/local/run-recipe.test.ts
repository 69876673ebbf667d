import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWorkflowFixers } from '../../src/cli/try/workflow-checks.ts';
import { spawnConfined } from '../../src/local/bubblewrap.ts';
import { type RecipeScripts, runRecipe } from '../../src/local/run-recipe.ts';
import { sha } from '../support/sample-fix.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-recipe-'));
  chmodSync(folder, 0o711);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = { 'a.txt': 'a', 'kept/b.log': 'b', '.gitignore': '*.log\n' };

const scriptsOf = (script: string, before: RecipeScripts['before'] = []): RecipeScripts => ({
  before,
  script: { script, environment: {} },
});

const run = (recipe: RecipeScripts | null, fixers: readonly string[] = ['format'], timeoutMs = 30_000) =>
  runRecipe(
    {
      ...{
        folder,
        confine: spawnConfined,
        scripts: new Map(),
        setUp: null,
        dependencies: [],
        tools: [],
        timeoutMs,
        recipe,
      },
      exportTree: async (_commit, into) => {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(into, path)), { recursive: true });
          writeFileSync(join(into, path), text);
        }
      },
      onProgress: () => undefined,
    },
    fixers,
    sha('a'),
    new AbortController().signal,
  );

test('fixers work on a repository that knows every file of the commit, ignored ones too, and no others', async () => {
  const end = await run(scriptsOf('{ git ls-files; git status --short; echo "$FIXERS"; } >ai-fix-recipe.txt'), [
    'a',
    'b',
  ]);

  expect(end).toMatchObject({ conclusion: 'success', reports: { fault: null } });
  expect(end.reports?.files).toEqual([
    { path: 'ai-fix-recipe.txt', text: '.gitignore\na.txt\nkept/b.log\n?? ai-fix-recipe.txt\na,b\n' },
  ]);
});

test('a step before them is for its own fixer, and what it says to later steps arrives there', async () => {
  const tell = (line: string, fixer: string | null) => ({
    ...{ script: `echo '${line}' >>"$GITHUB_ENV"`, environment: {}, fixer },
  });
  const before = [tell('LOCKFILE_CODE=0', 'lockfile'), tell('OTHER_CODE=1', 'other'), tell('FOR_ALL=yes', null)];

  const end = await run(scriptsOf('echo "$LOCKFILE_CODE.$OTHER_CODE.$FOR_ALL" >ai-fix-recipe.txt', before), [
    'lockfile',
    'format',
  ]);

  expect(end.reports?.files[0]?.text).toBe('0..yes\n');
});

test('what a step says is text, and reaches the steps before the fixers too', async () => {
  const steps = ['echo "FOO=a b $(touch x)" >>"$GITHUB_ENV"', 'echo "BAR=$FOO!" >>"$GITHUB_ENV"'];
  const before = steps.map((script) => ({ script: script.replaceAll('$(', '\\$('), environment: {}, fixer: null }));

  const end = await run(scriptsOf('{ echo "$BAR"; git status --short; } >ai-fix-recipe.txt', before));

  expect(end.reports?.files[0]?.text).toBe('a b $(touch x)!\n?? ai-fix-recipe.txt\n');
});

test.each([
  ['go1.25.4', 'go vet -fix came with Go 1.26'],
  ['go1.26', 'fixed vet -fix ./...'],
])('with %s the linter of the template for Go fails nothing', async (version, said) => {
  const template = readFileSync(new URL('../../src/sandbox-workflows/go.yml', import.meta.url), 'utf8');
  const fixers = readWorkflowFixers(template, 'go.yml');
  const go = `go() { if [ "$1" = env ]; then echo ${version}; else echo "fixed $*"; fi; }; export -f go\n`;

  const script = { environment: {}, ...fixers?.script, script: `${go}${fixers?.script.script}` };
  const end = await run({ before: [], script }, ['lint']);

  expect(end.log.tail(4_000)).toContain(said);
  expect(end.reports?.files[0]?.text).toContain('fixer 0 0 lint');
});

test.each([
  ['a link', 'ln -s /etc/passwd ai-fix-recipe.txt'],
  ['a folder', 'mkdir ai-fix-recipe.txt'],
  ['no file', 'true'],
  ['a pipe', 'mkfifo ai-fix-recipe.txt'],
])('%s in place of the report is not opened', async (_what, script) => {
  const end = await run(scriptsOf(script));

  expect(end).toMatchObject({
    conclusion: 'success',
    reports: { files: [], fault: expect.stringContaining('no plain file') },
  });
});

test.each([
  ['a run that fails', 'echo x >ai-fix-recipe.txt; exit 3', [], 'failure', 'fixers'],
  ['a set-up that fails', 'true', [{ script: 'exit 4', environment: {}, fixer: null }], 'failure', 'set-up'],
] as const)('%s leaves no report and says where it failed', async (_what, script, before, conclusion, failedStep) => {
  expect(await run(scriptsOf(script, before))).toMatchObject({ conclusion, failedStep, reports: null });
});

test('fixers have no network, and no more time than a check', async () => {
  const end = await run(scriptsOf('test "$(wc -l </proc/net/route)" -le 1; sleep 60'), ['format'], 3_000);

  expect(end).toMatchObject({ conclusion: 'timed_out', reports: null });
});

test('where there are none, none run', async () => {
  const end = await run(null);

  expect(end.conclusion).toBe('failure');
  expect(end.log.tail(200)).toContain('There are no fixers here');
});
