import type { Artifact, ArtifactLimits, DispatchAnswer, Run, Sandbox } from '../ports/sandbox.ts';
import { type ArchiveReading, readArtifactZip, sayMegabytes } from './artifact-zip.ts';
import { downloadTail, downloadWhole, type Source } from './download.ts';
import { isRefused, orStatus, statusOf } from './forge-fault.ts';
import type { Installations, Octokit } from './installations.ts';

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
        const route = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
        const source = await sourceOf(octokit, route, { ...where, job_id: jobId });
        return source === null ? null : downloadTail(source, maxBytes);
      }),

    artifacts: (repository, runId, limits) =>
      installations.call(repository, `read the artifacts of run ${runId}`, (octokit, where) =>
        readArtifacts(octokit, where, runId, limits),
      ),

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

/** GitHub answers 302 with an address at another origin. Null when there is nothing (any more). */
async function sourceOf(octokit: Octokit, route: string, parameters: Where & Record<string, unknown>) {
  const answer = await orStatus([404, 410], () =>
    octokit.request(route, { ...parameters, request: { redirect: 'manual' } }),
  );
  const address = isRefused(answer) ? undefined : answer.headers.location;
  return address === undefined
    ? null
    : ({ address, apiUrl: octokit.request.endpoint.DEFAULTS.baseUrl } satisfies Source);
}

type ListedArtifact = Awaited<
  ReturnType<Octokit['rest']['actions']['listWorkflowRunArtifacts']>
>['data']['artifacts'][number];

/** A run that keeps more artifacts than this hides the wanted ones from us, and is then without them. */
const maxArtifactPages = 10;

async function listArtifacts(octokit: Octokit, where: Where, runId: number): Promise<readonly ListedArtifact[]> {
  let pages = 0;
  const listed = await orStatus([404], () =>
    octokit.paginate(
      octokit.rest.actions.listWorkflowRunArtifacts,
      { ...where, run_id: runId, per_page: 100 },
      (page, done) => {
        pages += 1;
        if (pages === maxArtifactPages) done();
        return page.data;
      },
    ),
  );
  return isRefused(listed) ? [] : listed;
}

/** One after the other: what one expands to is taken from what the next may. */
async function readArtifacts(
  octokit: Octokit,
  where: Where,
  runId: number,
  limits: ArtifactLimits,
): Promise<readonly Artifact[]> {
  const listed = (await listArtifacts(octokit, where, runId)).filter(({ name }) => limits.wanted(name));
  const byName = Map.groupBy(listed, ({ name }) => name);
  const artifacts: Artifact[] = [];
  let textBytes = 0;
  for (const [name, [artifact, ...others]] of byName) {
    if (artifact === undefined) continue;
    const room = { ...limits, maxTextBytes: limits.maxTextBytes - textBytes };
    // A run has one artifact of a name, since version 4 of the action that uploads them.
    const reading =
      others.length > 0
        ? { fault: 'ambiguous: several of this name' }
        : await readArtifact(octokit, where, artifact, room);
    if ('files' in reading) textBytes += reading.textBytes;
    artifacts.push({ name, files: 'files' in reading ? reading.files : [], fault: reading.fault });
  }
  return artifacts;
}

async function readArtifact(
  octokit: Octokit,
  where: Where,
  { id, expired, size_in_bytes: bytes }: ListedArtifact,
  limits: ArtifactLimits,
): Promise<ArchiveReading> {
  const tooLarge = { fault: `larger than ${sayMegabytes(limits.maxDownloadBytes)}` };
  if (expired) return { fault: 'expired' };
  if (bytes > limits.maxDownloadBytes) return tooLarge;
  const route = 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}';
  const source = await sourceOf(octokit, route, { ...where, artifact_id: id, archive_format: 'zip' });
  if (source === null) return { fault: 'GitHub does not have it any more' };
  const download = await downloadWhole(source, limits.maxDownloadBytes);
  switch (download.kind) {
    case 'whole':
      return readArtifactZip(download.bytes, limits);
    case 'too-large':
      return tooLarge;
    case 'refused':
      return { fault: `not downloaded: ${download.reason}` };
    case 'missing':
      return { fault: `not downloaded: its store answered ${download.status}` };
  }
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
