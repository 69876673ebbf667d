import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvalOrder } from '../../src/cli/eval/options.ts';
import { openResultLog, readResults } from '../../src/cli/eval/results.ts';
import { scriptedEnvironment } from '../eval/scripted-tasks.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { runScriptedTasks, startCli, thisProject } from '../support/app-process.ts';
import { makeSampleTasks } from '../support/sample-tasks.ts';
import { calls, finished, profiled, rightFirstTime } from '../support/scripts.ts';

const page = readFileSync(join(thisProject, 'docs/eval.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

let folder = '';
let model: ScriptedModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-eval-docs-'));
  const tasks = makeSampleTasks();
  tasks.add('add-numbers', { 'task.yml': blocks('yaml')[0] ?? '' });
  renameSync(tasks.path, join(folder, 'my-tasks'));
  const patch = calls(
    ['edit_file', { path: 'sum.sh', old_text: '$1 - $2', new_text: '$1 + $2' }],
    finished('It adds now, as the issue asks.'),
  );
  model = await startScriptedModel({ ...rightFirstTime, fast: [[profiled('Let sum.sh add')]], coder: [[patch]] });
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

test('each command of the page does what the page says; only the first asks models, the others are read', async () => {
  const commands = blocks('sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('npx ai-fix eval '));
  expect(commands).toHaveLength(6);
  const [first = '', ...others] = commands;
  const orders = commands.map((command) => readEvalOrder(command.split(' ').slice(3)));
  expect(orders.map(({ kind }) => kind)).toEqual(['run', 'run', 'run', 'run', 'compare', 'check']);

  expect(await outputOf(first)).toMatch(/solved 1 of 1 /);
  const [result] = await readResults(join(folder, '.eval/my-tasks'));
  expect(result).toMatchObject({ task: 'add-numbers', outcome: 'solved' });
  for (const name of ['first', 'second']) {
    const log = await openResultLog(join(folder, 'runs', name));
    for (const repeat of [1, 2]) if (result !== undefined) await log.add({ ...result, repeat });
  }
  for (const command of others) {
    if (command.includes('--compare')) expect(await outputOf(command)).toContain('No task flipped among 1.');
    if (command.includes('--check-tasks')) expect(await outputOf(command)).toContain('1 of 1 good, 0 left out');
  }
}, 200_000);

async function outputOf(command: string): Promise<string> {
  const running = startCli(command.split(' ').slice(2), scriptedEnvironment(model.url), folder);
  const { code } = await running.exit;
  expect(code, `${command}\n${running.output}`).toBe(0);
  return running.output;
}

test('npm run eval:scripted runs our own tasks against their scripts, and takes the options of the command', async () => {
  const { scripts } = JSON.parse(readFileSync(join(thisProject, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const out = join(folder, 'scripted');

  const running = runScriptedTasks(['--only', 'py-ledger-undo', '--out', out], folder);
  const { code } = await running.exit;

  expect(scripts['eval:scripted']).toBe('node test/eval/scripted-main.ts');
  expect(code, running.output).toBe(0);
  expect(running.output).toContain('The model is SCRIPTED');
  expect(await readResults(out)).toMatchObject([{ task: 'py-ledger-undo', outcome: 'solved' }]);
}, 200_000);
