import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asSha } from '../../domain/ids.ts';
import type { CheckEnd } from '../../local/run-check.ts';
import { lacksProgram, openJudge } from './judge.ts';
import { type HiddenVerdict, type Outcome, outcomeOf, type Tried } from './outcome.ts';
import type { Result } from './results.ts';
import type { Solved, Turn } from './run-tasks.ts';
import type { Task } from './task.ts';
import { TaskError } from './task-problems.ts';
import { openTaskRepository, type TaskRepository } from './task-repository.ts';

/** What the fix is asked to do: all that it may know of a task. */
export interface TryOrder {
  /** The bare repository, at whose `main` it begins. */
  readonly repository: string;
  readonly issue: Task['issue'];
  readonly checks: Task['checks'];
  readonly setUp: string | null;
  readonly budget: {
    readonly usd: number;
    readonly attempts: number | null;
    readonly minutes: number | null;
    readonly tokens: number | null;
  };
  /** `provider/model` for every role; null where the environment decides. */
  readonly model: string | null;
  /** Its own, for what it keeps while it works. */
  readonly folder: string;
  /** Where its progress goes. */
  readonly logFile: string;
  /** See `TryTuning`; null where its database is made from the start. */
  readonly databaseImage: string | null;
}

export type TryEnd =
  | { readonly kind: 'ended'; readonly tried: Tried; readonly json: string }
  /** By the signal that the order was given with. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed'; readonly why: string };

/** Runs `ai-fix try`, in a process of its own. */
export type TryTask = (order: TryOrder, signal: AbortSignal) => Promise<TryEnd>;

export interface SolveOptions {
  readonly tryTask: TryTask;
  /** The run's folder for records. */
  readonly records: string;
  /** Where cells and repositories are made. */
  readonly scratch: string;
  readonly model: string | null;
  readonly databaseImage: string | null;
  readonly checkTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

const tailBytes = 4_000;

/**
 * One task from its base commit to its result. The hidden tests come in only after the fix has ended and its process is
 * gone: they are laid over the final commit as git objects, and run in a cell of their own.
 *
 * What fails around it is an error of this one task, with what was spent on it.
 */
export async function solveTask(turn: Turn, options: SolveOptions): Promise<Solved> {
  const { task, repeat } = turn;
  const scratch = join(options.scratch, `${task.id}-${repeat}`);
  const beganMs = options.now();
  const seen: Seen = { base: null, usdAtMost: 0, tried: null };
  const facts = (): Facts => ({ turn, base: seen.base, tookMs: options.now() - beganMs, nowMs: options.now() });
  try {
    return { result: await solve(turn, scratch, seen, facts, options), usdAtMost: seen.usdAtMost };
  } catch (error) {
    if (options.signal.aborted) return { result: null, usdAtMost: seen.usdAtMost };
    const outcome: Outcome = { kind: 'error', at: 'crash', why: sayFault(error) };
    return { result: resultOf(facts(), outcome, seen), usdAtMost: seen.usdAtMost };
  } finally {
    // What a fix left that cannot be removed takes no result away; the run's own folder goes later.
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** What is known of a turn so far. */
interface Seen {
  base: string | null;
  usdAtMost: number;
  tried: Tried | null;
}

async function solve(
  turn: Turn,
  scratch: string,
  seen: Seen,
  facts: () => Facts,
  options: SolveOptions,
): Promise<Result | null> {
  const { task, repeat, budgetUsd } = turn;
  const record = join(options.records, repeat === 1 ? task.id : `${task.id}-${repeat}`);
  await rm(record, { recursive: true, force: true });
  await mkdir(record, { recursive: true });
  await mkdir(join(scratch, 'try'), { recursive: true });
  // Whatever the umask is: the sandbox's user has to pass.
  for (const folder of [scratch, join(scratch, 'try')]) await chmod(folder, 0o711);
  const repository = await openTaskRepository(task, scratch);
  seen.base = repository.base;
  const order = await orderOf(turn, repository, record, join(scratch, 'try'), options);
  if (options.signal.aborted) return null;
  seen.usdAtMost = budgetUsd;
  const end = await options.tryTask(order, options.signal);
  if (end.kind === 'stopped') return null;
  if (end.kind !== 'ended') return resultOf(facts(), outcomeOfLost(end), seen);
  seen.tried = end.tried;
  seen.usdAtMost = end.tried.usd;
  await writeFile(join(record, 'try.json'), end.json);
  if (options.signal.aborted) return null;
  const hidden = await judgeHidden(task, repository, end.tried, scratch, options);
  if (options.signal.aborted) return null;
  if (hidden !== null) await writeFile(join(record, 'hidden-tests.log'), hidden.tail);
  return resultOf(facts(), outcomeOf(end.tried, hidden), seen, hidden);
}

async function orderOf(
  { task, budgetUsd }: Turn,
  repository: TaskRepository,
  record: string,
  folder: string,
  { model, databaseImage }: SolveOptions,
): Promise<TryOrder> {
  const { attempts = null, minutes = null, tokens = null } = task.limits;
  return {
    repository: repository.gitDir,
    issue: task.issue,
    checks: task.checks,
    setUp: task.setUp,
    budget: { usd: budgetUsd, attempts, minutes, tokens },
    model,
    folder,
    logFile: join(record, 'progress.log'),
    databaseImage,
  };
}

async function judgeHidden(
  task: Task,
  repository: TaskRepository,
  { commit }: Tried,
  scratch: string,
  { checkTimeoutMs, signal }: SolveOptions,
): Promise<HiddenVerdict | null> {
  if (commit === null) return null;
  const judge = openJudge(task, repository, scratch, checkTimeoutMs);
  try {
    return verdictOf(await judge.hidden(asSha(commit), signal));
  } finally {
    await judge.close();
  }
}

function verdictOf(end: CheckEnd): HiddenVerdict {
  const { conclusion, failedStep, tookMs, log } = end;
  const told = { tookMs, tail: log.tail(tailBytes) };
  if (conclusion === 'success') return { conclusion: 'passed', ...told };
  if (failedStep === 'set-up' || lacksProgram(end)) return { conclusion: 'not-run', ...told };
  return { conclusion: conclusion === 'timed_out' ? 'timed-out' : 'failed', ...told };
}

interface Facts {
  readonly turn: Turn;
  readonly base: string | null;
  readonly tookMs: number;
  readonly nowMs: number;
}

const outcomeOfLost = (end: Exclude<TryEnd, { kind: 'ended' | 'stopped' }>): Outcome =>
  end.kind === 'timed-out'
    ? { kind: 'unsolved', at: 'time', why: 'it did not end within the time of the run' }
    : { kind: 'error', at: 'crash', why: end.why };

/** Of a process that ended without a word it is not known what it spent: at most what it was given. */
const untold = { turns: 0, tokens: 0, usd: 0, models: [], workedMs: 0, commit: null };

function resultOf(
  { turn: { task, repeat }, base, tookMs, nowMs }: Facts,
  outcome: Outcome,
  { tried, usdAtMost }: Seen,
  hidden: HiddenVerdict | null = null,
): Result {
  const { turns, tokens, usd, models, workedMs, commit } = tried ?? untold;
  return {
    ...{ version: 1, task: task.id, repeat, digest: task.digest, language: task.language, tags: [...task.tags] },
    ...outcomeFields(outcome),
    ...{ attempts: tried?.attempts.length ?? 0, turns, tokens, usd, usdAtMost },
    hasUnknownPrice: tried?.hasUnknownPrice ?? usdAtMost > 0,
    ...{ models, tookMs, workedMs, base, commit, hidden },
    endedAt: new Date(nowMs).toISOString(),
  };
}

const outcomeFields = (outcome: Outcome): Pick<Result, 'outcome' | 'at' | 'why'> =>
  outcome.kind === 'solved'
    ? { outcome: 'solved', at: null, why: null }
    : { outcome: outcome.kind, at: outcome.at, why: outcome.why.slice(0, 500) };

const sayFault = (error: unknown): string =>
  error instanceof TaskError ? error.problems.join('; ') : error instanceof Error ? error.message : String(error);
