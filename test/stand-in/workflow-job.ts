/** One job: its steps one after the other, in one container, with what a step leaves for the next. */
import { now } from './clock.ts';
import type { JobContainer, ScriptEnd } from './job-container.ts';
import type { Json, JsonObject } from './json.ts';
import type { NextId, RunJob, RunStep, WorkflowRun } from './run-records.ts';
import { logLine, readPairs } from './step-output.ts';
import { runAction } from './workflow-actions.ts';
import { type Expressions, expressions } from './workflow-expressions.ts';
import type { JobDefinition, Step } from './workflow-file.ts';

export interface JobOrder {
  readonly run: WorkflowRun;
  readonly job: RunJob;
  readonly definition: JobDefinition;
  /** `github`, `inputs`, `needs`, `matrix`, … */
  readonly contexts: JsonObject;
  readonly container: JobContainer;
  readonly cloneUrl: string;
  readonly nextId: NextId;
  /** Aborted when the run is cancelled or a sibling failed fast. */
  readonly signal: AbortSignal;
}

export interface JobEnd {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly outputs: Readonly<Record<string, string>>;
}

interface Progress {
  readonly order: JobOrder;
  readonly expressions: Expressions;
  readonly environment: Record<string, string>;
  readonly paths: string[];
  readonly steps: Record<string, Json>;
  readonly deadlineMs: number;
  hasFailed: boolean;
}

/** Never throws for what the workflow does wrong: that is a failed job with a line in its log. */
export async function runJob(order: JobOrder): Promise<JobEnd> {
  const progress = begin(order);
  const { job, definition, run } = order;
  addStep(job, 'Set up job', 'success');
  job.log.add('Current runner version: stand-in');
  attempt(progress, () => {
    for (const layer of [run.definition.env, definition.env])
      Object.assign(progress.environment, fill(progress, layer));
  });
  for (const step of definition.steps) {
    if (order.signal.aborted) break;
    await runStep(progress, step);
  }
  addStep(job, 'Complete job', 'success');
  let outputs = {};
  attempt(progress, () => {
    outputs = fill(progress, definition.outputs);
  });
  const ended = progress.hasFailed ? 'failure' : 'success';
  return { conclusion: order.signal.aborted ? 'cancelled' : ended, outputs };
}

function begin(order: JobOrder): Progress {
  const environment: Record<string, string> = {};
  const steps: Record<string, Json> = {};
  const standing = () => ({ hasFailed: progress.hasFailed, isCancelled: order.signal.aborted });
  const contexts = (): JsonObject => ({
    ...order.contexts,
    env: environment,
    steps,
    job: { status: progress.hasFailed ? 'failure' : 'success' },
    runner: { os: 'Linux', arch: 'X64', temp: order.container.seen.temp, name: 'stand-in' },
  });
  const progress: Progress = {
    order,
    expressions: expressions(contexts, standing),
    environment,
    paths: [],
    steps,
    deadlineMs: Date.now() + minutes(order.definition['timeout-minutes']),
    hasFailed: false,
  };
  return progress;
}

const minutes = (value: string | number | boolean): number => (Number(value) || 360) * 60_000;

/** Runs what may throw for a bad expression; then the job has failed. */
function attempt(progress: Progress, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    progress.order.job.log.add(`##[error]${error instanceof Error ? error.message : String(error)}`);
    progress.hasFailed = true;
    return false;
  }
}

function fill(progress: Progress, values: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, progress.expressions.text(value)]));
}

function addStep(job: RunJob, name: string, conclusion: string | null): RunStep {
  const time = now();
  const step: RunStep = {
    name,
    number: job.steps.length + 1,
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    startedAt: time,
    completedAt: conclusion === null ? null : time,
  };
  job.steps.push(step);
  return step;
}

async function runStep(progress: Progress, step: Step): Promise<void> {
  const { job } = progress.order;
  const fallback = step.uses === undefined ? `Run ${step.run?.split('\n')[0] ?? ''}` : `Run ${step.uses}`;
  let name = fallback;
  let mayRun = false;
  const isWellFormed = attempt(progress, () => {
    name = step.name === undefined ? fallback : progress.expressions.text(step.name);
    mayRun = progress.expressions.condition(step.if);
  });
  if (!mayRun) {
    addStep(job, name, isWellFormed ? 'skipped' : 'failure');
    if (step.id !== undefined) progress.steps[step.id] = { outputs: {}, outcome: 'skipped', conclusion: 'skipped' };
    return;
  }
  const record = addStep(job, name, null);
  const { isSuccess, outputs } = await execute(progress, step, name);
  const mayFail = isTrue(progress, step['continue-on-error']);
  if (!isSuccess && !mayFail) progress.hasFailed = true;
  const outcome = isSuccess ? 'success' : 'failure';
  const conclusion = isSuccess || mayFail ? 'success' : 'failure';
  if (step.id !== undefined) progress.steps[step.id] = { outputs, outcome, conclusion };
  const ended = progress.order.signal.aborted ? 'cancelled' : conclusion;
  Object.assign(record, { status: 'completed', conclusion: ended, completedAt: now() });
}

function isTrue(progress: Progress, value: string | number | boolean): boolean {
  let answer = false;
  attempt(progress, () => {
    answer = progress.expressions.value(value) === true;
  });
  return answer;
}

interface StepEnd {
  readonly isSuccess: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

async function execute(progress: Progress, step: Step, name: string): Promise<StepEnd> {
  const { job, run, container, cloneUrl, nextId } = progress.order;
  try {
    if (step.uses === undefined) return await runScript(progress, step, name);
    job.log.add(`##[group]Run ${step.uses}`);
    job.log.add('##[endgroup]');
    const inputs = fill(progress, step.with);
    const log = (line: string): void => job.log.add(line);
    await runAction({ uses: step.uses, inputs, run, container, cloneUrl, nextId, log });
    return { isSuccess: true, outputs: {} };
  } catch (error) {
    job.log.add(`##[error]${error instanceof Error ? error.message : String(error)}`);
    return { isSuccess: false, outputs: {} };
  }
}

async function runScript(progress: Progress, step: Step, name: string): Promise<StepEnd> {
  const { order, expressions: at } = progress;
  const { job } = order;
  const script = at.text(step.run);
  job.log.add(`##[group]Run ${script.split('\n')[0]}`);
  for (const line of script.trimEnd().split('\n')) job.log.add(line);
  job.log.add('##[endgroup]');
  const defaults = { ...order.run.definition.defaults.run, ...order.definition.defaults.run };
  const ended = await order.container.run({
    script,
    command: shellCommand(step.shell ?? defaults.shell),
    environment: { ...githubEnvironment(order), ...progress.environment, ...fill(progress, step.env) },
    paths: progress.paths,
    folder: at.text(step['working-directory'] ?? defaults['working-directory'] ?? '.'),
    timeoutMs: Math.max(0, Math.min(progress.deadlineMs - Date.now(), minutes(step['timeout-minutes']))),
    signal: order.signal,
    onLine: (line) => logLine(job, line),
  });
  if (ended.end === 'timed-out') job.log.add(`##[error]The action '${name}' has timed out.`);
  if (ended.end === 'cancelled') job.log.add('##[error]The operation was canceled.');
  if (ended.end === 'exited' && ended.code !== 0) {
    job.log.add(`##[error]Process completed with exit code ${ended.code}.`);
  }
  return { isSuccess: ended.code === 0 && ended.end === 'exited', outputs: takeAnswers(progress, ended) };
}

/** Without a shell named, GitHub runs `bash -e`: a pipe's failures are lost. With `shell: bash` they are not. */
function shellCommand(shell: string | undefined): readonly string[] {
  if (shell === undefined) return ['bash', '-e', '{0}'];
  if (shell === 'bash') return ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '{0}'];
  if (shell === 'sh') return ['sh', '-e', '{0}'];
  if (shell === 'python') return ['python3', '{0}'];
  if (shell.includes('{0}')) return shell.split(/\s+/);
  throw new Error(`this runner does not know the shell ${shell}`);
}

function githubEnvironment({ run, job, cloneUrl }: JobOrder): Record<string, string> {
  const server = new URL(cloneUrl).origin;
  return {
    GITHUB_SHA: run.sha,
    GITHUB_REF: `refs/heads/${run.branch}`,
    GITHUB_REF_NAME: run.branch,
    GITHUB_REPOSITORY: run.repository.fullName,
    GITHUB_REPOSITORY_OWNER: run.repository.owner,
    GITHUB_RUN_ID: String(run.id),
    GITHUB_RUN_NUMBER: String(run.number),
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    GITHUB_WORKFLOW: run.workflow.name,
    GITHUB_EVENT_NAME: run.event,
    GITHUB_ACTOR: run.actor,
    GITHUB_JOB: job.name,
    GITHUB_SERVER_URL: server,
    GITHUB_API_URL: `${server}/api/v3`,
  };
}

function takeAnswers(progress: Progress, { answers }: ScriptEnd): Record<string, string> {
  Object.assign(progress.environment, readPairs(answers.env));
  const added = answers.path.split('\n').filter((line) => line !== '');
  progress.paths.unshift(...added.reverse());
  return readPairs(answers.output);
}
