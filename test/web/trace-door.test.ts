import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askRunningApp } from '../../src/cli/trace/door-client.ts';
import type { FixId } from '../../src/domain/ids.ts';
import type { TraceLine } from '../../src/domain/trace-line.ts';
import { doorPath, openTraceDoor, type ReadableTraces } from '../../src/web/trace-door.ts';

const fix = 'f-1-door' as FixId;
const line = (sequence: number): TraceLine => ({
  type: 'event',
  at: new Date(sequence).toISOString(),
  sequence,
  event: 'labelled',
  advanced: true,
  facts: { by: 'älice\u2028' },
});
const traces = (lines: () => AsyncIterable<TraceLine>): ReadableTraces => ({
  newest: async (limit) => [{ id: fix, thread: 'acme/shop#1', state: 'complete' }].slice(0, limit),
  ofThread: async (repository, number) => (repository === 'acme/shop' && number === 1 ? [fix] : []),
  keysInUse: async () => [{ key: '0123abcd', texts: 3, isSet: true }],
  lines: async (id, withTexts) => (id === fix ? (withTexts ? lines() : lines()) : null),
});

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-fix-door-'));
  path = doorPath(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function* two(): AsyncGenerator<TraceLine> {
  yield line(1);
  yield line(2);
}
const ignore = () => undefined;

test('whoever asks gets what the running App knows', async () => {
  const door = await openTraceDoor(path, traces(two), ignore);
  const asked = await askRunningApp(path);

  const lines: TraceLine[] = [];
  for await (const one of (await asked?.lines(fix, false)) ?? []) lines.push(one);

  expect(lines).toEqual([line(1), line(2)]);
  expect(await asked?.lines('f-2' as FixId, false)).toBeNull();
  expect(await asked?.ofThread('acme/shop', 1)).toEqual([fix]);
  expect(await asked?.ofThread('acme/shop', 2)).toEqual([]);
  expect(await asked?.keysInUse()).toEqual([{ key: '0123abcd', texts: 3, isSet: true }]);
  expect(await asked?.newest(5)).toEqual([{ id: fix, thread: 'acme/shop#1', state: 'complete' }]);
  await door?.close();
});

test('the socket lies in a folder that only its own user may enter, whoever made it', async () => {
  await mkdir(dirname(path), { recursive: true });
  await chmod(dirname(path), 0o777);
  const door = await openTraceDoor(path, traces(two), ignore);

  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await door?.close();
});

test("a socket that a killed process left behind is in nobody's way", async () => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');

  const door = await openTraceDoor(path, traces(two), ignore);

  expect(await askRunningApp(path)).not.toBeNull();
  await door?.close();
});

test('nobody answers where no App runs', async () => {
  expect(await askRunningApp(path)).toBeNull();
});

test('a trace that breaks off is not taken for a whole one', async () => {
  async function* broken(): AsyncGenerator<TraceLine> {
    yield line(1);
    throw new Error('the database is away');
  }
  const faults: unknown[] = [];
  const door = await openTraceDoor(path, traces(broken), (error) => faults.push(error));
  const asked = await askRunningApp(path);
  const read = async () => {
    for await (const _one of (await asked?.lines(fix, true)) ?? []);
  };

  await expect(read()).rejects.toThrow();
  expect(faults).toHaveLength(1);
  await door?.close();
});

test('whoever reads slowly is not taken for an App that hangs', async () => {
  async function* many(): AsyncGenerator<TraceLine> {
    for (let sequence = 0; sequence < 200; sequence++)
      yield { ...line(sequence), facts: { text: 'x'.repeat(20_000) } } as TraceLine;
  }
  const door = await openTraceDoor(path, traces(many), ignore);
  const asked = await askRunningApp(path, 100);

  let count = 0;
  for await (const _one of (await asked?.lines(fix, true)) ?? []) {
    if (count === 1) await new Promise((resolve) => setTimeout(resolve, 500));
    count += 1;
  }

  expect(count).toBe(200);
  await door?.close();
});

test('a path that no socket may have is no fault', async () => {
  expect(await openTraceDoor(join(folder, 'x'.repeat(120), 'trace'), traces(two), ignore)).toBeNull();
});
