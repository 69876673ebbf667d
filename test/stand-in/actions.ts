import { once } from 'node:events';
import { now } from './clock.ts';
import { type DispatchOrder, dispatch, type StartOrder } from './dispatch.ts';
import { gitOrNull, gitText } from './git.ts';
import type { ContainerOptions } from './job-container.ts';
import type { Repository } from './repository.ts';
import { tellJob, tellRun, tellSuite } from './run-events.ts';
import type { NextId, RunJob, Workflow, WorkflowRun } from './run-records.ts';
import { type Answer, notFound, type Site } from './site.ts';
import { createTampering, type Tampering } from './tampering.ts';
import { expressions } from './workflow-expressions.ts';
import { executeRun, type RunSurroundings, runContexts } from './workflow-run.ts';

export interface ActionsOptions {
  readonly container: ContainerOptions;
  /** Runs younger than this are in no listing yet, as on GitHub. */
  readonly listingDelayMs: number;
  /** False answers as GitHub Enterprise Servers that do not know `return_run_details`. */
  readonly supportsRunDetails: boolean;
}

/** Workflows and their runs, executed for real. */
export interface Actions {
  readonly options: ActionsOptions;
  readonly runs: readonly WorkflowRun[];
  workflows(repository: Repository): Promise<readonly Workflow[]>;
  /** By id or file name, on the default branch. */
  findWorkflow(repository: Repository, asked: string): Promise<Workflow | null>;
  dispatch(order: DispatchOrder): Promise<Answer>;
  /** Starts a run as another event than a dispatch would, for instance `push`: for tests of failing checks. */
  start(order: StartOrder): Promise<WorkflowRun>;
  rerun(run: WorkflowRun, login: string): void;
  /** What the API says of them instead of the truth. */
  readonly tampering: Tampering;
  readonly nextId: NextId;
}

const jobsAtOnce = 2;

export function createActions(site: Site, options: ActionsOptions): Actions {
  const runs: WorkflowRun[] = [];
  const workflowIds = new Map<string, number>();
  // Jobs are check runs too, and emulate numbers its own from 1.
  let lastId = 100_000;
  const nextId: NextId = () => ++lastId;
  const surroundings: RunSurroundings = {
    url: site.url,
    container: options.container,
    nextId,
    inTurn: limit(jobsAtOnce),
    onChange: (run, job) => follow(site, run, job),
  };
  const begin = (run: WorkflowRun): void => {
    run.finished = execute(site, run, surroundings).catch((error: unknown) => {
      site.journal.note(`run ${run.id}: ${error instanceof Error ? error.stack : String(error)}`);
      Object.assign(run, { status: 'completed', conclusion: 'failure', updatedAt: now() });
    });
  };
  const idOf = (repository: Repository, path: string): number => {
    const key = `${repository.fullName}:${path}`;
    const id = workflowIds.get(key) ?? nextId();
    workflowIds.set(key, id);
    return id;
  };

  const actions: Actions = {
    options,
    runs,
    tampering: createTampering(nextId),
    nextId,
    workflows: (repository) => listWorkflows(repository, idOf),
    async start(order) {
      const number = runs.filter((one) => one.workflow.id === order.workflow.id).length + 1;
      const run = await freshRun(order, nextId(), number);
      runs.push(run);
      begin(run);
      return run;
    },
    async dispatch(order) {
      const workflow = await actions.findWorkflow(order.repository, order.workflow);
      return workflow === null
        ? notFound()
        : dispatch({ url: site.url, ...options, start: actions.start }, order, workflow);
    },
    async findWorkflow(repository, asked) {
      const known = await actions.workflows(repository);
      return known.find(({ id, path }) => String(id) === asked || path === `.github/workflows/${asked}`) ?? null;
    },
    rerun(run, login) {
      Object.assign(run, { attempt: run.attempt + 1, status: 'queued', conclusion: null, artifacts: [] });
      Object.assign(run, { earlierJobs: [...run.earlierJobs, ...run.jobs], jobs: [] });
      Object.assign(run, { abort: new AbortController(), release: Promise.withResolvers<void>(), triggeredBy: login });
      Object.assign(run, { startedAt: now(), updatedAt: now() });
      begin(run);
    },
  };
  return actions;
}

async function freshRun(order: StartOrder, id: number, number: number): Promise<WorkflowRun> {
  const time = now();
  const run: Omit<WorkflowRun, 'title'> = {
    ...order,
    id,
    number,
    createdAt: time,
    startedAt: time,
    updatedAt: time,
    attempt: 1,
    status: 'queued',
    conclusion: null,
    jobs: [],
    earlierJobs: [],
    artifacts: [],
    abort: new AbortController(),
    release: Promise.withResolvers<void>(),
    triggeredBy: order.actor,
    finished: Promise.resolve(),
  };
  return { ...run, title: await titleOf(run) };
}

async function execute(site: Site, run: WorkflowRun, surroundings: RunSurroundings): Promise<void> {
  const { switches } = run.repository;
  const { signal } = run.abort;
  if (switches.failsRunStart) {
    // GitHub is silent here: only polling tells.
    Object.assign(run, { status: 'completed', conclusion: 'startup_failure', updatedAt: now() });
    return;
  }
  await tellRun(site, run, 'requested');
  if (switches.hangsRuns && !signal.aborted) await Promise.race([once(signal, 'abort'), run.release.promise]);
  if (signal.aborted) run.conclusion = 'cancelled';
  else await executeRun(run, surroundings);
  Object.assign(run, { status: 'completed', updatedAt: now() });
  await tellRun(site, run, 'completed');
  await tellSuite(site, run);
}

/** A run is in progress from its first job on. */
async function follow(site: Site, run: WorkflowRun, job: RunJob): Promise<void> {
  run.updatedAt = now();
  if (run.status === 'queued' && job.status === 'in_progress') {
    run.status = 'in_progress';
    await tellRun(site, run, 'in_progress');
  }
  await tellJob(site, run, job);
}

async function listWorkflows(
  repository: Repository,
  idOf: (repository: Repository, path: string) => number,
): Promise<Workflow[]> {
  const listing = await gitOrNull(repository.folder, ['ls-tree', '--name-only', 'HEAD', '.github/workflows/']);
  const files = (listing?.toString() ?? '').split('\n').filter((path) => /\.ya?ml$/.test(path));
  return Promise.all(
    files.map(async (path) => {
      const text = await gitText(repository.folder, ['show', `HEAD:${path}`]);
      return { id: idOf(repository, path), path, name: nameOf(text) ?? path };
    }),
  );
}

/** Lets so many work at once; the others wait in order. */
function limit(atOnce: number): RunSurroundings['inTurn'] {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place goes straight to who waited longest.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function nameOf(text: string): string | undefined {
  return /^name:\s*(['"]?)(.+?)\1\s*$/m.exec(text)?.[2];
}

/** The run's title, or for other events the commit's. */
async function titleOf(run: Omit<WorkflowRun, 'title'>): Promise<string> {
  const template = run.definition['run-name'];
  const standing = () => ({ hasFailed: false, isCancelled: false });
  const title = expressions(() => runContexts(run), standing)
    .text(template)
    .trim();
  if (title !== '') return title;
  if (run.event === 'workflow_dispatch') return run.workflow.name;
  return (await gitText(run.repository.folder, ['log', '-1', '--format=%s', run.sha])).trim();
}
