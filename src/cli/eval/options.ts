import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { type Arguments, readArguments } from '../arguments.ts';
import { UsageError } from '../command.ts';
import type { Task } from './task.ts';
import { TaskError } from './task-problems.ts';

const kinds = {
  out: 'string',
  jobs: 'string',
  only: 'string',
  tags: 'string',
  repeat: 'string',
  budget: 'string',
  'budget-total': 'string',
  model: 'string',
  minutes: 'string',
  'check-minutes': 'string',
  fresh: 'boolean',
  'retry-errors': 'boolean',
  'check-tasks': 'boolean',
  compare: 'boolean',
} as const;

/** What `ai-fix eval` is asked to do. */
export type EvalOrder =
  | { readonly kind: 'help' }
  | { readonly kind: 'compare'; readonly first: string; readonly second: string }
  | { readonly kind: 'check'; readonly tasks: string; readonly choice: Choice; readonly pace: Pace }
  | {
      readonly kind: 'run';
      readonly tasks: string;
      readonly choice: Choice;
      readonly pace: Pace;
      readonly run: RunChoice;
    };

export interface Choice {
  readonly only: readonly string[];
  readonly tags: readonly string[];
}

export interface Pace {
  readonly atOnce: number;
  /** Of one check, and of the hidden tests. */
  readonly checkTimeoutMs: number;
}

export interface RunChoice {
  readonly out: string;
  readonly repeats: number;
  /** Null leaves it to the task, or to what is usual. */
  readonly budgetUsd: number | null;
  readonly totalUsd: number | null;
  readonly model: string | null;
  /** For one fix as a whole. */
  readonly deadlineMs: number;
  readonly isFresh: boolean;
  readonly retriesErrors: boolean;
}

/** Each fix has a database and a model's conversation of its own; checks take the cores. */
const usualAtOnce = (): number => Math.max(1, Math.min(8, Math.floor(availableParallelism() / 2)));
const minuteMs = 60_000;

/** @throws {UsageError} */
export function readEvalOrder(args: readonly string[]): EvalOrder {
  const { options, operands, wantsHelp } = readArguments(args, kinds, 2);
  if (wantsHelp) return { kind: 'help' };
  const [first, second] = operands;
  if (options.compare === true) {
    refuseOthers(options, ['compare'], '--compare');
    if (first === undefined || second === undefined) throw new UsageError('--compare needs two folders of runs');
    return { kind: 'compare', first, second };
  }
  if (first === undefined) throw new UsageError('a folder of tasks is missing: ai-fix eval <tasks>');
  if (second !== undefined) throw new UsageError(`nothing is expected at ${JSON.stringify(second.slice(0, 80))}`);
  const choice = { only: listOf(options.only), tags: listOf(options.tags) };
  const pace = {
    atOnce: whole('jobs', options.jobs, 1, 64) ?? usualAtOnce(),
    checkTimeoutMs: (amount('check-minutes', options['check-minutes'], 24 * 60) ?? 10) * minuteMs,
  };
  if (options['check-tasks'] === true) {
    refuseOthers(options, ['check-tasks', 'only', 'tags', 'jobs', 'check-minutes'], '--check-tasks');
    return { kind: 'check', tasks: first, choice, pace };
  }
  return { kind: 'run', tasks: first, choice, pace, run: runChoice(options, first) };
}

function runChoice(options: Arguments<typeof kinds>['options'], tasks: string): RunChoice {
  const model = options.model ?? null;
  if (model !== null && !/^[^\s/]+\/\S+$/.test(model))
    throw new UsageError(`--model: found ${JSON.stringify(model.slice(0, 80))}; allowed: provider/model`);
  return {
    out: resolve(options.out ?? `.eval/${basename(resolve(tasks))}`),
    repeats: whole('repeat', options.repeat, 1, 100) ?? 1,
    budgetUsd: amount('budget', options.budget, 1_000) ?? null,
    totalUsd: amount('budget-total', options['budget-total'], 100_000) ?? null,
    model,
    deadlineMs: (amount('minutes', options.minutes, 7 * 24 * 60) ?? 120) * minuteMs,
    isFresh: options.fresh === true,
    retriesErrors: options['retry-errors'] === true,
  };
}

function refuseOthers(options: object, allowed: readonly string[], mode: string): void {
  const stray = Object.keys(options).find((name) => !allowed.includes(name));
  if (stray !== undefined) throw new UsageError(`--${stray} is not for ${mode}`);
}

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `--${name}: found ${JSON.stringify(text.slice(0, 40))}; allowed: a whole number from ${least} to ${most}`,
  );
}

function amount(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && value > 0 && value <= most) return value;
  throw new UsageError(
    `--${name}: found ${JSON.stringify(text.slice(0, 40))}; allowed: a number above 0, at most ${most}`,
  );
}

/** @throws {TaskError} for a name that no task has, or when nothing is left. */
export function chosen(tasks: readonly Task[], { only, tags }: Choice): readonly Task[] {
  const ids = tasks.map(({ id }) => id);
  const known = new Set([...ids, ...tasks.flatMap(({ tags: own, language }) => [...own, language])]);
  const strange = [
    ...only
      .filter((name) => !ids.includes(name))
      .map((name) => `--only: there is no task ${JSON.stringify(name)}; there are: ${ids.join(', ')}`),
    ...tags
      .filter((name) => !known.has(name))
      .map(
        (name) =>
          `--tags: no task has the tag or language ${JSON.stringify(name)}; there are: ${[...known]
            .filter((each) => !ids.includes(each))
            .sort()
            .join(', ')}`,
      ),
  ];
  if (strange.length > 0) throw new TaskError(strange);
  const left = tasks.filter(
    (task) =>
      (only.length === 0 || only.includes(task.id)) &&
      (tags.length === 0 || tags.some((name) => name === task.language || task.tags.includes(name))),
  );
  if (left.length === 0) throw new TaskError(['--only and --tags together leave no task']);
  return left;
}
