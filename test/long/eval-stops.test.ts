import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Running } from '../support/app-process.ts';
import { descendantsOf, isRunning } from '../support/descendants.ts';
import { type Evaluation, openEvaluation } from '../support/evaluation.ts';

let evaluation: Evaluation;
beforeAll(async () => {
  evaluation = await openEvaluation();
});
afterAll(() => evaluation.close());

test('a run that is killed leaves nothing that spends, and the next one goes on where it was', async () => {
  const only = ['--jobs', '1', '--only', 'py-cron-next,py-ledger-undo,py-table-width'];
  const first = evaluation.start('killed', ...only);
  await until(async () => (await evaluation.results('killed')).length === 1, first);
  const children = await atWork(first, 'killed/tasks/py-ledger-undo/progress.log');
  await first.kill();
  await until(async () => children.every((pid) => !isRunning(pid)), first);
  const [kept] = await evaluation.results('killed');

  const second = evaluation.start('killed', ...only);
  const { code } = await second.exit;

  expect(code, second.output).toBe(0);
  expect(second.output).toContain('2 to do, 1 done before');
  expect(await evaluation.outcomes('killed')).toEqual({
    'py-cron-next': 'hidden',
    'py-ledger-undo': 'solved',
    'py-table-width': 'checks',
  });
  expect((await evaluation.results('killed'))[0]).toEqual(kept);
}, 600_000);

test('Ctrl-C keeps what is done, says how it goes on, and leaves no process behind', async () => {
  const running = evaluation.start('stopped', '--jobs', '1', '--only', 'py-ledger-undo,py-table-width');
  await until(async () => (await evaluation.results('stopped')).length === 1, running);
  const children = await atWork(running, 'stopped/tasks/py-table-width/progress.log');

  running.signal('SIGINT');
  const { code } = await running.exit;

  expect(code, running.output).toBe(130);
  expect(running.output).toContain('stopping; what is done is kept, and the same command goes on');
  expect(await evaluation.outcomes('stopped')).toEqual({ 'py-ledger-undo': 'solved' });
  expect(children.filter(isRunning)).toEqual([]);
}, 600_000);

/** The processes of the fix that writes this file. */
async function atWork(running: Running, file: string): Promise<readonly number[]> {
  const path = join(evaluation.folder, file);
  await until(async () => existsSync(path) && readFileSync(path).length > 0, running);
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
