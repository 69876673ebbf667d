import type { Actions } from './actions.ts';
import { checkRoutes } from './check-routes.ts';
import type { Downloads } from './downloads.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { artifactJson, jobJson, runJson, workflowJson } from './run-json.ts';
import { findJob, runsHere } from './run-lookup.ts';
import type { Artifact, WorkflowRun } from './run-records.ts';
import { type Answer, type Call, notFound, page, type Routes, refuse } from './site.ts';

/** Workflows, runs, jobs and artifacts; nothing of Actions is left to emulate. */
export const actionsRoutes = (actions: Actions, downloads: Downloads): Routes => ({
  ...workflowRoutes(actions),
  ...runRoutes(actions, downloads),
  ...jobRoutes(actions, downloads),
  ...artifactRoutes(actions, downloads),
  ...checkRoutes(actions),
});

const listedJobs = (actions: Actions, { site }: Call, run: WorkflowRun): readonly JsonObject[] =>
  actions.tampering.jobsOf(
    run,
    run.jobs.map((job) => jobJson(site, run, job)),
  );

const found = (location: string): Answer => ({ status: 302, headers: { location } });

function runRoutes(actions: Actions, downloads: Downloads): Routes {
  const withRun = (answer: (call: Call, run: WorkflowRun) => Promise<Answer> | Answer) => async (call: Call) => {
    const run = runsHere(actions, call).find(({ id }) => id === Number(call.parameters.run_id));
    return run === undefined ? notFound() : answer(call, run);
  };
  const rerun = ({ caller }: Call, run: WorkflowRun): Answer => {
    if (run.status !== 'completed') return refuse(403, 'This workflow is already running');
    actions.rerun(run, caller.login ?? '');
    return { status: 201, body: {} };
  };
  return {
    'actions/get-workflow-run': withRun(async ({ site }, run) => ({
      status: 200,
      body: actions.tampering.run(run, await runJson(site, run)),
    })),
    'actions/list-jobs-for-workflow-run': withRun((call, run) => {
      const jobs = listedJobs(actions, call, run);
      const { items, headers } = page(call, jobs);
      return { status: 200, body: { total_count: jobs.length, jobs: items }, headers };
    }),
    'actions/download-workflow-run-logs': withRun((_, run) =>
      run.status === 'completed' ? found(downloads.runLogs(run)) : notFound(),
    ),
    'actions/list-workflow-run-artifacts': withRun((call, run) => {
      const name = call.query.get('name');
      const chosen = actions.tampering.artifactsOf(run).filter((one) => name === null || one.name === name);
      const { items, headers } = page(call, chosen);
      const artifacts = items.map((artifact) => artifactJson(call.site, run.repository, artifact));
      return { status: 200, body: { total_count: chosen.length, artifacts }, headers };
    }),
    'actions/cancel-workflow-run': withRun((_, run) => {
      if (run.status === 'completed') return refuse(409, 'Cannot cancel a workflow run that is completed.');
      run.abort.abort();
      return { status: 202, body: {} };
    }),
    'actions/re-run-workflow': withRun(rerun),
    // GitHub keeps the jobs that passed; here all run again. Either way it is the run's next attempt.
    'actions/re-run-workflow-failed-jobs': withRun(rerun),
  };
}

function jobRoutes(actions: Actions, downloads: Downloads): Routes {
  return {
    'actions/get-job-for-workflow-run': async (call) => {
      const jobs = runsHere(actions, call).flatMap((run) => listedJobs(actions, call, run));
      const asked = jobs.find((job) => job.id === Number(call.parameters.job_id));
      return asked === undefined ? notFound() : { status: 200, body: asked };
    },
    'actions/download-job-logs-for-workflow-run': async (call) => {
      const asked = findJob(actions, call, call.parameters.job_id);
      if (asked === undefined || call.repository.switches.hasNoJobLogs) return notFound();
      const forged = actions.tampering.logOf(asked.run, asked.job);
      const hasLog = forged !== null || asked.job.startedAt !== null;
      return hasLog ? found(downloads.jobLog(asked.run, asked.job, forged)) : notFound();
    },
  };
}

function artifactRoutes(actions: Actions, downloads: Downloads): Routes {
  const find = (call: Call): Artifact | undefined => {
    const artifacts = runsHere(actions, call).flatMap((run) => actions.tampering.artifactsOf(run));
    return artifacts.find((artifact) => artifact.id === Number(call.parameters.artifact_id));
  };
  return {
    'actions/get-artifact': async (call) => {
      const artifact = find(call);
      if (artifact === undefined) return notFound();
      return { status: 200, body: artifactJson(call.site, call.repository, artifact) };
    },
    'actions/download-artifact': async (call) => {
      const artifact = find(call);
      if (artifact?.isExpired === true) return refuse(410, 'Artifact has expired');
      return artifact === undefined ? notFound() : found(downloads.artifact(artifact));
    },
  };
}

function workflowRoutes(actions: Actions): Routes {
  return {
    'actions/list-repo-workflows': async (call) => {
      const known = await actions.workflows(call.repository);
      const { items, headers } = page(call, known);
      const workflows = items.map((workflow) => workflowJson(call.site, call.repository, workflow));
      return { status: 200, body: { total_count: known.length, workflows }, headers };
    },
    'actions/get-workflow': async (call) => {
      const workflow = await actions.findWorkflow(call.repository, call.parameters.workflow_id ?? '');
      if (call.repository.switches.hasNoActions) return notFound();
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
      const workflow = await actions.findWorkflow(call.repository, call.parameters.workflow_id ?? '');
      return workflow === null ? notFound() : listRuns(actions, call, workflow.id);
    },
    'actions/list-workflow-runs-for-repo': (call) => listRuns(actions, call, null),
  };
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
  const { items, headers } = page(call, chosen);
  const workflow_runs = await Promise.all(
    items.map(async (run) => actions.tampering.run(run, await runJson(site, run))),
  );
  return { status: 200, body: { total_count: chosen.length, workflow_runs }, headers };
}
