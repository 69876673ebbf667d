import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTasks } from '../../../src/cli/eval/read-tasks.ts';
import { TaskError } from '../../../src/cli/eval/task-problems.ts';
import { makeSampleTasks, type SampleTasks, sampleTaskFile } from '../../support/sample-tasks.ts';

let tasks: SampleTasks;
beforeEach(() => {
  tasks = makeSampleTasks();
});
afterEach(() => tasks.remove());

async function problemsOf(folder = tasks.path): Promise<readonly string[]> {
  try {
    await readTasks(folder);
    return [];
  } catch (error) {
    if (error instanceof TaskError) return error.problems;
    throw error;
  }
}

describe('a folder of tasks', () => {
  test('is read in the order of its names, with what is usual where nothing is said', async () => {
    tasks.add('b-task');
    tasks.add('a-task', { 'task.yml': sampleTaskFile.replace('needs: [sh]\n', '').replace('shell', 'java') });

    const read = await readTasks(tasks.path);

    expect(read.map(({ id }) => id)).toEqual(['a-task', 'b-task']);
    expect(read[0]?.needs).toEqual(['javac', 'java']);
    expect(read[1]).toMatchObject({
      language: 'shell',
      issue: { title: 'sum.sh subtracts', body: 'Two and three are five, and it says -1.' },
      checks: [{ name: 'test', command: 'sh test.sh' }],
      setUp: null,
      needs: ['sh'],
      limits: {},
      tags: ['bug'],
      solution: join(tasks.path, 'b-task/solution.patch'),
      traps: [{ name: 'first-only' }],
    });
  });

  test('may be one task', async () => {
    tasks.add('one');

    expect((await readTasks(join(tasks.path, 'one'))).map(({ id }) => id)).toEqual(['one']);
  });

  test('has another digest when what a result depends on changes, and the same when a patch for --check-tasks does', async () => {
    tasks.add('a-task');
    const digest = async () => (await readTasks(tasks.path))[0]?.digest;
    const before = await digest();

    tasks.add('a-task', { 'solution.patch': 'another\n' });
    const afterSolution = await digest();
    tasks.add('a-task', { 'hidden/hidden.sh': 'exit 0\n' });
    const afterHidden = await digest();

    expect(afterSolution).toBe(before);
    expect(afterHidden).not.toBe(before);
  });

  test('that is empty, or not there, is said to be so', async () => {
    expect(await problemsOf()).toEqual([expect.stringContaining('there is no task; each is a folder with a task.yml')]);
    expect(await problemsOf(join(tasks.path, 'gone'))).toEqual([expect.stringContaining('there is no such folder')]);
  });

  test('tells the problems of all its tasks at once', async () => {
    tasks.add('one', { 'task.yml': 'langage: python\n' });
    tasks.add('two', { 'issue.md': null });

    const problems = await problemsOf();

    expect(problems).toContain(
      'one/task.yml: unknown key "langage" (did you mean language?); allowed: language, title, issue, repository, checks, setup, hidden, solution, traps, needs, limits, script, tags',
    );
    expect(problems).toContain('two/task.yml: issue: "issue.md": there is nothing; a file is needed');
  });
});

const withLine = (line: string): string => `${sampleTaskFile}${line}\n`;

test.each([
  [
    'a language that is missing',
    sampleTaskFile.replace(/^language.*\n/, ''),
    'language: found nothing; allowed: the name of a language in lower case',
  ],
  [
    'a language in capitals',
    sampleTaskFile.replace('shell', 'Shell'),
    'language: found "Shell"; allowed: the name of a language',
  ],
  [
    'no checks',
    sampleTaskFile.replace(/checks:\n.*\n/, 'checks: {}\n'),
    'checks: found a group of keys; allowed: 1 to 10 names',
  ],
  [
    'checks as a list',
    sampleTaskFile.replace(/checks:\n.*\n/, 'checks: [make]\n'),
    'checks: found a list of 1; allowed: names of letters',
  ],
  [
    'a check with a strange name',
    sampleTaskFile.replace('  test:', '  "a=b":'),
    'checks: found the key "a=b"; allowed: names of letters',
  ],
  [
    'a check without a command',
    sampleTaskFile.replace('sh test.sh', '""'),
    'checks.test: found ""; allowed: a command of the shell',
  ],
  [
    'an unknown key of a group',
    sampleTaskFile.replace('  command: sh hidden.sh', '  comand: sh hidden.sh'),
    'unknown key "comand" (did you mean command?) in hidden; allowed: files, command',
  ],
  [
    'a limit that is none',
    withLine('limits: { attempts: 0 }'),
    'limits.attempts: found 0; allowed: a whole number from 1 to 20',
  ],
  [
    'a limit of words',
    withLine('limits: { usd: cheap }'),
    'limits.usd: found "cheap"; allowed: a number above 0, at most 1000',
  ],
  [
    'a path that leads out',
    withLine('issue: ../other/issue.md'),
    'issue: found "../other/issue.md"; allowed: a path below the folder of the task',
  ],
  [
    'a program with arguments',
    sampleTaskFile.replace('[sh]', '["rm -rf /"]'),
    'needs.0: found "rm -rf /"; allowed: the name of a program',
  ],
  [
    'a repository that is an address',
    withLine(`repository: { path: 'https://example.com/x.git', base: ${'a'.repeat(40)} }`),
    'Addresses are not fetched here: clone it, or bring a bundle',
  ],
  [
    'a repository as an address of ssh',
    withLine(`repository: { path: 'git@example.com:x.git', base: ${'a'.repeat(40)} }`),
    'Addresses are not fetched here',
  ],
  [
    'a base that is a branch',
    withLine('repository: { path: ../x, base: main }'),
    'repository.base: found "main"; allowed: the 40 hex digits of a commit',
  ],
  [
    'a repository that is not there',
    withLine(`repository: { path: ../gone, base: ${'a'.repeat(40)} }`),
    'repository.path: there is nothing at',
  ],
  [
    'a repository that is a number',
    withLine('repository: 5'),
    'repository: found 5; allowed: a path below the folder of the task, or { path: …, base: … }',
  ],
  [
    'a folder that is not there',
    withLine('repository: code'),
    'repository: "code": there is nothing; a folder is needed',
  ],
  [
    'a script that is not there',
    withLine('script: gone.json'),
    'script: "gone.json": there is nothing; a file is needed',
  ],
  ['a solution that is not there', withLine('solution: gone.patch'), 'solution: there is no file "gone.patch"'],
  ['traps that are not there', withLine('traps: gone'), 'traps: there is no folder "gone"'],
  [
    'an alias',
    `${sampleTaskFile.replace('tags: [bug]', 'tags: &t [bug]')}needs2: *t\n`,
    'there is an alias; allowed: values written out',
  ],
  ['no YAML', 'language: [python\n', 'one/task.yml: line'],
  ['nothing at all', '', 'one/task.yml: the file holds nothing; allowed: the keys language, title'],
])('%s is refused with its place, what was found and what is allowed', async (_what, text, problem) => {
  tasks.add('one', { 'task.yml': text });

  const problems = await problemsOf();

  expect(problems.join('\n')).toContain(problem);
  expect(problems.every((each) => each.startsWith('one/task.yml: '))).toBe(true);
});

test.each([
  ['a name with spaces', 'A Task', {}, 'A Task: found this name of a folder; allowed: lower-case letters'],
  [
    'a folder without a task.yml',
    'one',
    { 'task.yml': null },
    'one: there is no task.yml; add one, or move the folder away',
  ],
  [
    'no hidden tests',
    'one',
    { 'hidden/hidden.sh': null },
    'hidden.files: "hidden": there is nothing; a folder is needed',
  ],
  ['an issue without a word', 'one', { 'issue.md': '\n' }, 'issue: issue.md is empty; its first line is the title'],
  ['an issue that is too long', 'one', { 'issue.md': 'x'.repeat(70_000) }, 'one/issue.md: larger than 64 KB'],
  [
    'a repository within the repository',
    'one',
    { 'repo/.git/HEAD': 'ref: refs/heads/main\n' },
    'the folder "repo" holds a .git',
  ],
])('%s is refused', async (_what, id, changes, problem) => {
  tasks.add(id, changes);

  expect((await problemsOf()).join('\n')).toContain(problem);
});

test('a folder that is a link is not followed', async () => {
  tasks.add('one');
  rmSync(join(tasks.path, 'one/hidden'), { recursive: true });
  symlinkSync('/etc', join(tasks.path, 'one/hidden'));

  expect(await problemsOf()).toEqual(['one/task.yml: hidden.files: "hidden": there is a link; a folder is needed']);
});
