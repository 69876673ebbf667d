import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { foreignDatabase } from '../../src/cli/foreign-database.ts';
import { openTraces } from '../../src/cli/trace/open-traces.ts';
import type { FixId } from '../../src/domain/ids.ts';
import type { TraceLine } from '../../src/domain/trace-line.ts';
import { doorPath, openTraceDoor } from '../../src/web/trace-door.ts';
import { plainEnvironment, thisProject } from '../support/app-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-fix-trace-'));
});
afterEach(() => rm(folder, { recursive: true }));

const manyLines = 300;
async function* many(): AsyncGenerator<TraceLine> {
  const text = 'x'.repeat(20_000);
  for (let sequence = 0; sequence < manyLines; sequence++)
    yield {
      type: 'event',
      at: new Date(0).toISOString(),
      sequence,
      event: 'labelled',
      advanced: true,
      facts: { text },
    };
}

test("another user's database is not opened: the App could not open it any more", async () => {
  const database = join(folder, 'postgres');
  await mkdir(database);
  const { uid } = await stat(database);

  expect(foreignDatabase(folder, uid)).toBeNull();
  expect(foreignDatabase(join(folder, 'none'), uid + 1)).toBeNull();
  expect(foreignDatabase(folder, uid + 1)).toContain(`belongs to the user with id ${uid}, and this runs as ${uid + 1}`);
  const asAnother = vi.spyOn(process, 'getuid').mockReturnValue(uid + 1);
  const opening = openTraces({ database: { url: null }, dataDir: folder, keys: [], secrets: [] });
  await expect(opening).rejects.toThrow(/run it as that user/);
  asAnother.mockRestore();
  expect(await readdir(database)).toEqual([]);
});

test('a reader that takes its time gets every line', async () => {
  const traces = {
    newest: async () => [],
    ofThread: async () => [],
    lines: async () => many(),
    keysInUse: async () => [],
  };
  const door = await openTraceDoor(doorPath(folder), traces, () => undefined);
  const child = spawn(process.execPath, [join(thisProject, 'src/cli.ts'), 'trace', 'f-1-slow' as FixId], {
    cwd: folder,
    env: { ...plainEnvironment(), DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');

  let read = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    if (read === '') await pause(1_500);
    read += String(chunk);
  }
  const [code] = await ended;

  expect(code).toBe(0);
  expect(read.trimEnd().split('\n')).toHaveLength(manyLines);
  await door?.close();
});
