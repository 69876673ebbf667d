/** What GitHub tells about a run, to an App that subscribed to it. */
import { emit } from './internal.ts';
import { checkRunJson, checkSuiteJson, jobJson, runJson } from './run-json.ts';
import type { RunJob, WorkflowRun } from './run-records.ts';
import type { Site } from './site.ts';

const actionsBot = 'github-actions[bot]';

export async function tellRun(site: Site, run: WorkflowRun, action: string): Promise<void> {
  if (!site.app.events.includes('workflow_run')) return;
  await emit(site, run.repository, 'workflow_run', run.triggeredBy, {
    action,
    workflow_run: await runJson(site, run),
    workflow: { ...run.workflow, state: 'active' },
  });
}

/** Each job is a check run of the App `github-actions` as well. */
export async function tellJob(site: Site, run: WorkflowRun, job: RunJob): Promise<void> {
  const workflow_job = jobJson(site, run, job);
  await emit(site, run.repository, 'workflow_job', run.triggeredBy, { action: job.status, workflow_job });
  const action = job.status === 'completed' ? 'completed' : 'created';
  const check_run = checkRunJson(site, run, job);
  await emit(site, run.repository, 'check_run', actionsBot, { action, check_run });
}

export const tellSuite = (site: Site, run: WorkflowRun): Promise<void> =>
  emit(site, run.repository, 'check_suite', actionsBot, {
    action: 'completed',
    check_suite: checkSuiteJson(site, run),
  });
