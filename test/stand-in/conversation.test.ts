import { afterEach, describe, expect, it } from 'vitest';
import { appClient, openGitHub, statusOf, type TestGitHub } from './app-client.ts';

const at = { owner: 'acme', repo: 'demo' };
let site: TestGitHub;
afterEach(() => site.close());

async function open(isPrivate = false) {
  site = await openGitHub({ users: ['alice', 'stranger'] });
  const roles = { alice: 'write', mia: 'maintain', tom: 'triage', rea: 'read', ada: 'admin', nobody: 'none' } as const;
  const files = { a: '1\n', b: '1\n' };
  await site.github.createRepository({ fullName: 'acme/demo', files, roles, isPrivate });
  await site.github.as('alice').post('/repos/acme/demo/issues', { title: 'bug', body: 'it breaks' });
  const client = appClient(site.github, 'acme/demo');
  const propose = async (
    branch: string,
    files: Record<string, string>,
    more: { draft?: boolean; body?: string } = {},
  ) => {
    await site.github.commit('acme/demo', { branch, from: 'main', files, message: branch, author: 'alice' });
    return client.rest.pulls.create({ ...at, head: branch, base: 'main', title: branch, ...more });
  };
  return { ...site, client, propose };
}

describe('roles', () => {
  it('are told with GitHub’s mapping', async () => {
    const { client } = await open();
    const level = async (username: string) => {
      const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
      return [username, data.permission, data.role_name];
    };

    const levels = await Promise.all(['ada', 'mia', 'alice', 'tom', 'rea', 'nobody', 'stranger'].map(level));
    const unknown = await statusOf(client.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'who' }));

    expect(levels).toEqual([
      ['ada', 'admin', 'admin'],
      ['mia', 'write', 'maintain'],
      ['alice', 'write', 'write'],
      ['tom', 'read', 'triage'],
      ['rea', 'read', 'read'],
      ['nobody', 'none', 'none'],
      ['stranger', 'read', 'read'],
    ]);
    expect(unknown).toBe(404);
  });

  it('decide what a person may do', async () => {
    const { github } = await open();
    const label = (login: string) => github.as(login).post('/repos/acme/demo/issues/1/labels', { labels: ['x'] });

    const statuses = await Promise.all(['stranger', 'rea', 'tom'].map((login) => statusOf(label(login))));
    const edit = (number: number) =>
      statusOf(github.as('stranger').patch(`/repos/acme/demo/issues/${number}`, { title: 'x' }));
    await github.as('stranger').post('/repos/acme/demo/issues', { title: 'mine' });
    const edits = [await edit(1), await edit(2)];
    const talk = await statusOf(github.as('stranger').post('/repos/acme/demo/issues/1/comments', { body: 'hi' }));

    expect(statuses).toEqual([403, 403, 200]);
    expect(talk).toBe(200);
    expect(edits).toEqual([403, 200]);
  });

  it('hide a private repository from strangers, not from the App', async () => {
    const { github, client } = await open(true);

    const stranger = await statusOf(github.as('stranger').get('/repos/acme/demo/issues/1'));
    const anonymous = await fetch(`${github.url}/repos/acme/demo`);
    const app = await statusOf(client.rest.issues.get({ ...at, issue_number: 1 }));

    expect([stranger, anonymous.status, app]).toEqual([404, 404, 200]);
  });
});

describe('comments and reactions', () => {
  it('of the App are its bot’s, page by page, and can be edited and deleted', async () => {
    const { github, client } = await open();
    const made = [];
    for (const body of ['one', 'two', 'three']) {
      made.push((await client.rest.issues.createComment({ ...at, issue_number: 1, body })).data);
    }

    await client.rest.issues.updateComment({ ...at, comment_id: made[1]?.id ?? 0, body: 'changed' });
    await client.rest.issues.deleteComment({ ...at, comment_id: made[2]?.id ?? 0 });
    const listed = await client.paginate(client.rest.issues.listComments, { ...at, issue_number: 1, per_page: 1 });

    expect(listed.map((comment) => comment.body)).toEqual(['one', 'changed']);
    expect(listed[0]).toMatchObject({
      user: { login: 'ai-fix[bot]', type: 'Bot' },
      performed_via_github_app: { slug: 'ai-fix' },
    });
    expect(github.comments('acme/demo', 1).map(({ author }) => author)).toEqual(['ai-fix[bot]', 'ai-fix[bot]']);
    expect(github.journal.requestProblems()).toEqual([]);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('are given once however often they are sent', async () => {
    const { github, client } = await open();
    const react = () => client.rest.reactions.createForIssue({ ...at, issue_number: 1, content: 'eyes' });

    const first = await react();
    const second = await react();

    expect([first.status, second.status, second.data.id]).toEqual([201, 200, first.data.id]);
    expect(github.reactions('acme/demo', { issue: 1 })).toEqual([{ author: 'ai-fix[bot]', content: 'eyes' }]);
  });

  it('know a label that is already there', async () => {
    const { client } = await open();
    const label = () => client.rest.issues.createLabel({ ...at, name: 'ai-fix', color: 'ff0000' });
    await label();

    const again = label();

    await expect(again).rejects.toMatchObject({ status: 422, message: expect.stringContaining('already_exists') });
  });
});

describe('an edit', () => {
  it('is told with what stood there before', async () => {
    const { github } = await open();

    await github.as('alice').patch('/repos/acme/demo/issues/1', { body: 'it breaks badly' });
    await github.as('alice').patch('/repos/acme/demo/issues/1', { title: 'worse' });

    const edits = github.webhooks.deliveries.filter(({ action }) => action === 'edited');
    expect(edits.map(({ payload }) => payload.changes)).toEqual([
      { body: { from: 'it breaks' } },
      { title: { from: 'bug' } },
    ]);
  });
});

describe('an archived repository', () => {
  it('can be read and not written', async () => {
    const { github, client } = await open();
    github.archive('acme/demo');

    const { data } = await client.rest.repos.get(at);
    const written = await statusOf(client.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' }));

    expect(data).toMatchObject({ archived: true, default_branch: 'main' });
    expect(written).toBe(403);
  });
});

describe('pull requests', () => {
  it('are refused without commits, twice, or as drafts where there are none', async () => {
    const { github, client, propose } = await open();
    await github.git('acme/demo', 'update-ref', 'refs/heads/same', 'refs/heads/main');
    const create = { ...at, base: 'main', title: 't' };

    await propose('side', { a: '2\n' });
    const { data: found } = await client.rest.pulls.list({ ...at, head: 'acme:side', state: 'open' });
    const twice = await statusOf(client.rest.pulls.create({ ...create, head: 'side' }));
    const empty = await statusOf(client.rest.pulls.create({ ...create, head: 'same' }));
    const nowhere = await statusOf(client.rest.pulls.create({ ...create, head: 'nowhere' }));
    github.refuseDrafts('acme/demo');
    const draft = propose('other', { a: '3\n' }, { draft: true });

    await expect(draft).rejects.toThrow('Draft pull requests are not supported in this repository.');
    expect([twice, empty, nowhere]).toEqual([422, 422, 422]);
    expect(found.map(({ number }) => number)).toEqual([2]);
    expect(github.pullRequests('acme/demo')).toHaveLength(1);
  });

  it('say what they change, and when they conflict', async () => {
    const { github, client, propose } = await open();
    const { data: pull } = await propose('side', { a: '2\n', c: 'new\n' });

    await github.commit('acme/demo', { branch: 'main', files: { a: '9\n' }, message: 'm', author: 'alice' });

    const { data: files } = await client.rest.pulls.listFiles({ ...at, pull_number: pull.number });
    const { data: now } = await client.rest.pulls.get({ ...at, pull_number: pull.number });
    expect(files.map((file) => [file.filename, file.status])).toEqual([
      ['a', 'modified'],
      ['c', 'added'],
    ]);
    expect(pull).toMatchObject({ mergeable: true, additions: 2, deletions: 1, changed_files: 2 });
    expect(now).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
  });

  it('close the issues they name when a person merges them', async () => {
    const { github, propose } = await open();
    await propose('side', { a: '2\n' }, { body: 'Fixes #1' });

    await github.as('alice').put('/repos/acme/demo/pulls/2/merge', {});

    const [issue, pull] = github.issues('acme/demo');
    expect([issue?.state, pull?.state]).toEqual(['closed', 'closed']);
    expect(github.pullRequests('acme/demo')).toMatchObject([{ merged: true }]);
    expect(await github.git('acme/demo', 'show', 'main:a')).toBe('2\n');
    const closed = github.webhooks.deliveries.find(
      ({ event, action }) => event === 'pull_request' && action === 'closed',
    );
    expect(closed?.payload).toMatchObject({ pull_request: { merged: true }, sender: { login: 'alice' } });
  });

  it('are closed when their branch goes, and are issues too', async () => {
    const { client, propose } = await open();
    await propose('side', { a: '2\n' });

    const { data: asIssue } = await client.rest.issues.get({ ...at, issue_number: 2 });
    await client.rest.git.deleteRef({ ...at, ref: 'heads/side' });

    const { data: pull } = await client.rest.pulls.get({ ...at, pull_number: 2 });
    expect(asIssue.pull_request).toMatchObject({ merged_at: null });
    expect([pull.state, pull.merged]).toEqual(['closed', false]);
  });

  it('carry reviews, replies and check runs', async () => {
    const { github, client, propose } = await open();
    const { data: pull } = await propose('side', { a: '2\n' });
    const number = { ...at, pull_number: pull.number };
    const commented = { body: 'why?', path: 'a', line: 1, commit_id: pull.head.sha };
    const review = await github.as('alice').post<{ id: number }>('/repos/acme/demo/pulls/2/reviews', {
      event: 'APPROVE',
      body: 'good',
    });
    const { id } = await github.as('alice').post<{ id: number }>('/repos/acme/demo/pulls/2/comments', commented);

    const reply = await client.rest.pulls.createReplyForReviewComment({ ...number, comment_id: id, body: 'because' });
    await client.rest.pulls.dismissReview({ ...number, review_id: review.id, message: 'code came' });
    await client.rest.checks.create({
      ...at,
      name: 'ai-fix',
      head_sha: pull.head.sha,
      status: 'completed',
      conclusion: 'success',
      output: { title: 't', summary: 's' },
    });

    const { data: reviews } = await client.rest.pulls.listReviews(number);
    const { data: checks } = await client.rest.checks.listForRef({ ...at, ref: 'side' });
    expect(reply.data).toMatchObject({ in_reply_to_id: id, user: { login: 'ai-fix[bot]' } });
    expect(reviews.map(({ state }) => state)).toEqual(['DISMISSED']);
    expect(checks.check_runs).toMatchObject([{ name: 'ai-fix', conclusion: 'success', app: { slug: 'ai-fix' } }]);
    expect(github.journal.requestProblems()).toEqual([]);
  });
});
