import { afterEach, describe, expect, it } from 'vitest';
import { appClient, openGitHub, statusOf, type TestGitHub } from './app-client.ts';

const repository = 'acme/demo';
const pull = { owner: 'acme', repo: 'demo', pull_number: 1 };
const reviews = `/repos/${repository}/pulls/1/reviews`;
let site: TestGitHub;
afterEach(() => site.close());

interface Review {
  readonly id: number;
  readonly commit_id: string;
}

async function open() {
  site = await openGitHub({ users: ['stranger'], widened: { events: ['pull_request_review'] } });
  const { github } = site;
  const roles = { alice: 'write', bob: 'write', rea: 'read' } as const;
  await github.createRepository({ fullName: repository, files: { a: '1\n' }, roles });
  const push = (text: string) =>
    github.commit(repository, { branch: 'side', from: 'main', files: { a: text }, message: 'm', author: 'alice' });
  await push('2\n');
  const client = appClient(github, repository);
  await client.rest.pulls.create({ owner: 'acme', repo: 'demo', head: 'side', base: 'main', title: 't' });
  const review = (login: string, event: string, body = '') => github.as(login).post<Review>(reviews, { event, body });
  return { github, client, review, push };
}

describe('a review', () => {
  it('is given for the head of that moment, and stays when another commit comes', async () => {
    const { github, client, review, push } = await open();
    const seen = github.refs(repository)['refs/heads/side'];

    const { id } = await review('bob', 'APPROVE', 'good');
    await push('3\n');

    const { data: listed } = await client.rest.pulls.listReviews({ ...pull, per_page: 1 });
    expect(listed).toMatchObject([{ id, state: 'APPROVED', commit_id: seen, user: { login: 'bob' }, body: 'good' }]);
    expect(github.isApproved(repository, 1)).toBe(true);
    expect(github.webhooks.deliveries.find(({ event }) => event === 'pull_request_review')).toMatchObject({
      action: 'submitted',
      payload: { review: { state: 'approved', commit_id: seen }, pull_request: { number: 1 } },
    });
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('is listed page by page, and to others only once it was submitted', async () => {
    const { client, review, github } = await open();
    for (const login of ['alice', 'bob']) await review(login, 'COMMENT', `by ${login}`);
    await github.as('alice').post(reviews, { body: 'not yet' });

    const all = await client.paginate(client.rest.pulls.listReviews, { ...pull, per_page: 1 });
    const own = await github.as('alice').get<Review[]>(reviews);

    expect(all.map(({ body }) => body)).toEqual(['by alice', 'by bob']);
    expect(own).toHaveLength(3);
  });

  it('is refused of one’s own pull request, without words, or for a commit nobody knows', async () => {
    const { github, client, review } = await open();
    await github.commit(repository, { branch: 'own', from: 'main', files: { a: '9' }, message: 'm', author: 'bob' });
    await github.as('bob').post(`/repos/${repository}/pulls`, { head: 'own', base: 'main', title: 'mine' });
    const own = github.as('bob').post(`/repos/${repository}/pulls/2/reviews`, { event: 'APPROVE' });

    const statuses = await Promise.all([
      statusOf(own),
      statusOf(client.rest.pulls.createReview({ ...pull, event: 'APPROVE' })),
      statusOf(review('bob', 'REQUEST_CHANGES')),
      statusOf(review('bob', 'COMMENT')),
      statusOf(github.as('bob').post(reviews, { event: 'APPROVE', commit_id: 'f'.repeat(40) })),
    ]);

    expect(statuses).toEqual([422, 422, 422, 422, 422]);
    expect(github.reviews(repository, 1)).toEqual([]);
  });
});

describe('an approval', () => {
  it('is the last word of each reviewer who may write', async () => {
    const { github, review } = await open();
    const standing: boolean[] = [];
    const say = async (login: string, event: string) => {
      await review(login, event, 'words');
      standing.push(github.isApproved(repository, 1));
    };

    await say('rea', 'APPROVE');
    await say('stranger', 'APPROVE');
    await say('bob', 'APPROVE');
    await say('bob', 'COMMENT');
    await say('alice', 'REQUEST_CHANGES');
    await say('alice', 'APPROVE');

    expect(standing).toEqual([false, false, true, true, false, true]);
  });
});

describe('a dismissal', () => {
  it('takes the review’s effect, keeps its words, and is told', async () => {
    const { github, client, review } = await open();
    const first = await review('bob', 'APPROVE', 'good');
    const second = await review('bob', 'APPROVE', 'still good');
    const dismiss = (review_id: number) =>
      client.rest.pulls.dismissReview({ ...pull, review_id, message: 'another commit came' });

    const { data } = await dismiss(second.id);
    const isApprovedByTheFirst = github.isApproved(repository, 1);
    await dismiss(first.id);

    expect(data).toMatchObject({ id: second.id, state: 'DISMISSED', body: 'still good' });
    expect(isApprovedByTheFirst).toBe(true);
    expect(github.isApproved(repository, 1)).toBe(false);
    expect(github.reviews(repository, 1).map(({ state }) => state)).toEqual(['DISMISSED', 'DISMISSED']);
    expect(github.webhooks.deliveries.at(-1)).toMatchObject({
      event: 'pull_request_review',
      action: 'dismissed',
      payload: { review: { id: first.id, state: 'dismissed' }, sender: { login: 'ai-fix[bot]' } },
    });
    expect(github.journal.requestProblems()).toEqual([]);
  });

  it('is refused twice, of a comment, and of a review that is not there', async () => {
    const { client, review } = await open();
    const { id: approval } = await review('bob', 'APPROVE');
    const { id: comment } = await review('bob', 'COMMENT', 'hm');
    const dismiss = (review_id: number) => client.rest.pulls.dismissReview({ ...pull, review_id, message: 'm' });
    await dismiss(approval);

    const again = dismiss(approval);

    await expect(again).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Can not dismiss a dismissed pull request review'),
    });
    expect([await statusOf(dismiss(comment)), await statusOf(dismiss(9_999))]).toEqual([422, 404]);
  });

  it('takes write access, the permission, and the consent of the branch’s protection', async () => {
    const { github, client, review } = await open();
    const { id } = await review('bob', 'APPROVE');
    const dismiss = () => statusOf(client.rest.pulls.dismissReview({ ...pull, review_id: id, message: 'm' }));
    const path = `${reviews}/${id}/dismissals`;
    const narrow = { type: 'installation', permissions: { pull_requests: 'read' }, refresh: true } as const;
    const { token } = (await client.auth(narrow)) as { token: string };
    const body = JSON.stringify({ message: 'm' });

    const reader = await statusOf(github.as('rea').put(path, { message: 'm' }));
    const readOnly = await fetch(`${github.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `token ${token}` },
      body,
    });
    const refused: number[] = [];
    for (const status of [403, 422] as const) {
      github.refuseDismissals(repository, status);
      refused.push(await dismiss());
    }
    github.behave(repository);

    expect([reader, readOnly.status, ...refused]).toEqual([403, 403, 403, 422]);
    expect(github.isApproved(repository, 1)).toBe(true);
    expect(await dismiss()).toBe(200);
  });
});
