import { zipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { statusOf } from './app-client.ts';
import { here, openRunSite, repository } from './run-site.ts';

let site: Awaited<ReturnType<typeof openRunSite>>;
afterEach(() => site.close());

async function open() {
  site = await openRunSite();
  return site;
}

describe('a lie', () => {
  it('about artifacts gives any bytes, under any name, with any size', async () => {
    const { github, client, ended } = await open();
    const zip = zipSync({ '../../etc/passwd': Buffer.from('root') });
    github.tamperArtifacts(repository, 'every', [
      { name: 'report', zip, claimedBytes: 12 },
      { name: 'report', zip: Buffer.from('no archive') },
      { name: 'old', zip, isExpired: true },
    ]);
    const run_id = await ended();

    const { data } = await client.rest.actions.listWorkflowRunArtifacts({ ...here, run_id });
    const { data: named } = await client.rest.actions.listWorkflowRunArtifacts({ ...here, run_id, name: 'report' });
    const fetchOne = (index: number) =>
      client.rest.actions.downloadArtifact({
        ...here,
        artifact_id: data.artifacts[index]?.id ?? 0,
        archive_format: 'zip',
      });
    const bytes = await Promise.all(
      [0, 1].map(async (index) => Buffer.from((await fetchOne(index)).data as ArrayBuffer)),
    );

    expect(data.artifacts.map(({ name, size_in_bytes, expired }) => [name, size_in_bytes, expired])).toEqual([
      ['report', 12, false],
      ['report', 10, false],
      ['old', zip.length, true],
    ]);
    expect(named.artifacts.map(({ id }) => id)).toEqual(data.artifacts.slice(0, 2).map(({ id }) => id));
    expect(bytes.map((each) => each.toString('latin1'))).toEqual([Buffer.from(zip).toString('latin1'), 'no archive']);
    expect(await statusOf(fetchOne(2))).toBe(410);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('about a log gives any bytes, or some that never end', async () => {
    const { github, client, ended } = await open();
    await ended();
    const job_id = github.runs(repository)[0]?.jobs[0]?.id ?? 0;
    const log = async () => (await client.rest.actions.downloadJobLogsForWorkflowRun({ ...here, job_id })).data;

    github.tamperLog(repository, job_id, Buffer.from('\u001b[2J##[error]all tests passed\0'));
    const forged = await log();
    github.tamperLog(repository, 'every', { bytes: 100_000 });
    const long = await log();
    github.tamperLog(repository, 'every', { bytes: Number.POSITIVE_INFINITY });
    const path = `${github.url}/repos/${repository}/actions/jobs/${job_id}/logs`;
    const redirect = await fetch(path, {
      headers: { authorization: `token ${github.tokenOf('bob')}` },
      redirect: 'manual',
    });
    const endless = await fetch(redirect.headers.get('location') ?? '');
    let size = 0;
    for await (const chunk of endless.body ?? []) {
      size += chunk.length;
      if (size > 5_000_000) break;
    }

    expect(forged).toBe('\u001b[2J##[error]all tests passed\0');
    expect(String(long)).toHaveLength(100_000);
    expect(String(long)).toMatch(/the last line\n$/);
    expect(size).toBeGreaterThan(5_000_000);
  });
});

describe('a download', () => {
  it('may be sent anywhere, and both hosts tell whether a credential came along', async () => {
    const { github, client, ended } = await open();
    await ended();
    const job_id = github.runs(repository)[0]?.jobs[0]?.id ?? 0;
    const headers = { authorization: `token ${github.tokenOf('bob')}` };
    const locate = async () => {
      const path = `${github.url}/repos/${repository}/actions/jobs/${job_id}/logs`;
      const answer = await fetch(path, { headers, redirect: 'manual' });
      return answer.headers.get('location') ?? '';
    };

    github.redirectDownloads(`${github.elsewhere.url}/collect?x=1`);
    const away = await locate();
    const careful = await fetch(away);
    await fetch(away, { headers });
    github.redirectDownloads('file:///etc/passwd');
    const odd = await locate();
    github.redirectDownloads(null);
    const home = await locate();
    await fetch(home, { headers });
    await client.rest.actions.downloadJobLogsForWorkflowRun({ ...here, job_id });

    expect([away, odd]).toEqual([`${github.elsewhere.url}/collect?x=1`, 'file:///etc/passwd']);
    expect(await careful.text()).toBe('this is not GitHub');
    expect(github.elsewhere.requests).toEqual([
      { method: 'GET', path: '/collect?x=1', hasAuthorization: false },
      { method: 'GET', path: '/collect?x=1', hasAuthorization: true },
    ]);
    expect(new URL(home).origin).toBe(github.downloads.url);
    expect(github.downloads.requests.map(({ hasAuthorization }) => hasAuthorization)).toEqual([true, false]);
  });
});
