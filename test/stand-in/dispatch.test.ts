import { afterEach, describe, expect, it } from 'vitest';
import { appClient, type DispatchRequest, dispatchRun, openGitHub, statusOf, type TestGitHub } from './app-client.ts';
import type { GitHubOptions } from './github.ts';

const here = { owner: 'acme', repo: 'demo' };
const workflow = `
name: Sandbox
run-name: ai-fix \${{ inputs.nonce }} \${{ inputs.sha }}
on:
  workflow_dispatch:
    inputs:
      nonce: { type: string, required: true }
      sha: { type: string, default: none }
      deep: { type: boolean, default: false }
      mode: { type: choice, options: [validate, recipe], default: validate }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: "\${{ inputs.sha != 'none' && inputs.sha || github.sha }}" }
      - run: cat state.txt; mkdir out; cp state.txt out/
      - uses: actions/upload-artifact@v4
        with: { name: report, path: out }
`;
const files = {
  'state.txt': 'on main\n',
  '.github/workflows/sandbox.yml': workflow,
  '.github/workflows/push.yml': 'on: push\njobs: { a: { runs-on: x, steps: [{ run: echo }] } }\n',
};

let site: TestGitHub;
afterEach(() => site.close());

async function open(options: Partial<GitHubOptions> = {}) {
  site = await openGitHub({ users: ['alice'], ...options });
  await site.github.createRepository({ fullName: 'acme/demo', files, roles: { alice: 'write' } });
  const client = appClient(site.github, 'acme/demo');
  const dispatch = (order: Partial<DispatchRequest> = {}): Promise<number> =>
    dispatchRun(client, { repository: 'acme/demo', workflow: 'sandbox.yml', inputs: { nonce: 'n1' }, ...order });
  return { ...site, client, dispatch };
}

describe('a dispatch', () => {
  it('runs the file of the dispatched branch and never takes the candidate for its head', async () => {
    const { github, client, dispatch } = await open();
    const change = {
      branch: 'candidate',
      from: 'main',
      files: { 'state.txt': 'fixed\n' },
      message: 'fix',
      author: 'alice',
    };
    const candidate = await github.commit('acme/demo', change);

    const run_id = await dispatch({ inputs: { nonce: 'n7', sha: candidate } });
    await github.settled();

    const { data: run } = await client.rest.actions.getWorkflowRun({ ...here, run_id });
    expect(run).toMatchObject({
      head_sha: github.refs('acme/demo')['refs/heads/main'],
      head_branch: 'main',
      path: '.github/workflows/sandbox.yml',
      display_title: `ai-fix n7 ${candidate}`,
      conclusion: 'success',
      event: 'workflow_dispatch',
      run_attempt: 1,
    });
    expect(github.runs('acme/demo')[0]?.jobs[0]?.log).toContain('Z fixed');
    expect(github.journal.requestProblems()).toEqual([]);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('is refused where GitHub refuses it', async () => {
    const { github, dispatch } = await open();
    await github.git('acme/demo', 'update-ref', 'refs/heads/side', 'refs/heads/main');
    const withoutFile = { '.github/workflows/sandbox.yml': null };
    await github.commit('acme/demo', { branch: 'side', files: withoutFile, message: 'gone', author: 'alice' });

    const statuses = await Promise.all([
      statusOf(dispatch({ workflow: 'nowhere.yml' })),
      statusOf(dispatch({ ref: 'nowhere' })),
      statusOf(dispatch({ ref: 'side' })),
      statusOf(dispatch({ workflow: 'push.yml', inputs: {} })),
      statusOf(dispatch({ inputs: {} })),
      statusOf(dispatch({ inputs: { nonce: 'n', extra: 'x' } })),
      statusOf(dispatch({ inputs: { nonce: 'n', deep: 'perhaps' } })),
      statusOf(dispatch({ inputs: { nonce: 'n', mode: 'other' } })),
    ]);

    expect(statuses).toEqual([404, 422, 422, 422, 422, 422, 422, 422]);
    expect(github.runs('acme/demo')).toEqual([]);
  });

  it('does not tell the run on a server that cannot, and the listing lags', async () => {
    const { github, client, dispatch } = await open({ supportsRunDetails: false, listingDelayMs: 3_600_000 });

    const refused = await statusOf(dispatch());
    const plain = { ...here, workflow_id: 'sandbox.yml', ref: 'main', inputs: { nonce: 'n1' } };
    const accepted = await client.rest.actions.createWorkflowDispatch(plain);
    const { data: listed } = await client.rest.actions.listWorkflowRuns({ ...here, workflow_id: 'sandbox.yml' });

    expect([refused, accepted.status, listed.total_count]).toEqual([422, 204, 0]);
    expect(github.runs('acme/demo')).toHaveLength(1);
  });
});

describe('a run', () => {
  it('is told by signed events, and shows its jobs, logs and artifacts', async () => {
    const { github, client, dispatch } = await open();

    const run_id = await dispatch();
    await github.settled();

    const { data: listed } = await client.rest.actions.listJobsForWorkflowRun({ ...here, run_id });
    const [job] = listed.jobs;
    const log = await client.rest.actions.downloadJobLogsForWorkflowRun({ ...here, job_id: job?.id ?? 0 });
    const { data: made } = await client.rest.actions.listWorkflowRunArtifacts({ ...here, run_id });
    const artifact_id = made.artifacts[0]?.id ?? 0;
    const zip = await client.rest.actions.downloadArtifact({ ...here, artifact_id, archive_format: 'zip' });
    const told = github.webhooks.deliveries.filter(({ event }) => event === 'workflow_run');
    expect(told.map(({ action }) => action)).toEqual(['requested', 'in_progress', 'completed']);
    expect(job).toMatchObject({ name: 'test', conclusion: 'success', workflow_name: 'Sandbox' });
    expect(String(log.data)).toContain('Z on main');
    expect(
      Buffer.from(zip.data as ArrayBuffer)
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('gives its log from a second origin, which refuses credentials', async () => {
    const { github, client, dispatch } = await open();
    await dispatch();
    await github.settled();
    const id = github.runs('acme/demo')[0]?.jobs[0]?.id;
    const { token } = (await client.auth({ type: 'installation' })) as { token: string };
    const headers = { authorization: `token ${token}` };

    const redirect = await fetch(`${github.url}/repos/acme/demo/actions/jobs/${id}/logs`, {
      headers,
      redirect: 'manual',
    });

    const location = redirect.headers.get('location') ?? '';
    const leaking = await fetch(location, { headers });
    const plain = await fetch(location);
    expect(new URL(location).origin).not.toBe(github.url);
    expect([redirect.status, leaking.status, plain.status]).toEqual([302, 400, 200]);
  });

  it('may fail to start in silence, hang, have no log, or far too much of it', async () => {
    const { github, client, dispatch } = await open();

    github.failRunStart('acme/demo');
    await dispatch();
    await github.settled();
    const eventsOfTheSilent = github.webhooks.deliveries.length;
    github.behave('acme/demo');
    github.hangRuns('acme/demo');
    const hanging = await dispatch();
    const [, queued] = github.runs('acme/demo');
    await client.rest.actions.cancelWorkflowRun({ ...here, run_id: hanging });
    github.behave('acme/demo');
    await dispatch();
    await github.settled();
    const job_id = github.runs('acme/demo')[2]?.jobs[0]?.id ?? 0;
    github.noJobLogs('acme/demo');
    const noLog = await statusOf(client.rest.actions.downloadJobLogsForWorkflowRun({ ...here, job_id }));
    github.behave('acme/demo');
    github.hugeJobLog('acme/demo', 30_000_000);
    const huge = await client.rest.actions.downloadJobLogsForWorkflowRun({ ...here, job_id });

    expect(eventsOfTheSilent).toBe(0);
    expect(queued?.status).toBe('queued');
    const conclusions = github.runs('acme/demo').map((run) => run.conclusion);
    expect(conclusions).toEqual(['startup_failure', 'cancelled', 'success']);
    expect(noLog).toBe(404);
    expect(String(huge.data)).toHaveLength(30_000_000);
    expect(String(huge.data)).toMatch(/the last line\n$/);
  });

  it('can be run again as its second attempt', async () => {
    const { github, client, dispatch } = await open();
    const run_id = await dispatch();
    await github.settled();

    await client.rest.actions.reRunWorkflow({ ...here, run_id });
    await github.settled();

    expect(github.runs('acme/demo')).toMatchObject([{ attempt: 2, conclusion: 'success' }]);
  });

  it('shows a failing job as a check run of GitHub Actions, with its annotations', async () => {
    const { github, client } = await open();
    const failing =
      'on: push\njobs: { unit: { runs-on: x, steps: [{ run: "echo ::error file=a.js,line=3::bad; exit 1" }] } }\n';
    const files = { '.github/workflows/push.yml': failing };
    await github.commit('acme/demo', { branch: 'main', files, message: 'break it', author: 'alice' });

    await github.runWorkflow('acme/demo', { workflow: 'push.yml', branch: 'main', event: 'push', actor: 'alice' });

    const { data: checks } = await client.rest.checks.listForRef({ ...here, ref: 'main' });
    const check_run_id = checks.check_runs[0]?.id ?? 0;
    const { data: annotations } = await client.rest.checks.listAnnotations({ ...here, check_run_id });
    expect(checks.check_runs).toMatchObject([{ name: 'unit', conclusion: 'failure', app: { slug: 'github-actions' } }]);
    expect(annotations).toMatchObject([{ path: 'a.js', start_line: 3, message: 'bad', annotation_level: 'failure' }]);
    expect(github.runs('acme/demo')).toMatchObject([{ event: 'push', title: 'break it', conclusion: 'failure' }]);
    expect(github.journal.responseProblems()).toEqual([]);
  });
});
