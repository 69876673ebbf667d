import { join } from 'node:path';
import { z } from 'zod';
import { type LineLog, linesOf, openLineLog } from './append-lines.ts';
import { failurePlaces } from './outcome.ts';
import { TaskError } from './task-problems.ts';

/** One line of `results.jsonl`: one task, run once. Fields are added, never changed or taken away. */
export const resultSchema = z.object({
  version: z.literal(1),
  task: z.string(),
  /** Counts from 1 where a run repeats its tasks. */
  repeat: z.int().min(1),
  digest: z.string(),
  language: z.string(),
  tags: z.array(z.string()),
  outcome: z.enum(['solved', 'false-green', 'unsolved', 'error']),
  /** Null where it is solved. */
  at: z.enum(failurePlaces).nullable(),
  why: z.string().nullable(),
  attempts: z.int().min(0),
  turns: z.int().min(0),
  tokens: z.number().min(0),
  usd: z.number().min(0),
  /** More than `usd` where the process ended before it told what it had spent. */
  usdAtMost: z.number().min(0),
  hasUnknownPrice: z.boolean(),
  models: z.array(z.string()),
  tookMs: z.number().min(0),
  workedMs: z.number().min(0),
  base: z.string().nullable(),
  commit: z.string().nullable(),
  hidden: z
    .object({ conclusion: z.enum(['passed', 'failed', 'timed-out', 'not-run']), tookMs: z.number(), tail: z.string() })
    .nullable(),
  endedAt: z.string(),
});
export type Result = z.infer<typeof resultSchema>;

export const resultsFile = 'results.jsonl';

/**
 * The results of a run, in the order in which they came.
 *
 * A run may have been killed while it wrote: a last line that is cut is no result. Where a task has several under one
 * number, the newest counts.
 *
 * @throws {TaskError} for any other line that is none.
 */
export async function readResults(folder: string): Promise<readonly Result[]> {
  const lines = await linesOf(join(folder, resultsFile));
  const results = new Map<string, Result>();
  for (const [index, line] of lines.entries()) {
    const result = parseLine(line);
    if (result !== null) {
      const key = `${result.task}\0${result.repeat}`;
      results.delete(key);
      results.set(key, result);
    } else if (line !== '' && index !== lines.length - 1) {
      throw new TaskError([
        `${join(folder, resultsFile)}: line ${index + 1} is no result of ai-fix eval; mend or remove the line, or begin anew with --fresh`,
      ]);
    }
  }
  return [...results.values()];
}

function parseLine(line: string): Result | null {
  try {
    return resultSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export const openResultLog = (folder: string): Promise<LineLog<Result>> => openLineLog(join(folder, resultsFile));
