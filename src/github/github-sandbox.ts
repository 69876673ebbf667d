import { ForgeError } from '../domain/faults.ts';
import type { DispatchAnswer, Run, Sandbox } from '../ports/sandbox.ts';
import { type Installations, isRefused, type Octokit, orStatus, statusOf } from './installations.ts';

type Where = { owner: string; repo: string };
type RestRun = Awaited<ReturnType<Octokit['rest']['actions']['getWorkflowRun']>>['data'];

export function createGitHubSandbox(installations: Installations): Sandbox {
  return {
    dispatch: (repository, workflow, branch, inputs) =>
      installations.call(repository, 'dispatch the sandbox workflow', async (octokit, where) => {
        const wanted = { ...where, workflow_id: workflow, ref: branch, inputs: { ...inputs } };
        const answer = await orStatus([400, 404, 422], () =>
          dispatch(octokit, { ...wanted, return_run_details: true }),
        );
        if (!isRefused(answer)) return { kind: 'dispatched', runId: answer };
        // GitHub Enterprise Server before 3.21 does not know `return_run_details`: once more without it.
        const plain = await orStatus([400, 404, 422], () => dispatch(octokit, wanted));
        if (!isRefused(plain)) return { kind: 'dispatched', runId: plain };
        return { kind: 'refused', reason: said(plain.error) } satisfies DispatchAnswer;
      }),

    find: (repository, workflow, branch, title) =>
      installations.call(repository, 'look for a validation run', async (octokit, where) => {
        const wanted = { ...where, workflow_id: workflow, branch, event: 'workflow_dispatch', per_page: 100 };
        const answer = await orStatus([404], () => octokit.rest.actions.listWorkflowRuns(wanted));
        if (isRefused(answer)) return [];
        const runs = answer.data.workflow_runs.map(toRun).filter((run) => run.title === title);
        return runs.sort((a, b) => a.id - b.id);
      }),

    inspect: (repository, runId) =>
      installations.call(repository, `read run ${runId}`, async (octokit, where) => {
        const answer = await orStatus([404], () => octokit.rest.actions.getWorkflowRun({ ...where, run_id: runId }));
        return isRefused(answer) ? null : toRun(answer.data);
      }),

    jobs: (repository, runId) =>
      installations.call(repository, `read the jobs of run ${runId}`, async (octokit, where) => {
        const jobs = await octokit.paginate(octokit.rest.actions.listJobsForWorkflowRun, {
          ...where,
          run_id: runId,
          per_page: 100,
        });
        return jobs.map((job) => ({
          id: job.id,
          name: job.name,
          status: job.status,
          conclusion: job.conclusion,
          failedSteps: (job.steps ?? []).filter((step) => step.conclusion === 'failure').map((step) => step.name),
          url: job.html_url ?? '',
        }));
      }),

    logTail: (repository, jobId, maxBytes) =>
      installations.call(repository, `read the log of job ${jobId}`, async (octokit, where) => {
        const location = await logLocation(octokit, where, jobId);
        return location === null ? null : downloadTail(location, maxBytes);
      }),

    cancel: (repository, runId) =>
      installations.call(repository, `cancel run ${runId}`, async (octokit, where) => {
        // 409: it has ended already.
        await orStatus([404, 409], () => octokit.rest.actions.cancelWorkflowRun({ ...where, run_id: runId }));
      }),
  };
}

async function dispatch(
  octokit: Octokit,
  parameters: Where & {
    workflow_id: string;
    ref: string;
    inputs: Record<string, string>;
    return_run_details?: boolean;
  },
): Promise<number | null> {
  const { data } = await octokit.request(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    parameters,
  );
  const runId = (data as { workflow_run_id?: unknown } | undefined)?.workflow_run_id;
  return typeof runId === 'number' ? runId : null;
}

/** The log lies at another origin, which must not see our token: the redirect is followed by hand, without it. */
async function logLocation(octokit: Octokit, where: Where, jobId: number): Promise<string | null> {
  const answer = await orStatus([404, 410], () =>
    octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...where,
      job_id: jobId,
      request: { redirect: 'manual' },
    }),
  );
  return isRefused(answer) ? null : (answer.headers.location ?? null);
}

const logTimeoutMs = 60_000;
const maxLogBytes = 512 * 1024 * 1024;

/**
 * Streams and keeps the end: failures stand there, and a hostile log may be endless. A download that breaks off gives
 * what came of it.
 *
 * @throws {ForgeError} when nothing came and trying again may help.
 */
async function downloadTail(url: string, maxBytes: number): Promise<string | null> {
  const tail = createTail(maxBytes);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(logTimeoutMs) });
    if (response.status >= 500)
      throw new ForgeError(`the log store answered ${response.status}`, { status: response.status, isRetryable: true });
    if (!response.ok || response.body === null) return null;
    for await (const chunk of response.body) {
      tail.add(Buffer.from(chunk));
      if (tail.seenBytes() > maxLogBytes) break;
    }
  } catch (error) {
    if (error instanceof ForgeError) throw error;
    if (tail.seenBytes() === 0)
      throw new ForgeError('the log store broke the connection', { isRetryable: true, cause: error });
    tail.add(Buffer.from('\n[the download of this log broke off here]\n'));
  }
  return tail.text();
}

/** The last bytes of a stream, within twice the bound while it runs. */
function createTail(maxBytes: number) {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let seenBytes = 0;
  return {
    add: (chunk: Buffer) => {
      kept.push(chunk);
      keptBytes += chunk.byteLength;
      seenBytes += chunk.byteLength;
      if (keptBytes <= 2 * maxBytes) return;
      kept = [Buffer.concat(kept).subarray(-maxBytes)];
      keptBytes = maxBytes;
    },
    seenBytes: () => seenBytes,
    text: () => Buffer.concat(kept).subarray(-maxBytes).toString('utf8'),
  };
}

const toRun = (run: RestRun): Run => ({
  id: run.id,
  status: run.status === 'completed' ? 'completed' : run.status === 'in_progress' ? 'in_progress' : 'queued',
  conclusion: run.conclusion,
  headSha: run.head_sha,
  headBranch: run.head_branch,
  workflowPath: run.path.replace(/@.*$/, ''),
  event: run.event,
  attempt: run.run_attempt ?? 1,
  title: run.display_title,
  url: run.html_url,
});

const said = (error: unknown): string =>
  `${statusOf(error) ?? ''} ${error instanceof Error ? error.message.slice(0, 300) : ''}`.trim();
