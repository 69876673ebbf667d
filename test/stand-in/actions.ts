import { gitOrNull, gitText } from './git.ts';
import { emit } from './internal.ts';
import type { ContainerOptions } from './job-container.ts';
import type { JsonObject } from './json.ts';
import { type Repository, resolveCommit } from './repository.ts';
import { checkSuiteJson, jobJson, runJson } from './run-json.ts';
import { type NextId, now, type RunJob, type Workflow, type WorkflowRun } from './run-records.ts';
import { type Answer, notFound, refuse, type Site } from './site.ts';
import { expressions } from './workflow-expressions.ts';
import { checkInputs, dispatchInputs, parseWorkflow, type WorkflowDefinition } from './workflow-file.ts';
import { executeRun, runContexts } from './workflow-run.ts';

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
  dispatch(order: DispatchOrder): Promise<Answer>;
  /** Starts a run as another event than a dispatch would, for instance `push`: for tests of failing checks. */
  start(order: StartOrder): Promise<WorkflowRun>;
  cancel(run: WorkflowRun): Promise<void>;
  rerun(run: WorkflowRun): void;
}

export interface DispatchOrder {
  readonly repository: Repository;
  /** Id or file name. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: JsonObject;
  readonly wantsDetails: boolean;
  readonly actor: string;
}

export interface StartOrder {
  readonly repository: Repository;
  readonly workflow: Workflow;
  readonly definition: WorkflowDefinition;
  readonly branch: string;
  readonly sha: string;
  readonly event: string;
  readonly inputs: JsonObject;
  readonly actor: string;
}

const jobsAtOnce = 2;

export function createActions(site: Site, options: ActionsOptions): Actions {
  const runs: WorkflowRun[] = [];
  const workflowIds = new Map<string, number>();
  let lastId = 1_000;
  const nextId: NextId = () => ++lastId;
  const inTurn = limit(jobsAtOnce);

  const workflows = async (repository: Repository): Promise<Workflow[]> => {
    const listing = await gitOrNull(repository.folder, ['ls-tree', '--name-only', 'HEAD', '.github/workflows/']);
    const paths = String(listing ?? '')
      .split('\n')
      .filter((path) => /\.ya?ml$/.test(path));
    return Promise.all(
      paths.map(async (path) => {
        const key = `${repository.fullName}:${path}`;
        const id = workflowIds.get(key) ?? nextId();
        workflowIds.set(key, id);
        return { id, path, name: nameOf(await gitText(repository.folder, ['show', `HEAD:${path}`])) ?? path };
      }),
    );
  };

  const change = async (run: WorkflowRun, job?: RunJob): Promise<void> => {
    run.updatedAt = now();
    if (run.status === 'queued' && job?.status === 'in_progress') {
      run.status = 'in_progress';
      await tellRun(site, run, 'in_progress');
    }
    if (job !== undefined) await tellJob(site, run, job);
  };

  const execute = async (run: WorkflowRun): Promise<void> => {
    const { switches } = run.repository;
    if (switches.failsRunStart) {
      // GitHub is silent here: only polling tells.
      Object.assign(run, { status: 'completed', conclusion: 'startup_failure', updatedAt: now() });
      return;
    }
    await tellRun(site, run, 'requested');
    if (switches.hangsRuns) await new Promise((resolve) => run.abort.signal.addEventListener('abort', resolve));
    const surroundings = { url: site.url, container: options.container, nextId, inTurn, onChange: change };
    if (run.abort.signal.aborted) run.conclusion = 'cancelled';
    else await executeRun(run, surroundings);
    Object.assign(run, { status: 'completed', updatedAt: now() });
    await tellRun(site, run, 'completed');
    await emit(site, run.repository, 'check_suite', 'github-actions[bot]', {
      action: 'completed',
      check_suite: checkSuiteJson(site, run),
    });
  };

  const begin = (run: WorkflowRun): void => {
    run.finished = execute(run).catch((error: unknown) => {
      site.journal.note(`run ${run.id}: ${error instanceof Error ? error.stack : String(error)}`);
      Object.assign(run, { status: 'completed', conclusion: 'failure', updatedAt: now() });
    });
  };

  const start = async (order: StartOrder): Promise<WorkflowRun> => {
    const time = now();
    const run: Omit<WorkflowRun, 'title'> = {
      ...order,
      id: nextId(),
      number: runs.filter((one) => one.workflow.id === order.workflow.id).length + 1,
      createdAt: time,
      startedAt: time,
      updatedAt: time,
      attempt: 1,
      status: 'queued',
      conclusion: null,
      jobs: [],
      artifacts: [],
      abort: new AbortController(),
      finished: Promise.resolve(),
    };
    const titled = { ...run, title: await titleOf(run) };
    runs.push(titled);
    begin(titled);
    return titled;
  };

  return {
    options,
    runs,
    workflows,
    start,
    async dispatch(order) {
      const known = (await workflows(order.repository)).find(
        ({ id, path }) => String(id) === order.workflow || path === `.github/workflows/${order.workflow}`,
      );
      return known === undefined ? notFound() : dispatch(site, options, order, known, start);
    },
    async cancel(run) {
      run.abort.abort();
      await run.finished;
    },
    rerun(run) {
      Object.assign(run, { attempt: run.attempt + 1, status: 'queued', conclusion: null, jobs: [], artifacts: [] });
      Object.assign(run, { abort: new AbortController(), startedAt: now(), updatedAt: now() });
      begin(run);
    },
  };
}

/** Lets so many work at once; the others wait in order. */
function limit(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let working = 0;
  return async (work) => {
    if (working >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    working += 1;
    try {
      return await work();
    } finally {
      working -= 1;
      waiting.shift()?.();
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
  const title =
    template === undefined
      ? ''
      : expressions(() => runContexts(run), standing)
          .text(template)
          .trim();
  if (title !== '') return title;
  if (run.event === 'workflow_dispatch') return run.workflow.name;
  return (await gitText(run.repository.folder, ['log', '-1', '--format=%s', run.sha])).trim();
}

/** GitHub looks for the workflow on the default branch, then takes its file from the dispatched ref. */
async function dispatch(
  site: Site,
  options: ActionsOptions,
  order: DispatchOrder,
  workflow: Workflow,
  start: Actions['start'],
): Promise<Answer> {
  const { repository, actor } = order;
  if (order.wantsDetails && !options.supportsRunDetails) {
    return refuse(422, 'Invalid request.\n\n"return_run_details" is not a permitted key.');
  }
  const branch = order.ref.replace(/^refs\/heads\//, '');
  const sha = await resolveCommit(repository.folder, `refs/heads/${branch}`);
  if (sha === null) return refuse(422, `No ref found for: ${order.ref}`);
  const text = await gitOrNull(repository.folder, ['cat-file', 'blob', `${sha}:${workflow.path}`]);
  let definition: WorkflowDefinition | null;
  try {
    definition = text === null ? null : parseWorkflow(text.toString());
  } catch (error) {
    return refuse(422, `failed to parse workflow: ${error instanceof Error ? error.message : String(error)}`);
  }
  const declared = definition === null ? null : dispatchInputs(definition);
  if (definition === null || declared === null) {
    return refuse(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const checked = checkInputs(declared, order.inputs);
  if (checked.kind === 'refused') return refuse(422, checked.message);
  const { inputs } = checked;
  const event = 'workflow_dispatch';
  const run = await start({ repository, workflow, definition, branch, sha, event, inputs, actor });
  if (!order.wantsDetails) return { status: 204 };
  const run_url = `${site.url}/repos/${repository.fullName}/actions/runs/${run.id}`;
  const html_url = `${site.url}/${repository.fullName}/actions/runs/${run.id}`;
  return { status: 200, body: { workflow_run_id: run.id, run_url, html_url } };
}

async function tellRun(site: Site, run: WorkflowRun, action: string): Promise<void> {
  if (!site.app.events.includes('workflow_run')) return;
  await emit(site, run.repository, 'workflow_run', run.actor, {
    action,
    workflow_run: await runJson(site, run),
    workflow: { ...run.workflow, state: 'active' },
  });
}

async function tellJob(site: Site, run: WorkflowRun, job: RunJob): Promise<void> {
  if (!site.app.events.includes('workflow_job')) return;
  await emit(site, run.repository, 'workflow_job', run.actor, {
    action: job.status,
    workflow_job: jobJson(site, run, job),
  });
}
