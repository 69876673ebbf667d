import type { Actions } from './actions.ts';
import type { RunJob, WorkflowRun } from './run-records.ts';
import type { Call } from './site.ts';

export const runsHere = (actions: Actions, { repository }: Call): WorkflowRun[] =>
  actions.runs.filter((run) => run.repository.id === repository.id);

interface JobOfRun {
  readonly run: WorkflowRun;
  readonly job: RunJob;
}

export function findJob(actions: Actions, call: Call, id: string | undefined): JobOfRun | undefined {
  const jobs = runsHere(actions, call).flatMap((run) => run.jobs.map((job) => ({ run, job })));
  return jobs.find(({ job }) => job.id === Number(id));
}
