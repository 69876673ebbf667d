import { join } from 'node:path';
import { readTasks } from '../../src/cli/eval/read-tasks.ts';
import { type ModelScript, readModelScript } from '../stand-in/model-script.ts';

/**
 * One script for all tasks of a folder: each task's own `script.json` is chosen by the title of its issue. Tasks without
 * one find no model.
 */
export async function scriptOfTasks(folder: string, ids: readonly string[] | null = null): Promise<ModelScript> {
  const tasks = (await readTasks(folder)).filter(({ id }) => ids === null || ids.includes(id));
  const scripts = await Promise.all(
    tasks.map(async (task) => [task.issue.title, await readModelScript(join(task.folder, 'script.json'))] as const),
  );
  return { match: Object.fromEntries(scripts) };
}

/** Where models answer from a script instead of thinking. */
export const scriptedEnvironment = (url: string): Record<string, string> => ({
  OPENAI_API_KEY: 'scripted',
  OPENAI_BASE_URL: `${url}/v1`,
  AI_FIX_MODEL: 'gpt-6-sol',
  ANTHROPIC_API_KEY: '',
});
