import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { appClient, appToken, openGitHub, statusOf, type TestGitHub, testApp } from './app-client.ts';
import { readAppManifest } from './app-manifest.ts';

const at = { owner: 'acme', repo: 'demo' };
let site: TestGitHub;

async function open(permissions: typeof testApp.permissions = testApp.permissions) {
  site = await openGitHub({ users: ['alice', 'bob'], app: { ...testApp, permissions } });
  await site.github.createRepository({ fullName: 'acme/demo', files: { a: 'b' }, roles: { alice: 'write' } });
  return { ...site, client: appClient(site.github, 'acme/demo') };
}
afterEach(() => site.close());

describe('the manifest', () => {
  it('decides what the App may do: an undeclared call is refused, and stands in the journal', async () => {
    const { github, client, dir } = await open({ metadata: 'read', issues: 'write', contents: 'read' });
    writeFileSync(join(dir, 'app.yml'), 'default_permissions: { issues: write }\ndefault_events: [issues]\n');
    const issue = await github.as('alice').post<{ number: number }>('/repos/acme/demo/issues', { title: 'bug' });

    const declared = await statusOf(client.rest.issues.get({ ...at, issue_number: issue.number }));
    const undeclared = await statusOf(client.rest.checks.create({ ...at, name: 'x', head_sha: 'f'.repeat(40) }));
    const tooMuch = await statusOf(client.rest.git.createRef({ ...at, ref: 'refs/heads/x', sha: 'f'.repeat(40) }));

    expect([declared, undeclared, tooMuch]).toEqual([200, 403, 403]);
    expect(github.journal.requestProblems()).toEqual([
      'POST /repos/acme/demo/check-runs: checks/create needs checks:write',
      'POST /repos/acme/demo/git/refs: git/create-ref needs contents:write',
    ]);
    expect(readAppManifest(join(dir, 'app.yml'))).toEqual({
      permissions: { metadata: 'read', issues: 'write' },
      events: ['issues'],
    });
  });
});

describe('the journal', () => {
  it('catches what violates GitHub’s description, and says who asked', async () => {
    const { github, client } = await open();

    await client.request('POST /repos/acme/demo/issues', { title: 'ok', colour: 'red' });
    await statusOf(client.request('POST /repos/acme/demo/check-runs', { name: 7, head_sha: 'x' }));
    await client.request('GET /repos/acme/demo/pulls', { state: 'sleeping', wrong: '1' });
    await statusOf(client.request('GET /repos/acme/demo/nothing/like/this'));
    await github.as('alice').post('/repos/acme/demo/issues', { title: 'ok', colour: 'blue' });

    const problems = github.journal.requestProblems().join('\n');
    expect(problems).toContain('/repos/acme/demo/issues: unknown body field colour');
    expect(problems).toContain('/check-runs: body: /name must be string');
    expect(problems).toContain('parameter state=sleeping');
    expect(problems).toContain('unknown query parameter wrong');
    expect(problems).toContain('/nothing/like/this: no such operation');
    expect(github.journal.of('issues/create').map(({ by, login }) => [by, login])).toEqual([
      ['installation', 'ai-fix[bot]'],
      ['user', 'alice'],
    ]);
  });
});

describe('tokens', () => {
  it('are remembered, narrowed, and stop working when they expire', async () => {
    const { github, client } = await open();
    const token = await appToken(client);
    const ask = (): Promise<Response> =>
      fetch(`${github.url}/api/v3/installation/repositories`, { headers: { authorization: `token ${token}` } });
    const before = await ask();
    const { token: narrow } = (await client.auth({
      type: 'installation',
      permissions: { issues: 'read' },
      refresh: true,
    })) as { token: string };
    const headers = { authorization: `token ${narrow}` };
    const narrowed = await fetch(`${github.url}/repos/acme/demo/contents/a`, { headers });

    github.expireTokens();
    const after = await ask();
    const unknown = await fetch(`${github.url}/rate_limit`, { headers: { authorization: 'token ghs_never_made' } });

    expect(github.tokens.values).toContain(token);
    expect([before.status, narrowed.status, after.status, unknown.status]).toEqual([200, 403, 401, 401]);
    expect(await before.json()).toMatchObject({ total_count: 1, repositories: [{ full_name: 'acme/demo' }] });
  });
});

describe('faults', () => {
  it('answer instead, as often as planned', async () => {
    const { github, client } = await open();
    const headers = { 'retry-after': '60' };
    github.faults.add({ method: 'POST', path: /\/issues$/, times: 2, act: { status: 403, headers } });

    const statuses: number[] = [];
    for (const title of ['a', 'b', 'c']) statuses.push(await statusOf(client.rest.issues.create({ ...at, title })));

    expect(statuses).toEqual([403, 403, 200]);
    expect(github.issues('acme/demo').map(({ title }) => title)).toEqual(['c']);
  });

  it('cut the connection before the effect, or after it', async () => {
    const { github, client } = await open();
    const path = /\/issues$/;
    github.faults.add({ method: 'POST', path, act: 'disconnect-before' });
    github.faults.add({ method: 'POST', path, act: 'disconnect-after' });

    const nothingDone = client.rest.issues.create({ ...at, title: 'lost' });
    await expect(nothingDone).rejects.toThrow();
    const countBetween = github.issues('acme/demo').length;
    const done = client.rest.issues.create({ ...at, title: 'made' });
    await expect(done).rejects.toThrow();

    expect(countBetween).toBe(0);
    expect(github.issues('acme/demo').map(({ title }) => title)).toEqual(['made']);
  });

  it('call back between the effect and the answer', async () => {
    const { github, client } = await open();
    const seen: string[] = [];
    github.faults.add({
      method: 'POST',
      path: /\/git\/refs$/,
      when: 'after',
      act: ({ method, body }) => void seen.push(method, JSON.stringify(body), ...Object.keys(github.refs('acme/demo'))),
    });
    const sha = github.refs('acme/demo')['refs/heads/main'] ?? '';

    const answered = client.rest.git.createRef({ ...at, ref: 'refs/ai-fix/1', sha }).then(() => seen.push('answered'));
    await answered;

    expect(seen).toEqual([
      'POST',
      JSON.stringify({ ref: 'refs/ai-fix/1', sha }),
      'refs/ai-fix/1',
      'refs/heads/main',
      'answered',
    ]);
  });
});

describe('graphql', () => {
  const ready =
    'mutation($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }';
  const draft = async () => {
    const { github, client } = await open();
    await github.commit('acme/demo', {
      branch: 'side',
      from: 'main',
      files: { a: 'c' },
      message: 'm',
      author: 'alice',
    });
    const order = { ...at, head: 'side', base: 'main', title: 't', draft: true };
    return { github, client, pull: (await client.rest.pulls.create(order)).data };
  };

  it('takes a pull request out of draft, as REST then shows', async () => {
    const { github, client, pull } = await draft();

    const answer = await client.graphql(ready, { id: pull.node_id });
    const { data: shown } = await client.rest.pulls.get({ ...at, pull_number: pull.number });
    const question = '{ repository(owner: "acme", name: "demo") { pullRequest(number: 1) { id isDraft state } } }';
    const asked = await client.graphql(question);

    expect(answer).toEqual({ markPullRequestReadyForReview: { pullRequest: { isDraft: false } } });
    expect([pull.draft, shown.draft]).toEqual([true, false]);
    expect(asked).toEqual({ repository: { pullRequest: { id: pull.node_id, isDraft: false, state: 'OPEN' } } });
    expect(github.webhooks.deliveries.at(-1)).toMatchObject({ event: 'pull_request', action: 'ready_for_review' });
    expect(github.journal.requestProblems()).toEqual([]);
  });

  it('refuses a document that GitHub’s schema does not know', async () => {
    const { github, client } = await open();

    await expect(client.graphql('{ viewer { loginn } }')).rejects.toThrow('Cannot query field "loginn"');

    expect(github.journal.requestProblems().join()).toContain('Cannot query field "loginn"');
  });
});
