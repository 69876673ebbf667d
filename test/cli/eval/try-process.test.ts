import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TryOrder } from '../../../src/cli/eval/solve-task.ts';
import { createTryProcess } from '../../../src/cli/eval/try-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ai-fix-try-process-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const order = (): TryOrder => ({
  repository: join(folder, 'nowhere'),
  issue: { title: 'It fails', body: '' },
  checks: [{ name: 'test', command: 'true' }],
  setUp: null,
  budget: { usd: 1, attempts: null, minutes: null, tokens: null },
  model: null,
  folder,
  logFile: join(folder, 'progress.log'),
  databaseImage: null,
});

test('what would load code into the process that holds the keys is kept out of it', async () => {
  const trap = join(folder, 'trap.cjs');
  writeFileSync(trap, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'sprung'))}, '');`);
  const environment = { PATH: process.env.PATH, OPENAI_API_KEY: 'scripted', NODE_OPTIONS: `--require ${trap}` };
  const tryTask = createTryProcess({ environment, checkTimeoutMs: 5_000, deadlineMs: 60_000 });

  const end = await tryTask(order(), new AbortController().signal);

  expect(end).toMatchObject({ kind: 'crashed', why: expect.stringContaining('there is nothing; allowed: the folder') });
  expect(existsSync(join(folder, 'sprung'))).toBe(false);
});
