import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { linesOf, openLineLog } from './append-lines.ts';
import { TaskError } from './task-problems.ts';

/** One line of `spending.jsonl`. The newest of an id counts: first what a fix may spend, then what it spent at most. */
const spendingSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  task: z.string(),
  repeat: z.int().min(1),
  usd: z.number().min(0),
});
type Spending = z.infer<typeof spendingSchema>;

export const spendingFile = 'spending.jsonl';

/** What a run has cost, whatever came of it: also what was stopped, killed, or done again since. */
export interface SpendingLog {
  /** Of earlier processes. */
  readonly spentUsd: number;
  /** Noted before anything is spent, so that a fix whose process is killed counts with all of it. */
  reserve(task: string, repeat: number, usd: number): Promise<Reservation>;
}

export interface Reservation {
  /** Once it is known what was spent at most. */
  settle(usd: number): Promise<void>;
}

/** @throws {TaskError} for a line that is none, unless it is the last and was cut. */
export async function openSpendingLog(folder: string): Promise<SpendingLog> {
  const file = join(folder, spendingFile);
  const byId = new Map<string, number>();
  const lines = await linesOf(file);
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const { id, usd } = readSpending(line, `${file}: line ${index + 1}`);
    byId.set(id, usd);
  }
  const log = await openLineLog<Spending>(file);
  return {
    spentUsd: [...byId.values()].reduce((sum, usd) => sum + usd, 0),
    reserve: async (task, repeat, usd) => {
      const line = { version: 1, id: randomUUID(), task, repeat, usd } as const;
      await log.add(line);
      return { settle: (spent) => log.add({ ...line, usd: spent }) };
    },
  };
}

function readSpending(line: string, place: string): Spending {
  try {
    return spendingSchema.parse(JSON.parse(line));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new TaskError([
      `${place} is no spending of ai-fix eval; mend or remove the line, or begin anew with --fresh`,
    ]);
  }
}
