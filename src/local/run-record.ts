import type { Sha } from '../domain/ids.ts';
import type { Job, Run } from '../ports/sandbox.ts';
import type { CheckEnd } from './run-check.ts';

/** One run of all checks on one commit, as it is told while it goes on and afterwards. */
export interface LocalRun {
  readonly id: number;
  readonly commit: Sha;
  readonly conclusion: string | null;
  readonly tookMs: number;
  readonly checks: readonly { readonly name: string; readonly conclusion: string; readonly tookMs: number }[];
}

/** What the sandbox keeps of it. */
export interface RunRecord extends LocalRun {
  readonly branch: string;
  readonly headSha: Sha;
  readonly title: string;
  /** What runs in place of the checks; null where these do. */
  readonly fixers: readonly string[] | null;
  readonly stop: AbortController;
  readonly jobs: { readonly id: number; readonly name: string; end: CheckEnd | null; beganMs: number }[];
  readonly beganMs: number;
  endedMs: number | null;
  /** Why its checks could not be run at all. */
  fault: string | null;
  done: Promise<void>;
}

export const recordOf = (
  facts: Pick<RunRecord, 'id' | 'commit' | 'branch' | 'headSha' | 'title' | 'jobs' | 'fixers'>,
): RunRecord => ({
  ...facts,
  stop: new AbortController(),
  beganMs: Date.now(),
  endedMs: null,
  fault: null,
  done: Promise.resolve(),
  get conclusion() {
    return conclusionOf(this);
  },
  get tookMs() {
    return (this.endedMs ?? Date.now()) - this.beganMs;
  },
  get checks() {
    return this.jobs.map(({ name, end }) => ({
      name,
      conclusion: end?.conclusion ?? 'unfinished',
      tookMs: end?.tookMs ?? 0,
    }));
  },
});

/** As GitHub says it of a run: cancelled before anything else, else failed where one check did. */
function conclusionOf({
  endedMs,
  stop,
  jobs,
  fault,
}: Pick<RunRecord, 'endedMs' | 'stop' | 'jobs' | 'fault'>): string | null {
  if (endedMs === null) return null;
  if (stop.signal.aborted) return 'cancelled';
  // No verdict on the patch: the story then runs it again, and gives up after a few times.
  if (fault !== null) return 'startup_failure';
  return jobs.every(({ end }) => end?.conclusion === 'success') ? 'success' : 'failure';
}

export const toRun = (record: RunRecord, workflowPath: string): Run => ({
  id: record.id,
  status: record.endedMs === null ? 'in_progress' : 'completed',
  conclusion: record.conclusion,
  headSha: record.headSha,
  headBranch: record.branch,
  workflowPath,
  event: 'workflow_dispatch',
  attempt: 1,
  title: record.title,
  url: `#run-${record.id}`,
});

export const toJob = ({ id, name, end }: RunRecord['jobs'][number]): Job => ({
  id,
  name,
  status: end === null ? 'in_progress' : 'completed',
  conclusion: end?.conclusion ?? null,
  failedSteps: end === null || end.conclusion === 'success' ? [] : [end.failedStep],
  url: '',
});
