/** One run: its jobs in the order of their needs, each as often as its matrix says. */
import { setMaxListeners } from 'node:events';
import { now } from './clock.ts';
import { type ContainerOptions, openContainer } from './job-container.ts';
import { asObject, isObject, type Json, type JsonObject } from './json.ts';
import { createJob, type NextId, type RunJob, type WorkflowRun } from './run-records.ts';
import { expressions } from './workflow-expressions.ts';
import type { JobDefinition } from './workflow-file.ts';
import { type JobEnd, runJob } from './workflow-job.ts';

export interface RunSurroundings {
  readonly url: string;
  readonly container: ContainerOptions;
  readonly nextId: NextId;
  /** Bounds how many jobs work at once over all runs. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Called when a job changed its status, before anything goes on. */
  onChange(run: WorkflowRun, job: RunJob): Promise<void>;
}

type Result = 'success' | 'failure' | 'cancelled' | 'skipped';
interface GroupEnd {
  readonly result: Result;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Sets jobs and conclusion of the run. Cancelling is done by `run.abort`. */
export async function executeRun(run: WorkflowRun, surroundings: RunSurroundings): Promise<void> {
  const groups = new Map<string, Promise<GroupEnd>>();
  const start = (id: string): Promise<GroupEnd> => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const definition = run.definition.jobs[id];
    if (definition === undefined) throw new Error(`there is no job ${id}`);
    const started = (async () => {
      const needs: Record<string, GroupEnd> = {};
      for (const need of definition.needs) needs[need] = await start(need);
      return runGroup(run, surroundings, id, definition, needs);
    })();
    groups.set(id, started);
    return started;
  };
  const ends = await Promise.all(Object.keys(run.definition.jobs).map(start));
  const has = (result: Result): boolean => ends.some((end) => end.result === result);
  const finished = has('failure') ? 'failure' : has('success') ? 'success' : 'skipped';
  run.conclusion = run.abort.signal.aborted || has('cancelled') ? 'cancelled' : finished;
}

/** The contexts that do not depend on a step. */
export function runContexts(run: Omit<WorkflowRun, 'title'>): JsonObject {
  return {
    github: {
      sha: run.sha,
      ref: `refs/heads/${run.branch}`,
      ref_name: run.branch,
      ref_type: 'branch',
      repository: run.repository.fullName,
      repository_owner: run.repository.owner,
      run_id: String(run.id),
      run_number: String(run.number),
      run_attempt: String(run.attempt),
      workflow: run.workflow.name,
      event_name: run.event,
      event: { inputs: run.inputs },
      actor: run.actor,
      triggering_actor: run.actor,
      token: '',
    },
    inputs: run.inputs,
    vars: {},
    secrets: {},
  };
}

async function runGroup(
  run: WorkflowRun,
  surroundings: RunSurroundings,
  id: string,
  definition: JobDefinition,
  needs: Readonly<Record<string, GroupEnd>>,
): Promise<GroupEnd> {
  const results = Object.values(needs).map((need) => need.result);
  const standing = () => ({
    hasFailed: results.some((result) => result !== 'success'),
    isCancelled: run.abort.signal.aborted,
  });
  const needsContext = Object.fromEntries(Object.entries(needs).map(([name, end]) => [name, { ...end }]));
  const contexts: JsonObject = { ...runContexts(run), needs: needsContext };
  const plain = expressions(() => contexts, standing);
  let combinations: JsonObject[];
  try {
    if (!plain.condition(definition.if)) return await endEarly(run, surroundings, id, 'skipped');
    combinations = expandMatrix(plain.value(definition.strategy.matrix));
  } catch (error) {
    return endEarly(run, surroundings, id, 'failure', error instanceof Error ? error.message : String(error));
  }
  const isFailFast = plain.value(definition.strategy['fail-fast']) !== false;
  const stop = new AbortController();
  const signal = AbortSignal.any([run.abort.signal, stop.signal]);
  setMaxListeners(0, signal);
  const ends = await Promise.all(
    combinations.map(async (matrix) => {
      const withMatrix = { ...contexts, matrix, strategy: { 'job-total': combinations.length } };
      const named = expressions(() => withMatrix, standing);
      const job = createJob(surroundings.nextId(), jobName(named.text(definition.name), id, definition, matrix));
      run.jobs.push(job);
      const end = await runOne(run, surroundings, definition, job, withMatrix, signal);
      if (end.conclusion === 'failure' && isFailFast) stop.abort();
      return end;
    }),
  );
  const mayFail = plain.value(definition['continue-on-error']) === true;
  return summarize(ends, run.abort.signal.aborted, mayFail);
}

function summarize(ends: readonly JobEnd[], isCancelled: boolean, mayFail: boolean): GroupEnd {
  const outputs = Object.assign({}, ...ends.map((end) => end.outputs));
  const hasFailed = ends.some((end) => end.conclusion === 'failure');
  const ended = hasFailed ? (mayFail ? 'success' : 'failure') : 'success';
  return { result: isCancelled ? 'cancelled' : ended, outputs };
}

async function endEarly(
  run: WorkflowRun,
  surroundings: RunSurroundings,
  id: string,
  result: 'skipped' | 'failure',
  message?: string,
): Promise<GroupEnd> {
  // GitHub fills no expression in the name of a job that never began.
  const job = createJob(surroundings.nextId(), run.definition.jobs[id]?.name ?? id);
  run.jobs.push(job);
  if (message !== undefined) job.log.add(`##[error]${message}`);
  const conclusion = run.abort.signal.aborted ? 'cancelled' : result;
  Object.assign(job, { status: 'completed', conclusion, startedAt: now(), completedAt: now() });
  await surroundings.onChange(run, job);
  return { result: conclusion, outputs: {} };
}

async function runOne(
  run: WorkflowRun,
  surroundings: RunSurroundings,
  definition: JobDefinition,
  job: RunJob,
  contexts: JsonObject,
  signal: AbortSignal,
): Promise<JobEnd> {
  const end = await surroundings.inTurn(async (): Promise<JobEnd> => {
    if (signal.aborted) return { conclusion: 'cancelled', outputs: {} };
    Object.assign(job, { status: 'in_progress', startedAt: now() });
    await surroundings.onChange(run, job);
    const container = await openContainer(surroundings.container);
    try {
      const cloneUrl = `${surroundings.url}/${run.repository.fullName}`;
      const { nextId } = surroundings;
      return await runJob({ run, job, definition, contexts, container, cloneUrl, nextId, signal });
    } finally {
      await container.remove();
    }
  });
  Object.assign(job, { status: 'completed', conclusion: end.conclusion, completedAt: now() });
  await surroundings.onChange(run, job);
  return end;
}

/** GitHub appends the combination to a name that does not speak of it. */
function jobName(given: string, id: string, { name }: JobDefinition, matrix: JsonObject): string {
  const values = Object.values(matrix).map((value) => (isObject(value) ? JSON.stringify(value) : String(value)));
  if (values.length === 0 || /\$\{\{.*\bmatrix\./s.test(name ?? '')) return given || id;
  return `${given || id} (${values.join(', ')})`;
}

/** Lists multiply, `exclude` takes away, `include` extends or adds, as GitHub describes it. */
export function expandMatrix(matrix: Json): JsonObject[] {
  if (!isObject(matrix)) return [{}];
  const { include, exclude, ...lists } = matrix;
  let combinations: Record<string, Json | undefined>[] = [{}];
  for (const [name, values] of Object.entries(lists)) {
    if (!Array.isArray(values)) throw new Error(`matrix.${name} is no list`);
    combinations = combinations.flatMap((one) => values.map((value: Json) => ({ ...one, [name]: value })));
  }
  const excluded = listOfObjects(exclude);
  combinations = combinations.filter((one) => !excluded.some((rule) => agrees(one, rule, Object.keys(rule))));
  if (Object.keys(lists).length === 0) combinations = [];
  const originals = combinations.map((one) => ({ ...one }));
  for (const extra of listOfObjects(include)) {
    const shared = Object.keys(extra).filter((key) => key in lists);
    const fitting = combinations.filter((_, index) => agrees(originals[index] ?? {}, extra, shared));
    for (const one of fitting) Object.assign(one, extra);
    if (fitting.length === 0) combinations.push({ ...extra });
  }
  if (combinations.length === 0) throw new Error('the matrix holds no combination');
  return combinations;
}

const listOfObjects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.map(asObject) : []);

const agrees = (one: JsonObject, rule: JsonObject, keys: readonly string[]): boolean =>
  keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(rule[key]));
