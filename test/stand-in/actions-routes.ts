import type { Actions } from './actions.ts';
import type { Downloads } from './downloads.ts';
import { asObject, asText } from './json.ts';
import { artifactJson, jobJson, runJson, workflowJson } from './run-json.ts';
import type { RunJob, WorkflowRun } from './run-records.ts';
import { type Answer, type Call, notFound, page, type Routes, refuse } from './site.ts';

export function actionsRoutes(actions: Actions, downloads: Downloads): Routes {
  const runOf = (call: Call): WorkflowRun | null => {
    const mine = actions.runs.filter((run) => run.repository.id === call.repository.id);
    return mine.find((run) => run.id === Number(call.parameters.run_id)) ?? null;
  };
  const withRun = (answer: (call: Call, run: WorkflowRun) => Promise<Answer> | Answer) => async (call: Call) => {
    const run = runOf(call);
    return run === null ? notFound() : answer(call, run);
  };
  const withJob = (answer: (call: Call, run: WorkflowRun, job: RunJob) => Answer) => async (call: Call) => {
    const mine = actions.runs.filter((run) => run.repository.id === call.repository.id);
    const id = Number(call.parameters.job_id);
    for (const run of mine) {
      const job = run.jobs.find((one) => one.id === id);
      if (job !== undefined) return answer(call, run, job);
    }
    return notFound();
  };
  return {
    ...workflowRoutes(actions),
    'actions/get-workflow-run': withRun(async ({ site }, run) => ({ status: 200, body: await runJson(site, run) })),
    'actions/list-jobs-for-workflow-run': withRun((call, run) => {
      const { items, headers } = page(call, pathOf(call, `actions/runs/${run.id}/jobs`), run.jobs);
      const jobs = items.map((job) => jobJson(call.site, run, job));
      return { status: 200, body: { total_count: run.jobs.length, jobs }, headers };
    }),
    'actions/get-job-for-workflow-run': withJob(({ site }, run, job) => ({
      status: 200,
      body: jobJson(site, run, job),
    })),
    'actions/download-job-logs-for-workflow-run': withJob((_, run, job) => {
      if (run.repository.switches.hasNoJobLogs || job.startedAt === null) return notFound();
      return { status: 302, headers: { location: downloads.jobLog(run, job) } };
    }),
    'actions/download-workflow-run-logs': withRun((_, run) =>
      run.status === 'completed' ? { status: 302, headers: { location: downloads.runLogs(run) } } : notFound(),
    ),
    'actions/list-workflow-run-artifacts': withRun((call, run) => {
      const { items, headers } = page(call, pathOf(call, `actions/runs/${run.id}/artifacts`), run.artifacts);
      const artifacts = items.map((artifact) => artifactJson(call.site, run.repository, artifact));
      return { status: 200, body: { total_count: run.artifacts.length, artifacts }, headers };
    }),
    'actions/download-artifact': async (call) => {
      const artifact = actions.runs
        .filter((run) => run.repository.id === call.repository.id)
        .flatMap((run) => run.artifacts)
        .find((one) => one.id === Number(call.parameters.artifact_id));
      return artifact === undefined ? notFound() : { status: 302, headers: { location: downloads.artifact(artifact) } };
    },
    'actions/cancel-workflow-run': withRun((_, run) => {
      if (run.status === 'completed') return refuse(409, 'Cannot cancel a workflow run that is completed.');
      run.abort.abort();
      return { status: 202, body: {} };
    }),
    'actions/re-run-workflow': withRun((_, run) => {
      if (run.status !== 'completed') return refuse(403, 'This workflow is already running');
      actions.rerun(run);
      return { status: 201, body: {} };
    }),
  };
}

const pathOf = (call: Call, rest: string): string => `/repos/${call.repository.fullName}/${rest}`;

function workflowRoutes(actions: Actions): Routes {
  return {
    'actions/list-repo-workflows': async (call) => {
      const known = await actions.workflows(call.repository);
      const { items, headers } = page(call, pathOf(call, 'actions/workflows'), known);
      const workflows = items.map((workflow) => workflowJson(call.site, call.repository, workflow));
      return { status: 200, body: { total_count: known.length, workflows }, headers };
    },
    'actions/get-workflow': async (call) => {
      const workflow = await findWorkflow(actions, call);
      return workflow === null ? notFound() : { status: 200, body: workflowJson(call.site, call.repository, workflow) };
    },
    'actions/create-workflow-dispatch': (call) =>
      actions.dispatch({
        repository: call.repository,
        workflow: call.parameters.workflow_id ?? '',
        ref: asText(call.body.ref),
        inputs: asObject(call.body.inputs),
        wantsDetails: call.body.return_run_details === true,
        actor: call.caller.login ?? '',
      }),
    'actions/list-workflow-runs': async (call) => {
      const workflow = await findWorkflow(actions, call);
      return workflow === null ? notFound() : listRuns(actions, call, workflow.id);
    },
    'actions/list-workflow-runs-for-repo': (call) => listRuns(actions, call, null),
  };
}

async function findWorkflow(actions: Actions, call: Call) {
  const asked = call.parameters.workflow_id ?? '';
  const known = await actions.workflows(call.repository);
  return known.find(({ id, path }) => String(id) === asked || path === `.github/workflows/${asked}`) ?? null;
}

async function listRuns(actions: Actions, call: Call, workflowId: number | null): Promise<Answer> {
  const { query, repository, site } = call;
  const youngestMs = Date.now() - actions.options.listingDelayMs;
  const fits = (name: string, value: string | null): boolean => !query.has(name) || query.get(name) === value;
  const chosen = actions.runs
    .filter((run) => run.repository.id === repository.id && (workflowId === null || run.workflow.id === workflowId))
    .filter((run) => actions.options.listingDelayMs === 0 || Date.parse(run.createdAt) <= youngestMs)
    .filter((run) => fits('branch', run.branch) && fits('event', run.event) && fits('head_sha', run.sha))
    .filter((run) => fits('status', run.status) || fits('status', run.conclusion))
    .filter((run) => fits('actor', run.actor))
    .toReversed();
  const { items, headers } = page(call, pathOf(call, 'actions/runs'), chosen);
  const workflow_runs = await Promise.all(items.map((run) => runJson(site, run)));
  return { status: 200, body: { total_count: chosen.length, workflow_runs }, headers };
}
