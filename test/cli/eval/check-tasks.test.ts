import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkAll } from '../../../src/cli/eval/evaluate.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import { type LocalRepository, makeLocalRepository } from '../../support/local-repository.ts';
import {
  falseGreenPatch,
  makeSampleTasks,
  rightPatch,
  type SampleTasks,
  sampleTaskFile,
} from '../../support/sample-tasks.ts';

let tasks: SampleTasks;
let own: LocalRepository | null = null;
beforeEach(() => {
  tasks = makeSampleTasks();
});
afterEach(() => {
  tasks.remove();
  own?.remove();
  own = null;
});

async function check() {
  const terminal = captureTerminal();
  const pace = { atOnce: 2, checkTimeoutMs: 5_000 };
  const areGood = await checkAll(tasks.path, { only: [], tags: [] }, pace, {
    terminal,
    signal: new AbortController().signal,
  });
  return { areGood, said: terminal.said };
}

test('a task that tells a solution from what only looks like one is good', async () => {
  tasks.add('sum');

  const { areGood, said } = await check();

  expect(areGood).toBe(true);
  expect(said).toMatch(/^sum +shell +1 .* good$/m);
  expect(said).toContain('1 of 1 good, 0 left out');
});

test.each([
  [
    'hidden tests that pass on the base',
    { 'hidden/hidden.sh': 'exit 0\n' },
    'base: the hidden tests pass, and they should fail',
  ],
  [
    'hidden tests that the solution fails',
    { 'hidden/hidden.sh': 'echo "not yet"\nexit 3\n' },
    'solution: the hidden tests end as failure: not yet',
  ],
  [
    'a check that fails on the base',
    { 'repo/test.sh': 'echo "red before"\nexit 1\n' },
    'base: the check test ends as failure: red before',
  ],
  [
    'a solution that breaks a check',
    { 'solution.patch': rightPatch.replace('$1 + $2', '$1 + $2 + 1') },
    'solution: the check test ends as failure',
  ],
  [
    'a solution that does not apply',
    { 'solution.patch': 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' },
    'solution.patch does not apply to the base',
  ],
  ['no solution', { 'solution.patch': null }, 'solution: there is no solution.patch'],
  [
    'a trap that is none',
    { 'traps/first-only.patch': rightPatch },
    'trap first-only: the hidden tests pass, and they should fail',
  ],
  [
    'a command that is not there',
    { 'task.yml': sampleTaskFile.replace('sh hidden.sh', 'frobnicate hidden.sh') },
    'base: the command of the hidden tests cannot be run',
  ],
  [
    'hidden tests without end',
    { 'hidden/hidden.sh': '[ "$(sh sum.sh 2 3)" = 5 ] && sleep 60\nexit 1\n' },
    'solution: the hidden tests end as timed_out',
  ],
] as const)('%s are a problem that is told', async (_what, changes, problem) => {
  tasks.add('sum', changes);

  const { areGood, said } = await check();

  expect(areGood).toBe(false);
  expect(said).toContain(problem);
});

test('a task whose program is not in the sandbox is left out, with its name', async () => {
  tasks.add('sum');
  tasks.add('cobol', { 'task.yml': sampleTaskFile.replace('[sh]', '[sh, cobc]') });

  const { areGood, said } = await check();

  expect(areGood).toBe(true);
  expect(said).toContain('left out: cobol: needs cobc: not found in the sandbox');
  expect(said).toContain('1 of 1 good, 1 left out');
});

test('where every task is left out nothing is called good', async () => {
  tasks.add('cobol', { 'task.yml': sampleTaskFile.replace('[sh]', '[cobc]') });

  expect((await check()).areGood).toBe(false);
});

test('a repository or a bundle of somebody’s own is used at its base, and nothing is made in it', async () => {
  own = makeLocalRepository({ 'sum.sh': 'echo $(($1 - $2))\n', 'test.sh': '[ "$(sh sum.sh 2 0)" = 2 ]\n' });
  const base = own.git('rev-parse', 'HEAD').trim();
  own.write({ 'sum.sh': 'echo later\n' });
  own.git('commit', '--all', '--quiet', '--message', 'later');
  const bundle = join(tasks.path, 'sums.bundle');
  execFileSync('git', ['-C', own.path, 'bundle', 'create', '--quiet', bundle, 'main']);
  const withPath = (path: string) => `${sampleTaskFile}repository: { path: ${path}, base: ${base} }\n`;
  tasks.add('from-bundle', { 'task.yml': withPath('../sums.bundle') });
  tasks.add('from-folder', { 'task.yml': withPath(own.path) });
  const before = own.snapshot();

  const { areGood, said } = await check();

  expect(said).toContain('2 of 2 good');
  expect(areGood).toBe(true);
  expect(own.snapshot()).toEqual(before);
});

test('a base that the repository does not have is told', async () => {
  own = makeLocalRepository({ 'sum.sh': 'echo\n' });
  tasks.add('sum', { 'task.yml': `${sampleTaskFile}repository: { path: ${own.path}, base: ${'a'.repeat(40)} }\n` });

  const { areGood, said } = await check();

  expect(areGood).toBe(false);
  expect(said).toContain(`has no commit ${'a'.repeat(40)}`);
});

test('hidden files take the place of whatever stands in their way, and lead nowhere else', async () => {
  // The solution puts a link where a hidden folder belongs.
  const link = `${rightPatch}diff --git a/deep b/deep
new file mode 120000
--- /dev/null
+++ b/deep
@@ -0,0 +1 @@
+/tmp
\\ No newline at end of file
`;
  tasks.add('sum', {
    'task.yml': sampleTaskFile.replace('sh hidden.sh', 'sh deep/hidden.sh'),
    'hidden/deep/hidden.sh': '[ ! -L deep ] && [ "$(sh sum.sh 2 3)" = 5 ]\n',
    'solution.patch': link,
    'traps/first-only.patch': falseGreenPatch,
  });

  const { areGood, said } = await check();

  expect(said).toContain('1 of 1 good');
  expect(areGood).toBe(true);
});
