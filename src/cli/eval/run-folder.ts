import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openResultLog, type Result, readResults, resultsFile } from './results.ts';
import { openSpendingLog, type SpendingLog, spendingFile } from './spending.ts';
import { type Summary, summarize } from './summary.ts';
import { resultsPage } from './tables.ts';
import { shown, TaskError } from './task-problems.ts';

/**
 * A run on disk: `run.json` (what it was made with), `results.jsonl` (one line for each result, appended),
 * `spending.jsonl` (what fixes may spend and what they spent), `results.md` and `summary.json` (written anew), `tasks/` (the record of each fix), and `lock` while a process works on it.
 */
export interface RunFolder {
  readonly path: string;
  /** Those of earlier processes that stay, and those of this one. */
  readonly results: readonly Result[];
  readonly spending: SpendingLog;
  add(result: Result): Promise<void>;
  summary(): Summary;
  close(): Promise<void>;
}

/** What must be the same for results to stand in one table. */
export const runSettingsSchema = z.object({
  version: z.literal(1),
  /** As it was asked for; null where the environment decides. */
  model: z.string().nullable(),
  budgetUsd: z.number().nullable(),
  /** By role, as the environment has it; null where a model was asked for. */
  chains: z.record(z.string(), z.array(z.string())).nullable().default(null),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;

export interface RunFolderOrder {
  readonly path: string;
  readonly isFresh: boolean;
  readonly settings: RunSettings;
  /** Whether an earlier result still says something of the task as it is now, and is not to be tried again. */
  keeps(result: Result): boolean;
  leftOut(): Summary['leftOut'];
}

/** @throws {TaskError} when another process works in it, or it holds a run that was made with something else. */
export async function openRunFolder(order: RunFolderOrder): Promise<RunFolder> {
  const { path, isFresh, settings } = order;
  await mkdir(path, { recursive: true });
  await lock(path);
  try {
    if (isFresh) await clear(path);
    else await assertSame(path, settings);
    await writeFile(join(path, 'run.json'), `${JSON.stringify(settings, null, 2)}\n`);
    const results = (await readResults(path)).filter((result) => order.keeps(result));
    const log = await openResultLog(path);
    const spending = await openSpendingLog(path);
    const summary = (): Summary => summarize(sorted(results), order.leftOut());
    const write = async (): Promise<void> => {
      const page = resultsPage(sorted(results), summary(), 'ai-fix eval');
      await writeFile(join(path, 'results.md'), page);
      await writeFile(join(path, 'summary.json'), `${JSON.stringify(summary(), null, 2)}\n`);
    };
    let last: Promise<void> = Promise.resolve();
    return {
      path,
      spending,
      get results() {
        return sorted(results);
      },
      summary,
      add: (result) => {
        last = last.then(async () => {
          await log.add(result);
          results.push(result);
          await write();
        });
        return last;
      },
      close: async () => {
        await last.catch(() => undefined);
        await write();
        await rm(join(path, 'lock'), { force: true });
      },
    };
  } catch (error) {
    await rm(join(path, 'lock'), { force: true });
    throw error;
  }
}

const sorted = (results: readonly Result[]): readonly Result[] =>
  results.toSorted((a, b) => (a.task === b.task ? a.repeat - b.repeat : a.task < b.task ? -1 : 1));

/** Only what a run makes goes: the folder may be one that holds other things. */
async function clear(path: string): Promise<void> {
  for (const name of [resultsFile, spendingFile, 'run.json', 'results.md', 'summary.json', 'tasks'])
    await rm(join(path, name), { recursive: true, force: true });
}

async function assertSame(path: string, settings: RunSettings): Promise<void> {
  const file = join(path, 'run.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return;
  const known = runSettingsSchema.safeParse(parseJson(text)).data;
  if (known === undefined)
    throw new TaskError([
      `${file}: found something else than the settings of a run; take another --out, or begin anew with --fresh`,
    ]);
  const differing = (['model', 'budgetUsd', 'chains'] as const).filter(
    (name) => JSON.stringify(known[name]) !== JSON.stringify(settings[name]),
  );
  if (differing.length > 0)
    throw new TaskError(
      differing.map(
        (name) =>
          `${file}: ${name}: this run was made with ${shown(known[name])}, not ${shown(settings[name])}; take another --out, or begin anew with --fresh`,
      ),
    );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function lock(path: string): Promise<void> {
  const file = join(path, 'lock');
  for (let tries = 0; tries < 2; tries++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(file, 'utf8').catch(() => ''));
      if (pid !== process.pid && isAlive(pid))
        throw new TaskError([`${path}: process ${pid} is at work on this run; wait for it, or take another --out`]);
      // It was left by a process that was killed.
      await rm(file, { force: true });
    }
  }
  throw new TaskError([`${path}: another process has just begun here; take another --out`]);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
