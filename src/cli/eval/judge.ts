import type { Sha } from '../../domain/ids.ts';
import { spawnConfined } from '../../local/bubblewrap.ts';
import { type CheckEnd, createCheckRunner } from '../../local/run-check.ts';
import type { Task } from './task.ts';
import type { TaskRepository } from './task-repository.ts';

/** Runs a task's checks and its hidden tests in the sandbox, on trees that no model has a part in any more. */
export interface Judge {
  check(name: string, tree: Sha, signal: AbortSignal): Promise<CheckEnd>;
  /** The hidden files over the files of a commit or tree, and their command. */
  hidden(of: Sha, signal: AbortSignal): Promise<CheckEnd>;
  close(): Promise<void>;
}

const hiddenName = 'hidden tests';

export function openJudge(task: Task, repository: TaskRepository, folder: string, timeoutMs: number): Judge {
  const scripts = [...task.checks, { name: hiddenName, command: task.hidden.command }];
  const runner = createCheckRunner({
    folder,
    confine: spawnConfined,
    scripts: new Map(scripts.map(({ name, command }) => [name, { script: `${command}\n`, environment: {} }])),
    // Each tree is set up by itself: nothing of one that cheats is left for another.
    setUp:
      task.setUp === null
        ? null
        : { steps: [{ script: `${task.setUp}\n`, environment: {} }], stateOf: async (tree) => tree },
    dependencies: [],
    tools: [],
    exportTree: (tree, into) => repository.exportTree(tree, into),
    timeoutMs,
    onProgress: () => undefined,
  });
  return {
    check: (name, tree, signal) => runner.run(name, tree, signal),
    hidden: async (of, signal) => runner.run(hiddenName, await repository.withHidden(of), signal),
    close: () => runner.close(),
  };
}

/** The shell found no such program, so that nothing was tested. */
export const lacksProgram = ({ log }: CheckEnd): boolean =>
  /##\[error\]Process completed with exit code 12[67]\.\n?$/.test(log.tail(200));
