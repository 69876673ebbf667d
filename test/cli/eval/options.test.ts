import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/command.ts';
import { chosen, readEvalOrder } from '../../../src/cli/eval/options.ts';
import type { Task } from '../../../src/cli/eval/task.ts';

test('without options a run is kept by the name of its tasks, once each, with what is usual', () => {
  expect(readEvalOrder(['my/tasks'])).toMatchObject({
    kind: 'run',
    tasks: 'my/tasks',
    choice: { only: [], tags: [] },
    pace: { checkTimeoutMs: 600_000 },
    run: { out: resolve('.eval/tasks'), repeats: 1, budgetUsd: null, totalUsd: null, model: null, isFresh: false },
  });
});

test('every option has its place', () => {
  const order = readEvalOrder(
    'tasks --out run --jobs 3 --only a,b --tags bug --repeat 5 --budget 0.5 --budget-total 20 --model openai/gpt-6-sol --minutes 30 --check-minutes 2 --fresh --retry-errors'.split(
      ' ',
    ),
  );

  expect(order).toEqual({
    kind: 'run',
    tasks: 'tasks',
    choice: { only: ['a', 'b'], tags: ['bug'] },
    pace: { atOnce: 3, checkTimeoutMs: 120_000 },
    run: {
      out: resolve('run'),
      repeats: 5,
      budgetUsd: 0.5,
      totalUsd: 20,
      model: 'openai/gpt-6-sol',
      deadlineMs: 1_800_000,
      isFresh: true,
      retriesErrors: true,
    },
  });
});

test.each([
  [[], 'a folder of tasks is missing'],
  [['a', 'b'], 'nothing is expected at "b"'],
  [['a', '--jobs', '0'], '--jobs: found "0"; allowed: a whole number from 1 to 64'],
  [['a', '--repeat', 'often'], '--repeat: found "often"; allowed: a whole number from 1 to 100'],
  [['a', '--budget', '-1'], '--budget needs a value'],
  [['a', '--budget-total', '0'], '--budget-total: found "0"; allowed: a number above 0'],
  [['a', '--model', 'gpt'], '--model: found "gpt"; allowed: provider/model'],
  [['a', '--budget-totl', '3'], 'did you mean --budget-total?'],
  [['--compare', 'a'], '--compare needs two folders of runs'],
  [['--compare', 'a', 'b', '--jobs', '2'], '--jobs is not for --compare'],
  [['a', '--check-tasks', '--fresh'], '--fresh is not for --check-tasks'],
])('%j is refused with what is allowed', (args, problem) => {
  expect(() => readEvalOrder(args)).toThrow(UsageError);
  expect(() => readEvalOrder(args)).toThrow(problem);
});

describe('tasks are chosen', () => {
  const task = (id: string, language: string, ...tags: string[]): Task => ({ id, language, tags }) as unknown as Task;
  const all = [task('a', 'go', 'bug'), task('b', 'go', 'feature'), task('c', 'rust', 'bug')];
  const ids = (only: readonly string[], tags: readonly string[]): string[] =>
    chosen(all, { only, tags }).map(({ id }) => id);

  test('by name, by tag and by language', () => {
    expect(ids([], [])).toEqual(['a', 'b', 'c']);
    expect(ids(['c', 'a'], [])).toEqual(['a', 'c']);
    expect(ids([], ['feature', 'rust'])).toEqual(['b', 'c']);
    expect(ids(['a', 'b'], ['bug'])).toEqual(['a']);
  });

  test('and a name that none has is told, with those there are', () => {
    expect(() => ids(['x'], [])).toThrow('--only: there is no task "x"; there are: a, b, c');
    expect(() => ids([], ['slow'])).toThrow(
      '--tags: no task has the tag or language "slow"; there are: bug, feature, go, rust',
    );
    expect(() => ids(['b'], ['rust'])).toThrow('--only and --tags together leave no task');
  });
});
