import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readResults } from '../../src/cli/eval/results.ts';
import { scriptedEnvironment, scriptOfTasks } from '../eval/scripted-tasks.ts';
import { type ScriptedModel, startScriptedModel } from '../stand-in/scripted-model.ts';
import { type Running, startCli, thisProject } from '../support/app-process.ts';
import { descendantsOf, isRunning } from '../support/descendants.ts';

const tasks = join(thisProject, 'fixtures/tasks');
let folder = '';
let model: ScriptedModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-eval-'));
  model = await startScriptedModel(await scriptOfTasks(tasks));
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

const evaluate = (out: string, ...args: readonly string[]): Running =>
  startCli(['eval', tasks, '--out', join(folder, out), ...args], scriptedEnvironment(model.url), folder);

const outcomes = async (out: string) =>
  Object.fromEntries((await readResults(join(folder, out))).map(({ task, outcome, at }) => [task, at ?? outcome]));

test('a run that is killed leaves nothing that spends, and the next one goes on where it was', async () => {
  const only = ['--jobs', '1', '--only', 'py-cron-next,py-ledger-undo,py-table-width'];
  const first = evaluate('killed', ...only);
  await until(async () => (await readResults(join(folder, 'killed'))).length === 1, first);
  const children = await atWork(first, 'killed/tasks/py-ledger-undo/progress.log');
  await first.kill();
  await until(async () => children.every((pid) => !isRunning(pid)), first);
  const [kept] = await readResults(join(folder, 'killed'));

  const second = evaluate('killed', ...only);
  const { code } = await second.exit;

  expect(code, second.output).toBe(0);
  expect(second.output).toContain('2 to do, 1 done before');
  expect(await outcomes('killed')).toEqual({
    'py-cron-next': 'hidden',
    'py-ledger-undo': 'solved',
    'py-table-width': 'checks',
  });
  expect((await readResults(join(folder, 'killed')))[0]).toEqual(kept);
}, 600_000);

test('Ctrl-C keeps what is done, says how it goes on, and leaves no process behind', async () => {
  const running = evaluate('stopped', '--jobs', '1', '--only', 'py-ledger-undo,py-table-width');
  await until(async () => (await readResults(join(folder, 'stopped'))).length === 1, running);
  const children = await atWork(running, 'stopped/tasks/py-table-width/progress.log');

  running.signal('SIGINT');
  const { code } = await running.exit;

  expect(code, running.output).toBe(130);
  expect(running.output).toContain('stopping; what is done is kept, and the same command goes on');
  expect(await outcomes('stopped')).toEqual({ 'py-ledger-undo': 'solved' });
  expect(children.filter(isRunning)).toEqual([]);
}, 600_000);

/** The processes of the fix that writes this file. */
async function atWork(running: Running, file: string): Promise<readonly number[]> {
  await until(async () => existsSync(join(folder, file)) && readFileSync(join(folder, file)).length > 0, running);
  const children = descendantsOf(running.pid);
  expect(children).not.toEqual([]);
  return children;
}

async function until(isSo: () => Promise<boolean>, running: Running): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    if (await isSo()) return;
    if (running.ended?.code != null) throw new Error(`it ended too early:\n${running.output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it did not come to that in two minutes:\n${running.output}`);
}
