import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResults } from '../../src/cli/eval/results.ts';
import { scriptedEnvironment, scriptOfTasks } from '../eval/scripted-tasks.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { type Running, startCli, thisProject } from './app-process.ts';

/** `ai-fix eval` of the project's own tasks, asked of a model that follows the tasks' scripts. */
export interface Evaluation {
  readonly tasks: string;
  /** Where results go; gone when it is closed. */
  readonly folder: string;
  readonly model: ScriptedModel;
  /** Starts the command with these arguments; its results go to `out` within the folder. */
  start(out: string, ...args: readonly string[]): Running;
  /** The results of `out` as they stand now. */
  results(out: string): ReturnType<typeof readResults>;
  /** By task how it came out, or at which hurdle it ended. */
  outcomes(out: string): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export async function openEvaluation(): Promise<Evaluation> {
  const tasks = join(thisProject, 'fixtures/tasks');
  const folder = await mkdtemp(join(tmpdir(), 'ai-fix-eval-'));
  const model = await startScriptedModel(await scriptOfTasks(tasks));
  const results = (out: string) => readResults(join(folder, out));
  return {
    tasks,
    folder,
    model,
    results,
    start: (out, ...args) =>
      startCli(['eval', tasks, '--out', join(folder, out), ...args], scriptedEnvironment(model.url), folder),
    outcomes: async (out) =>
      Object.fromEntries((await results(out)).map(({ task, outcome, at }) => [task, at ?? outcome])),
    close: async () => {
      await model.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
