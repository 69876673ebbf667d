import { afterEach, describe, expect, it } from 'vitest';
import { dispatchRun } from './app-client.ts';
import { here, openRunSite, repository, sandbox } from './run-site.ts';

let site: Awaited<ReturnType<typeof openRunSite>>;
afterEach(() => site.close());

async function open() {
  site = await openRunSite();
  return site;
}

describe('a person', () => {
  it('dispatches the sandbox workflow on any branch with any nonce, as themselves', async () => {
    const { github, client } = await open();
    await github.git(repository, 'update-ref', 'refs/heads/ai-fix/1', 'refs/heads/main');
    const order = { ref: 'ai-fix/1', inputs: { nonce: 'stolen', sha: 'f'.repeat(40) } };

    await github.as('bob').post(`/repos/${repository}/actions/workflows/sandbox.yml/dispatches`, order);
    await github.settled();

    const listing = { ...here, workflow_id: 'sandbox.yml', branch: 'ai-fix/1' };
    const { data } = await client.rest.actions.listWorkflowRuns(listing);
    expect(data.workflow_runs).toMatchObject([
      { display_title: `ai-fix stolen ${'f'.repeat(40)}`, actor: { login: 'bob' }, event: 'workflow_dispatch' },
    ]);
  });

  it('runs another file under the same title: only the path tells', async () => {
    const { github, client } = await open();
    await github.as('bob').post(`/repos/${repository}/actions/workflows/lookalike.yml/dispatches`, {
      ref: 'main',
      inputs: { nonce: 'n1' },
    });
    await dispatchRun(client, { repository, workflow: 'sandbox.yml', inputs: { nonce: 'n1' } });
    await github.settled();

    const { data } = await client.rest.actions.listWorkflowRunsForRepo(here);
    expect(data.workflow_runs.map((run) => [run.display_title, run.path]).sort()).toEqual([
      ['ai-fix n1 none', '.github/workflows/lookalike.yml'],
      ['ai-fix n1 none', '.github/workflows/sandbox.yml'],
    ]);
  });

  it.each(['rerun', 'rerun-failed-jobs'])('starts the next attempt of a run by %s', async (verb) => {
    const { github, ended, get } = await open();
    const run_id = await ended();

    await github.as('bob').post(`/repos/${repository}/actions/runs/${run_id}/${verb}`);
    await github.settled();

    const again = { run_attempt: 2, actor: { login: 'ai-fix[bot]' }, triggering_actor: { login: 'bob' } };
    expect(await get(run_id)).toMatchObject(again);
    expect(github.webhooks.deliveries.at(-1)?.payload).toMatchObject({ sender: { login: 'bob' } });
  });

  it('skips or renames a job, and the run still passes', async () => {
    const { github, client, ended } = await open();
    const matrix = 'strategy: { matrix: { on: [a, b] } }';
    const skipped =
      `${sandbox.replace('name: Check', 'name: Check\n    if: false')}` +
      `  all:\n    name: on \${{ matrix.on }}\n    if: false\n    ${matrix}\n    runs-on: x\n    steps: [{ run: "false" }]\n` +
      '  renamed: { name: Chеck, runs-on: x, steps: [{ run: echo }] }\n';
    const changed = { '.github/workflows/sandbox.yml': skipped };
    await github.commit(repository, { branch: 'main', files: changed, message: 'm', author: 'alice' });

    const run_id = await ended();

    const { data } = await client.rest.actions.listJobsForWorkflowRun({ ...here, run_id });
    expect(github.runs(repository)[0]?.conclusion).toBe('success');
    expect(data.jobs.map(({ name, conclusion }) => [name, conclusion]).sort()).toEqual([
      ['Check', 'skipped'],
      ['Chеck', 'success'],
      ['on $' + '{{ matrix.on }}', 'skipped'],
    ]);
  });
});

describe('a run that hangs', () => {
  it('goes on when it is released', async () => {
    const { github, dispatch } = await open();
    github.hangRuns(repository);
    await dispatch();
    const [before] = github.runs(repository);

    github.releaseRuns(repository);
    await github.settled();

    expect(before?.status).toBe('queued');
    expect(github.runs(repository)).toMatchObject([{ conclusion: 'success', attempt: 1 }]);
  });
});

describe('a lie', () => {
  it('about a run is told by every endpoint, and by no webhook', async () => {
    const { github, client, ended, get } = await open();
    const run_id = await ended();
    const other = await ended();
    const lie = {
      head_sha: 'f'.repeat(40),
      path: '.github/workflows/other.yml',
      run_attempt: 3,
      conclusion: 'failure',
    };

    github.tamperRun(repository, run_id, lie);

    const { data } = await client.rest.actions.listWorkflowRunsForRepo(here);
    expect(await get(run_id)).toMatchObject(lie);
    expect(data.workflow_runs.find(({ id }) => id === run_id)).toMatchObject(lie);
    expect(await get(other)).toMatchObject({ conclusion: 'success', run_attempt: 1 });
    expect(github.webhooks.deliveries.map(({ payload }) => payload.workflow_run)).not.toContainEqual(
      expect.objectContaining({ run_attempt: 3 }),
    );
  });

  it('can be about every run to come, until a newer one', async () => {
    const { github, ended, get } = await open();
    github.tamperRun(repository, 'every', { display_title: 'ai-fix n2 none', event: 'push' });
    const run_id = await ended();
    const first = await get(run_id);

    github.tamperRun(repository, run_id, { display_title: 'another' });

    expect(first).toMatchObject({ display_title: 'ai-fix n2 none', event: 'push' });
    expect(await get(run_id)).toMatchObject({ display_title: 'another', event: 'workflow_dispatch' });
  });

  it('about jobs is told in the listing and of each', async () => {
    const { github, client, ended } = await open();
    const run_id = await ended();

    github.tamperJobs(repository, run_id, (jobs) => [
      ...jobs.map((job) => ({ ...job, conclusion: 'failure' })),
      { ...jobs[0], id: 5, name: 'Made up' },
    ]);

    const { data } = await client.rest.actions.listJobsForWorkflowRun({ ...here, run_id });
    const madeUp = await client.rest.actions.getJobForWorkflowRun({ ...here, job_id: 5 });
    expect(data.total_count).toBe(2);
    expect(data.jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['Check', 'failure'],
      ['Made up', 'success'],
    ]);
    expect(madeUp.data.name).toBe('Made up');
  });
});
