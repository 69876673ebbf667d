import type { Actions } from './actions.ts';
import type { Downloads } from './downloads.ts';
import { asObject, asText } from './json.ts';
import { resolveCommit } from './repository.ts';
import { annotationsJson, artifactJson, checkRunJson, jobJson, runJson, workflowJson } from './run-json.ts';
import type { Artifact, RunJob, WorkflowRun } from './run-records.ts';
import { type Answer, type Call, notFound, page, type Routes, refuse } from './site.ts';

/** Workflows, runs, jobs and artifacts; nothing of Actions is left to emulate. */
export const actionsRoutes = (actions: Actions, downloads: Downloads): Routes => ({
  ...workflowRoutes(actions),
  ...runRoutes(actions, downloads),
  ...jobRoutes(actions, downloads),
  ...artifactRoutes(actions, downloads),
  ...checkRoutes(actions),
});

const runsHere = (actions: Actions, { repository }: Call): WorkflowRun[] =>
  actions.runs.filter((run) => run.repository.id === repository.id);

interface JobOfRun {
  readonly run: WorkflowRun;
  readonly job: RunJob;
}

function findJob(actions: Actions, call: Call, id: string | undefined): JobOfRun | undefined {
  const jobs = runsHere(actions, call).flatMap((run) => run.jobs.map((job) => ({ run, job })));
  return jobs.find(({ job }) => job.id === Number(id));
}

const found = (location: string): Answer => ({ status: 302, headers: { location } });

function runRoutes(actions: Actions, downloads: Downloads): Routes {
  const withRun = (answer: (call: Call, run: WorkflowRun) => Promise<Answer> | Answer) => async (call: Call) => {
    const run = runsHere(actions, call).find(({ id }) => id === Number(call.parameters.run_id));
    return run === undefined ? notFound() : answer(call, run);
  };
  return {
    'actions/get-workflow-run': withRun(async ({ site }, run) => ({ status: 200, body: await runJson(site, run) })),
    'actions/list-jobs-for-workflow-run': withRun((call, run) => {
      const { items, headers } = page(call, run.jobs);
      const jobs = items.map((job) => jobJson(call.site, run, job));
      return { status: 200, body: { total_count: run.jobs.length, jobs }, headers };
    }),
    'actions/download-workflow-run-logs': withRun((_, run) =>
      run.status === 'completed' ? found(downloads.runLogs(run)) : notFound(),
    ),
    'actions/list-workflow-run-artifacts': withRun((call, run) => {
      const { items, headers } = page(call, run.artifacts);
      const artifacts = items.map((artifact) => artifactJson(call.site, run.repository, artifact));
      return { status: 200, body: { total_count: run.artifacts.length, artifacts }, headers };
    }),
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

function jobRoutes(actions: Actions, downloads: Downloads): Routes {
  return {
    'actions/get-job-for-workflow-run': async (call) => {
      const asked = findJob(actions, call, call.parameters.job_id);
      return asked === undefined ? notFound() : { status: 200, body: jobJson(call.site, asked.run, asked.job) };
    },
    'actions/download-job-logs-for-workflow-run': async (call) => {
      const asked = findJob(actions, call, call.parameters.job_id);
      const hasLog = asked?.job.startedAt !== null && !call.repository.switches.hasNoJobLogs;
      return asked === undefined || !hasLog ? notFound() : found(downloads.jobLog(asked.run, asked.job));
    },
  };
}

function artifactRoutes(actions: Actions, downloads: Downloads): Routes {
  const find = (call: Call): Artifact | undefined => {
    const artifacts = runsHere(actions, call).flatMap((run) => run.artifacts);
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
      return artifact === undefined ? notFound() : found(downloads.artifact(artifact));
    },
  };
}

/** Check runs are emulate's, and beside them every job of a run. */
function checkRoutes(actions: Actions): Routes {
  return {
    'checks/get': async (call) => {
      const asked = findJob(actions, call, call.parameters.check_run_id);
      if (asked === undefined) return call.forward();
      return { status: 200, body: checkRunJson(call.site, asked.run, asked.job) };
    },
    'checks/list-annotations': async (call) => {
      const asked = findJob(actions, call, call.parameters.check_run_id);
      if (asked !== undefined) return { status: 200, body: annotationsJson(call.site, asked.run, asked.job) };
      const answer = await call.forward();
      // emulate wraps the list as GitHub does not.
      return { ...answer, body: asObject(answer.body).check_annotations ?? answer.body ?? [] };
    },
    'checks/list-for-ref': async (call) => {
      const sha = await resolveCommit(call.repository.folder, call.parameters.ref ?? '');
      if (sha === null) return refuse(422, `No commit found for SHA: ${call.parameters.ref}`);
      const answer = await call.forward({
        path: `/repos/${call.repository.fullName}/commits/${sha}/check-runs?${call.query}`,
      });
      const theirs = asObject(answer.body).check_runs;
      const name = call.query.get('check_name');
      const ours = runsHere(actions, call)
        .filter((run) => run.sha === sha)
        .flatMap((run) => run.jobs.map((job) => checkRunJson(call.site, run, job)))
        .filter((check) => name === null || check.name === name);
      const check_runs = [...(Array.isArray(theirs) ? theirs : []), ...ours];
      return { status: 200, body: { total_count: check_runs.length, check_runs } };
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
  const workflow_runs = await Promise.all(items.map((run) => runJson(site, run)));
  return { status: 200, body: { total_count: chosen.length, workflow_runs }, headers };
}
