import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openResultLog, readResults } from '../../../src/cli/eval/results.ts';
import { openRunFolder, type RunFolderOrder } from '../../../src/cli/eval/run-folder.ts';
import { sampleResult } from '../../support/sample-tasks.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name = 'results.jsonl'): string => join(folder, name);

test('results come back as they were kept, and the newest of a task counts', async () => {
  const log = await openResultLog(folder);
  await log.add(sampleResult({ outcome: 'error', at: 'crash', why: 'x' }));
  await log.add(sampleResult({ task: 'b-task' }));
  await log.add(sampleResult());

  expect(await readResults(folder)).toEqual([sampleResult({ task: 'b-task' }), sampleResult()]);
});

test('many at once never mix their lines', async () => {
  const log = await openResultLog(folder);
  const results = Array.from({ length: 50 }, (_, index) =>
    sampleResult({ task: `task-${index}`, why: 'x'.repeat(5_000) }),
  );

  await Promise.all(results.map((result) => log.add(result)));

  expect(await readResults(folder)).toEqual(results);
});

test('a line that a killed process left half is no result, and the next one does not stick to it', async () => {
  writeFileSync(file(), `${JSON.stringify(sampleResult())}\n{"version":1,"task":"b-t`);

  expect(await readResults(folder)).toEqual([sampleResult()]);
  const log = await openResultLog(folder);
  await log.add(sampleResult({ task: 'c-task' }));

  expect((await readResults(folder)).map(({ task }) => task)).toEqual(['a-task', 'c-task']);
});

test('any other line that is none is an error with its number', async () => {
  writeFileSync(file(), `${JSON.stringify(sampleResult())}\n{"version":7}\n${JSON.stringify(sampleResult())}\n`);

  await expect(readResults(folder)).rejects.toThrow(/results\.jsonl: line 2 is no result of ai-fix eval/);
});

const order = (changes: Partial<RunFolderOrder> = {}): RunFolderOrder => ({
  path: folder,
  isFresh: false,
  settings: { version: 1, model: null, budgetUsd: null, chains: null },
  keeps: () => true,
  leftOut: () => [],
  ...changes,
});

test('a run goes on with the results of the process before it, and its page has all of them', async () => {
  const first = await openRunFolder(order());
  await first.add(sampleResult());
  await first.close();

  const second = await openRunFolder(order());
  await second.add(
    sampleResult({ task: 'b-task', outcome: 'false-green', at: 'hidden', why: 'the hidden tests fail' }),
  );
  await second.close();

  expect(second.results.map(({ task }) => task)).toEqual(['a-task', 'b-task']);
  expect(readFileSync(file('results.md'), 'utf8')).toMatch(/\| a-task .*solved[\s\S]*\| b-task .*false green/);
  expect(JSON.parse(readFileSync(file('summary.json'), 'utf8'))).toMatchObject({
    solved: 1,
    falseGreen: 1,
    results: 2,
  });
});

test('the page is there already while the run goes on', async () => {
  const run = await openRunFolder(order());
  await run.add(sampleResult());

  expect(readFileSync(file('results.md'), 'utf8')).toContain('| a-task |');
  await run.close();
});

test('what does not say anything of the tasks any more is left out of the table', async () => {
  const first = await openRunFolder(order());
  await first.add(sampleResult());
  await first.add(sampleResult({ task: 'b-task' }));
  await first.close();

  const second = await openRunFolder(order({ keeps: ({ task }) => task === 'b-task' }));
  await second.close();

  expect(second.results.map(({ task }) => task)).toEqual(['b-task']);
});

test('a fresh run forgets the results, and leaves alone what is not its own', async () => {
  const first = await openRunFolder(order());
  await first.add(sampleResult());
  await first.close();
  writeFileSync(file('notes.txt'), 'mine');

  const second = await openRunFolder(order({ isFresh: true }));
  await second.close();

  expect(await readResults(folder)).toEqual([]);
  expect(readFileSync(file('notes.txt'), 'utf8')).toBe('mine');
});

test('results of another model or budget are not mixed in', async () => {
  await (await openRunFolder(order())).close();

  const other = openRunFolder(
    order({ settings: { version: 1, model: 'openai/gpt-6-sol', budgetUsd: 2, chains: null } }),
  );

  await expect(other).rejects.toThrow(
    /model: this run was made with nothing, not "openai\/gpt-6-sol"; take another --out[\s\S]*budgetUsd: this run was made with nothing, not 2/,
  );
  expect(existsSync(file('lock'))).toBe(false);
});

test('a folder with something else in run.json is not taken', async () => {
  writeFileSync(file('run.json'), '{"scripts":{}}');

  await expect(openRunFolder(order())).rejects.toThrow(/run\.json: found something else than the settings of a run/);
});

test('two processes do not work on one run, and the lock of a killed one is no hindrance', async () => {
  writeFileSync(file('lock'), String(process.ppid));
  await expect(openRunFolder(order())).rejects.toThrow(new RegExp(`process ${process.ppid} is at work on this run`));

  writeFileSync(file('lock'), '999999999');
  const run = await openRunFolder(order());
  appendFileSync(file('lock'), '');
  await run.close();

  expect(existsSync(file('lock'))).toBe(false);
});
