import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asSha } from '../../domain/ids.ts';
import type { CheckEnd } from '../../local/run-check.ts';
import { openJudge } from './judge.ts';
import { type HiddenVerdict, type Outcome, outcomeOf, type Tried } from './outcome.ts';
import type { Result } from './results.ts';
import type { Turn } from './run-tasks.ts';
import type { Task } from './task.ts';
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
 */
export async function solveTask(turn: Turn, options: SolveOptions): Promise<Result | null> {
  const { task, repeat } = turn;
  const record = join(options.records, repeat === 1 ? task.id : `${task.id}-${repeat}`);
  const scratch = join(options.scratch, `${task.id}-${repeat}`);
  const beganMs = options.now();
  await rm(record, { recursive: true, force: true });
  await mkdir(record, { recursive: true });
  await mkdir(join(scratch, 'try'), { recursive: true });
  try {
    const repository = await openTaskRepository(task, scratch);
    const order = await orderOf(turn, repository, record, join(scratch, 'try'), options);
    const end = await options.tryTask(order, options.signal);
    if (end.kind === 'stopped') return null;
    const facts = { turn, base: repository.base, tookMs: options.now() - beganMs, nowMs: options.now() };
    if (end.kind !== 'ended') return lost(facts, end);
    await writeFile(join(record, 'try.json'), end.json);
    const hidden = await judgeHidden(task, repository, end.tried, scratch, options);
    if (options.signal.aborted) return null;
    if (hidden !== null) await writeFile(join(record, 'hidden-tests.log'), hidden.tail);
    return told(facts, end.tried, hidden);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
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

const verdictOf = ({ conclusion, tookMs, log }: CheckEnd): HiddenVerdict => ({
  conclusion: conclusion === 'success' ? 'passed' : conclusion === 'timed_out' ? 'timed-out' : 'failed',
  tookMs,
  tail: log.tail(tailBytes),
});

interface Facts {
  readonly turn: Turn;
  readonly base: string;
  readonly tookMs: number;
  readonly nowMs: number;
}

function told(facts: Facts, tried: Tried, hidden: HiddenVerdict | null): Result {
  const { turns, tokens, usd, hasUnknownPrice, models, workedMs, commit } = tried;
  const attempts = tried.attempts.length;
  const spent = { attempts, turns, tokens, usd, usdAtMost: usd, hasUnknownPrice, models, workedMs, commit, hidden };
  return { ...common(facts), ...outcomeFields(outcomeOf(tried, hidden)), ...spent };
}

/** The process ended without a word, so that what it spent is not known: at most what it was given. */
function lost(facts: Facts, end: Exclude<TryEnd, { kind: 'ended' | 'stopped' }>): Result {
  const outcome: Outcome =
    end.kind === 'timed-out'
      ? { kind: 'unsolved', at: 'time', why: 'it did not end within the time of the run' }
      : { kind: 'error', at: 'crash', why: end.why };
  return {
    ...common(facts),
    ...outcomeFields(outcome),
    ...{ attempts: 0, turns: 0, tokens: 0, usd: 0, usdAtMost: facts.turn.budgetUsd, hasUnknownPrice: true, models: [] },
    ...{ workedMs: 0, commit: null, hidden: null },
  };
}

const common = ({ turn: { task, repeat }, base, tookMs, nowMs }: Facts) =>
  ({
    version: 1 as const,
    task: task.id,
    repeat,
    digest: task.digest,
    language: task.language,
    tags: [...task.tags],
    base,
    tookMs,
    endedAt: new Date(nowMs).toISOString(),
  }) satisfies Partial<Result>;

const outcomeFields = (outcome: Outcome): Pick<Result, 'outcome' | 'at' | 'why'> =>
  outcome.kind === 'solved'
    ? { outcome: 'solved', at: null, why: null }
    : { outcome: outcome.kind, at: outcome.at, why: outcome.why.slice(0, 500) };
