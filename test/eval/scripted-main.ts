import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startScriptedModel } from '../stand-in/scripted-model.ts';
import { scriptedEnvironment, scriptOfTasks } from './scripted-tasks.ts';

/** `npm run eval:scripted`: the real command over our own tasks, with models that follow each task's script. */
const tasks = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));
const model = await startScriptedModel(await scriptOfTasks(tasks));
process.stderr.write(
  'The model is SCRIPTED: no model thinks here; some scripts are wrong on purpose, so that the table shows it.\n',
);
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const args = [cli, 'eval', tasks, '--out', '.eval/scripted', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, ...scriptedEnvironment(model.url) },
});
// The terminal tells both of Ctrl-C; this one has to wait for what the other still writes.
process.on('SIGINT', () => undefined);
const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
await model.close();
process.exit(code ?? 1);
