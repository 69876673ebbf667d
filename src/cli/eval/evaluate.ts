import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy } from '../../domain/policy.ts';
import { missingPrograms } from '../../local/bubblewrap.ts';
import type { Terminal } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { type CheckedTask, checkedColumns, checkTasks } from './check-tasks.ts';
import { sortByNeeds } from './needs.ts';
import { type Choice, chosen, type Pace, type RunChoice } from './options.ts';
import { readTasks } from './read-tasks.ts';
import type { Result } from './results.ts';
import { openRunFolder, type RunSettings } from './run-folder.ts';
import { type RunEnd, runTasks, type Turn } from './run-tasks.ts';
import { solveTask, type TryTask } from './solve-task.ts';
import type { LeftOut } from './summary.ts';
import { resultColumns, sayTime, sayUsd, summaryLines } from './tables.ts';
import type { Task } from './task.ts';
import { TaskError } from './task-problems.ts';

/** What both ways of going through tasks need. */
export interface Bench {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** `--check-tasks`: true when all that could be looked at are good. What was stopped in the middle is not. */
export async function checkAll(folder: string, choice: Choice, pace: Pace, bench: Bench): Promise<boolean> {
  const { terminal, signal } = bench;
  return withTasks(folder, choice, bench, async ({ tasks, leftOut, scratch }) => {
    const onChecked = (checked: CheckedTask): void => {
      const verdict = checked.problems.length === 0 ? 'good' : 'not good';
      terminal.complain(`${checked.task}: ${verdict}, ${sayTime(checked.tookMs)}`);
    };
    const order = { folder: scratch, jobs: pace.atOnce, timeoutMs: pace.checkTimeoutMs, signal, onChecked };
    const checked = await checkTasks(tasks, order);
    terminal.say(textTable(checkedColumns, checked));
    for (const { task, problems } of checked) for (const problem of problems) terminal.say(`  - ${task}: ${problem}`);
    for (const { task, why } of leftOut) terminal.say(`left out: ${task}: ${why}`);
    const good = checked.filter(({ problems }) => problems.length === 0).length;
    terminal.say(`${good} of ${checked.length} good, ${leftOut.length} left out`);
    return good === tasks.length && good > 0;
  });
}

export interface EvaluationOrder {
  readonly tasks: string;
  readonly choice: Choice;
  readonly pace: Pace;
  readonly run: RunChoice;
  readonly tryTask: TryTask;
  /** By role, which models the environment has asked; null where one is asked for all. */
  readonly chains: RunSettings['chains'];
  /** Makes a database that fixes copy instead of making their own; null where they shall. */
  readonly makeImage: ((folder: string) => Promise<void>) | null;
}

/** Goes through the tasks, from where an earlier process stopped, and writes and prints the table. */
export async function evaluate(order: EvaluationOrder, bench: Bench): Promise<RunEnd & { readonly errors: number }> {
  const { run, choice } = order;
  const { terminal } = bench;
  return withTasks(order.tasks, choice, bench, async ({ tasks, leftOut, scratch }) => {
    const byId = new Map(tasks.map((task) => [task.id, task]));
    const folder = await openRunFolder({
      path: run.out,
      isFresh: run.isFresh,
      settings: { version: 1, model: run.model, budgetUsd: run.budgetUsd, chains: order.chains },
      keeps: (result) => {
        const task = byId.get(result.task);
        // What this run does not look at stays what it is.
        if (task === undefined) return true;
        return task.digest === result.digest && !(run.retriesErrors && result.outcome === 'error');
      },
      leftOut: () => leftOut,
    });
    try {
      const turns = turnsLeft(tasks, folder.results, run);
      for (const { task, why } of leftOut) terminal.complain(`left out: ${task}: ${why}`);
      tellBeginning(turns, folder.results, order, terminal);
      const end = await goThrough(turns, order, { folder, scratch }, bench);
      const { results } = folder;
      const summary = folder.summary();
      terminal.say(textTable(resultColumns(summary.repeats > 1, 60), results));
      terminal.say(`\n${summaryLines(summary).join('\n')}`);
      if (end.kind !== 'complete') terminal.say(sayLeft(end, run));
      terminal.say(`written: ${join(folder.path, 'results.md')}, results.jsonl, summary.json`);
      return { ...end, errors: summary.errors };
    } finally {
      await folder.close();
    }
  });
}

const usualUsd = defaultPolicy.budget.usd;

function turnsLeft(
  tasks: readonly Task[],
  done: readonly Result[],
  { repeats, budgetUsd }: RunChoice,
): readonly Turn[] {
  const isDone = new Set(done.map(({ task, repeat }) => `${task}\0${repeat}`));
  return Array.from({ length: repeats }, (_, index) => index + 1).flatMap((repeat) =>
    tasks
      .filter(({ id }) => !isDone.has(`${id}\0${repeat}`))
      .map((task) => ({ task, repeat, budgetUsd: budgetUsd ?? task.limits.usd ?? usualUsd })),
  );
}

function tellBeginning(
  turns: readonly Turn[],
  done: readonly Result[],
  { run, pace }: EvaluationOrder,
  terminal: Terminal,
): void {
  const atMost = turns.reduce((sum, { budgetUsd }) => sum + budgetUsd, 0);
  const bound = run.totalUsd === null ? '' : `, at most $${run.totalUsd.toFixed(2)} for the run`;
  terminal.complain(
    `${turns.length} to do, ${done.length} done before, ${pace.atOnce} at once, at most $${atMost.toFixed(2)} for all fixes together${bound}`,
  );
}

async function goThrough(
  turns: readonly Turn[],
  { run, pace, tryTask, makeImage }: EvaluationOrder,
  { folder, scratch }: { folder: Awaited<ReturnType<typeof openRunFolder>>; scratch: string },
  { terminal, signal }: Bench,
): Promise<RunEnd> {
  let ended = 0;
  const options = {
    tryTask,
    records: join(folder.path, 'tasks'),
    scratch,
    model: run.model,
    databaseImage: await imageFor(turns, scratch, makeImage),
    checkTimeoutMs: pace.checkTimeoutMs,
    signal,
    now: Date.now,
  };
  return runTasks({
    turns,
    atOnce: pace.atOnce,
    totalUsd: run.totalUsd,
    spentUsd: folder.spending.spentUsd,
    signal,
    solve: async (turn) => {
      terminal.complain(`begins: ${nameOf(turn.task.id, turn.repeat, run)}`);
      const reservation = await folder.spending.reserve(turn.task.id, turn.repeat, turn.budgetUsd);
      const solved = await solveTask(turn, options);
      await reservation.settle(solved.usdAtMost);
      return solved;
    },
    onResult: async (result) => {
      ended += 1;
      await folder.add(result);
      terminal.complain(`[${ended}/${turns.length}] ${sayResult(result, run)}`);
    },
  });
}

/** Making it takes as long as one fix would need for its own. */
async function imageFor(
  turns: readonly Turn[],
  scratch: string,
  makeImage: EvaluationOrder['makeImage'],
): Promise<string | null> {
  if (turns.length < 2 || makeImage === null) return null;
  const folder = join(scratch, 'database');
  await makeImage(folder);
  return folder;
}

const nameOf = (task: string, repeat: number, { repeats }: RunChoice): string =>
  repeats > 1 ? `${task} #${repeat}` : task;

function sayResult(result: Result, run: RunChoice): string {
  const { attempts, turns, usd, hasUnknownPrice, tookMs, at, why } = result;
  const spent = `${attempts} attempt${attempts === 1 ? '' : 's'}, ${turns} turn${turns === 1 ? '' : 's'}, ${sayUsd(usd, hasUnknownPrice)}, ${sayTime(tookMs)}`;
  const where = at === null ? '' : ` (${at}: ${(why ?? '').replaceAll(/\s+/g, ' ').slice(0, 120)})`;
  return `${nameOf(result.task, result.repeat, run)}: ${result.outcome.replace('-', ' ')}${where}, ${spent}`;
}

const sayLeft = ({ kind, left }: RunEnd, { totalUsd }: RunChoice): string =>
  kind === 'budget'
    ? `${left} not done: what is left of $${(totalUsd ?? 0).toFixed(2)} is less than the budget of the next; the same command with a larger --budget-total goes on`
    : `${left} not done: stopped; the same command goes on with them`;

interface Room {
  readonly tasks: readonly Task[];
  readonly leftOut: readonly LeftOut[];
  readonly scratch: string;
}

async function withTasks<T>(
  folder: string,
  choice: Choice,
  { signal }: Bench,
  work: (room: Room) => Promise<T>,
): Promise<T> {
  const all = chosen(await readTasks(folder), choice);
  const missing = await missingPrograms();
  if (missing.length > 0)
    throw new TaskError([
      `checks run in bubblewrap, and ${missing.join(', ')} is missing; install it: apt-get install bubblewrap util-linux`,
    ]);
  const scratch = await mkdtemp(join(await realpath(tmpdir()), 'ai-fix-eval-'));
  // The sandbox's user has to pass, not to look around.
  await chmod(scratch, 0o711);
  try {
    const { able, leftOut } = await sortByNeeds(all, scratch, signal);
    return await work({ tasks: able, leftOut, scratch });
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
