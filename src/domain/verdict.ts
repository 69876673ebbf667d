import type { Sha } from './ids.ts';
import { runTitle } from './sandbox-protocol.ts';

/** What was dispatched, recorded before and at the dispatch. A run is believed only when it is exactly this one. */
export interface Dispatch {
  readonly runId: number;
  readonly candidate: Sha;
  readonly tip: Sha;
  readonly nonce: string;
  readonly workflowPath: string;
  readonly checks: readonly string[];
}

/** What GitHub's API says about a run; never what a webhook or a log says. */
export interface ObservedRun {
  readonly id: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly headSha: string;
  readonly workflowPath: string;
  readonly event: string;
  readonly attempt: number;
  readonly title: string;
}

export interface ObservedJob {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string | null;
  readonly failedSteps: readonly string[];
}

export interface CheckResult {
  readonly check: string;
  readonly jobId: number | null;
  readonly conclusion: string;
  readonly failedSteps: readonly string[];
}

/**
 * - `passed`: every check that the workflow declares ran as a job of the very run we dispatched, and succeeded.
 * - `failed`: the run is ours and at least one check failed. Its log goes to the debugger.
 * - `void`: there is no verdict: the run was cancelled, did not start, or is not the one we dispatched. Nothing is
 *   learnt about the patch, so it costs no attempt.
 * - `running`: the run goes on.
 */
export type Verdict =
  | { readonly kind: 'passed'; readonly results: readonly CheckResult[] }
  | { readonly kind: 'failed'; readonly results: readonly CheckResult[] }
  | { readonly kind: 'void'; readonly reason: string }
  | { readonly kind: 'running' };

/**
 * Decides what a run means, from the API's own words.
 *
 * Bound to the returned run id, the dispatched tip (a dispatched run's `head_sha` is the tip of the ref, never the
 * candidate), the title (nonce + candidate), the workflow's path and the first run attempt. That the workflow's blob
 * is still the default branch's is for the caller to establish (`isWorkflowUnchanged`).
 */
export function judge(
  dispatch: Dispatch,
  run: ObservedRun,
  jobs: readonly ObservedJob[],
  isWorkflowUnchanged: boolean,
): Verdict {
  const foreign = whatDiffers(dispatch, run);
  if (foreign !== null) return { kind: 'void', reason: foreign };
  if (run.status !== 'completed') return { kind: 'running' };
  if (!isWorkflowUnchanged)
    return { kind: 'void', reason: 'the sandbox workflow changed on the default branch while the run was under way' };
  if (run.conclusion === null || !judging.includes(run.conclusion)) {
    return { kind: 'void', reason: `the validation run ended as \`${run.conclusion ?? 'nothing'}\`` };
  }

  const results = dispatch.checks.map((check) => resultOf(check, jobs));
  if (results.length === 0) return { kind: 'void', reason: 'no check was dispatched' };
  if (results.every((result) => result.conclusion === 'success')) {
    return run.conclusion === 'success'
      ? { kind: 'passed', results }
      : { kind: 'void', reason: 'every check passed, yet the run as a whole failed: a job beside the checks did' };
  }
  if (results.some((result) => result.conclusion === 'failure' || result.conclusion === 'timed_out'))
    return { kind: 'failed', results };
  const missing = results
    .filter((result) => result.conclusion !== 'success')
    .map((result) => `${result.check} (${result.conclusion})`);
  return { kind: 'void', reason: `these checks gave no result: ${missing.join(', ')}` };
}

/** Ends of a run in which its jobs say something about the patch. */
const judging: readonly string[] = ['success', 'failure', 'timed_out'];

function resultOf(check: string, jobs: readonly ObservedJob[]): CheckResult {
  const named = jobs.filter((job) => job.name === check);
  const job = named[0];
  if (job === undefined) return { check, jobId: null, conclusion: 'missing', failedSteps: [] };
  if (named.length > 1) return { check, jobId: job.id, conclusion: 'ambiguous', failedSteps: [] };
  return { check, jobId: job.id, conclusion: job.conclusion ?? 'unfinished', failedSteps: job.failedSteps };
}

function whatDiffers(dispatch: Dispatch, run: ObservedRun): string | null {
  if (run.id !== dispatch.runId) return `run ${run.id} is not the dispatched run ${dispatch.runId}`;
  if (run.headSha !== dispatch.tip) return `the run is of ${run.headSha}, not of the dispatched tip ${dispatch.tip}`;
  if (run.workflowPath !== dispatch.workflowPath)
    return `the run is of ${run.workflowPath}, not of ${dispatch.workflowPath}`;
  if (run.event !== 'workflow_dispatch') return `the run was started by ${run.event}`;
  if (run.attempt !== 1) return `somebody re-ran it (attempt ${run.attempt}); only the first run counts`;
  if (run.title !== runTitle(dispatch.nonce, dispatch.candidate))
    return 'the title of the run does not carry our nonce and candidate';
  return null;
}
