import { expect, test } from 'vitest';
import { type RunOrder, runTasks, type Solved, type Turn } from '../../../src/cli/eval/run-tasks.ts';
import type { Task } from '../../../src/cli/eval/task.ts';
import { sampleResult } from '../../support/sample-tasks.ts';

const turn = (id: string, budgetUsd = 1): Turn => ({ task: { id } as Task, repeat: 1, budgetUsd });
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function stage(turns: readonly Turn[], changes: Partial<RunOrder> = {}) {
  const stop = new AbortController();
  const log = { begun: [] as string[], kept: [] as string[], most: 0, now: 0, spent: 0 };
  const order: RunOrder = {
    turns,
    atOnce: 2,
    totalUsd: null,
    spentUsd: 0,
    signal: stop.signal,
    solve: async ({ task, budgetUsd }) => {
      log.begun.push(task.id);
      log.now += 1;
      log.most = Math.max(log.most, log.now);
      await tick();
      log.now -= 1;
      log.spent += budgetUsd;
      const result = stop.signal.aborted ? null : sampleResult({ task: task.id, usdAtMost: budgetUsd });
      return { result, usdAtMost: budgetUsd };
    },
    onResult: async ({ task }) => void log.kept.push(task),
    ...changes,
  };
  return { order, log, stop };
}

test('all are done, so many at a time', async () => {
  const { order, log } = stage(['a', 'b', 'c', 'd', 'e'].map((id) => turn(id)));

  expect(await runTasks(order)).toEqual({ kind: 'complete', left: 0 });

  expect(log.begun).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(log.most).toBe(2);
});

test('nothing begins that could exceed the total, counting what others may still spend', async () => {
  const { order, log } = stage(
    ['a', 'b', 'c', 'd'].map((id) => turn(id)),
    { totalUsd: 2.5, atOnce: 4 },
  );

  expect(await runTasks(order)).toEqual({ kind: 'budget', left: 2 });

  expect(log.begun).toEqual(['a', 'b']);
  expect(log.spent).toBe(2);
});

test('what others leave of their budgets is there for the next', async () => {
  const cheap = async ({ task }: Turn): Promise<Solved> => {
    await tick();
    return { result: sampleResult({ task: task.id, usdAtMost: 0.1 }), usdAtMost: 0.1 };
  };
  const { order, log } = stage(
    ['a', 'b', 'c', 'd'].map((id) => turn(id)),
    { totalUsd: 1.35, atOnce: 4, solve: cheap },
  );

  expect(await runTasks(order)).toEqual({ kind: 'complete', left: 0 });

  expect(log.kept).toEqual(['a', 'b', 'c', 'd']);
});

test('what earlier processes spent counts', async () => {
  const { order, log } = stage([turn('a')], { totalUsd: 5, spentUsd: 4.5 });

  expect(await runTasks(order)).toEqual({ kind: 'budget', left: 1 });
  expect(log.begun).toEqual([]);
});

test('a stop lets nothing new begin and keeps no result of what it ended', async () => {
  const { order, log, stop } = stage(
    ['a', 'b', 'c', 'd'].map((id) => turn(id)),
    {
      onResult: async ({ task }) => {
        log.kept.push(task);
        stop.abort();
      },
    },
  );

  const end = await runTasks(order);

  expect(end.kind).toBe('stopped');
  expect(log.kept).toContain('a');
  expect(end.left + log.kept.length).toBe(4);
  expect(log.begun.length).toBeLessThan(4);
});

test('a fault of ours is thrown after what is under way has ended', async () => {
  const { order, log } = stage(['a', 'b', 'c'].map((id) => turn(id)));
  const solve: RunOrder['solve'] = (each) =>
    each.task.id === 'a' ? Promise.reject(new Error('the disk is full')) : order.solve(each);

  await expect(runTasks({ ...order, solve })).rejects.toThrow('the disk is full');

  expect(log.now).toBe(0);
  expect(log.begun).toEqual(['b']);
});
