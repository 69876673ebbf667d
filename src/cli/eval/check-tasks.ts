import { join } from 'node:path';
import type { Sha } from '../../domain/ids.ts';
import { SandboxFault } from '../../local/run-check.ts';
import type { Column } from '../text-table.ts';
import { inParallel } from './in-parallel.ts';
import { type Judge, lacksProgram, openJudge } from './judge.ts';
import { sayTime } from './tables.ts';
import type { Task } from './task.ts';
import { TaskError } from './task-problems.ts';
import { openTaskRepository, type TaskRepository } from './task-repository.ts';

/** What `--check-tasks` found of one task; it is good where there is no problem. */
export interface CheckedTask {
  readonly task: string;
  readonly language: string;
  readonly traps: number;
  readonly tookMs: number;
  readonly problems: readonly string[];
}

export interface CheckOrder {
  readonly folder: string;
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onChecked(checked: CheckedTask): void;
}

/** Proves of each task, without any model, that it tells a solution from what only looks like one. */
export async function checkTasks(tasks: readonly Task[], order: CheckOrder): Promise<readonly CheckedTask[]> {
  const done: CheckedTask[] = [];
  await inParallel(tasks, order.jobs, async (task) => {
    if (order.signal.aborted) return;
    const beganMs = Date.now();
    const problems = await problemsOf(task, order);
    // What was ended in the middle says nothing.
    if (order.signal.aborted) return;
    const checked = {
      task: task.id,
      language: task.language,
      traps: task.traps.length,
      tookMs: Date.now() - beganMs,
      problems,
    };
    done.push(checked);
    order.onChecked(checked);
  });
  return done.sort((a, b) => (a.task < b.task ? -1 : 1));
}

async function problemsOf(task: Task, order: CheckOrder): Promise<readonly string[]> {
  let judge: Judge | null = null;
  try {
    const repository = await openTaskRepository(task, join(order.folder, task.id));
    judge = openJudge(task, repository, order.folder, order.timeoutMs);
    return await examine(task, repository, judge, order.signal);
  } catch (error) {
    if (error instanceof TaskError) return error.problems;
    if (error instanceof SandboxFault) return [error.message];
    throw error;
  } finally {
    await judge?.close();
  }
}

/** The three things a task has to show: the base lacks something, the solution has it, a trap only seems to. */
async function examine(
  task: Task,
  repository: TaskRepository,
  judge: Judge,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const expect = async (what: string, tree: Sha, isHiddenRed: boolean): Promise<readonly string[]> => {
    const problems: string[] = [];
    for (const { name } of task.checks) {
      const { conclusion, log } = await judge.check(name, tree, signal);
      if (conclusion !== 'success')
        problems.push(`${what}: the check ${name} ends as ${conclusion}: ${lastLines(log.tail(600))}`);
    }
    const hidden = await judge.hidden(tree, signal);
    if (lacksProgram(hidden))
      problems.push(`${what}: the command of the hidden tests cannot be run: ${lastLines(hidden.log.tail(600))}`);
    else if (isHiddenRed && hidden.conclusion === 'success')
      problems.push(`${what}: the hidden tests pass, and they should fail`);
    else if (!isHiddenRed && hidden.conclusion !== 'success')
      problems.push(`${what}: the hidden tests end as ${hidden.conclusion}: ${lastLines(hidden.log.tail(600))}`);
    return problems;
  };
  const problems = [...(await expect('base', repository.base, true))];
  if (task.solution === null)
    problems.push('solution: there is no solution.patch, so nothing shows that the task can be solved');
  else problems.push(...(await expect('solution', await repository.patched(task.solution), false)));
  for (const { name, path } of task.traps)
    problems.push(...(await expect(`trap ${name}`, await repository.patched(path), true)));
  return problems;
}

/** What a command printed at its end, and how it ended, in one line. */
const lastLines = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^##\[(?:end)?group\]/.test(line))
    .map((line) => line.replace(/^##\[error\]/, ''))
    .slice(-6)
    .join(' | ')
    .slice(-400);

export const checkedColumns: readonly Column<CheckedTask>[] = [
  { title: 'task', of: ({ task }) => task },
  { title: 'language', of: ({ language }) => language },
  { title: 'traps', isNumber: true, of: ({ traps }) => String(traps) },
  { title: 'time', isNumber: true, of: ({ tookMs }) => sayTime(tookMs) },
  {
    title: 'verdict',
    of: ({ problems }) =>
      problems.length === 0 ? 'good' : `${problems.length} problem${problems.length === 1 ? '' : 's'}`,
  },
];
