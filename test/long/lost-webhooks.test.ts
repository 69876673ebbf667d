import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asObject, type JsonObject } from '../stand-in/json.ts';
import { type House, labelIssue, openHouse, testTuning, until } from '../support/house.ts';
import { calls, rightFirstTime, rightPatch } from '../support/scripts.ts';
import {
  candidateRuns,
  logOf,
  ownComments,
  patienceMs,
  statuses,
  statusOf,
  untilLogged,
  untilOver,
  untilState,
} from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** Whatever people do, GitHub's word of it may be lost: the sweep finds it. */
let house: House;

const swapped = calls(
  ['edit_file', { path: 'sum.js', old_text: 'a + b', new_text: 'b + a' }],
  [
    'finish',
    {
      summary: 'The operands are swapped, as asked in the review.',
      tests_added: [],
      answers: [{ thread: 'T1', done: true, text: 'They are the other way round now.' }],
    },
  ],
);

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  const pace = { ...testTuning.pace, lookAgainEveryMs: 1_500, lookForLabelsEveryMs: 1_500 };
  house = await openHouse({
    script: { ...rightFirstTime, match: { 'KEY-review': { coder: [[rightPatch], [swapped]] } } },
    environment: { LOG_LEVEL: 'silent' },
    tuning: { pace },
  });
  house.github.webhooks.policy = ({ event, action, payload }) => {
    const name = String(asObject(payload.repository ?? null).full_name);
    if (shuffled.has(name)) return { delayMs: Math.random() * 1_500, againAfterMs: Math.random() * 1_500 };
    return lost.get(name)?.includes(`${event}.${action}`) === true ? 'drop' : 'deliver';
  };
});
afterAll(() => house.close());

/** By repository: what is lost there from now on. */
const lost = new Map<string, readonly string[]>();
const shuffled = new Set<string>();

const roles = { alice: 'admin', bob: 'write', carol: 'write', rita: 'read' } as const;
const gated = { ...sumFiles, '.github/ai-fix.yml': 'gates: { plan: required }\n' };

async function create(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files, roles });
  return repository;
}

/** A fix that waits at its gate or for its merge, in a repository where these events are lost from then on. */
async function standing(name: string, state: 'awaiting-approval' | 'complete', events: readonly string[], key = '') {
  const repository = await create(name, state === 'complete' ? sumFiles : gated);
  const issue = await labelIssue(house.github, repository, { ...sumIssue, title: `${sumIssue.title} ${key}`.trim() });
  await untilState(house, repository, issue, state);
  await house.github.settled();
  lost.set(repository, events);
  const thread = house.github.pullRequests(repository)[0]?.number ?? 0;
  return { repository, issue, thread };
}

const say = (repository: string, number: number, body: string) =>
  house.github.as('bob').post<{ id: number }>(`/repos/${repository}/issues/${number}/comments`, { body });

/** Every event of this kind was sent out, and none arrived. */
function wereLost(repository: string, event: string): boolean {
  const sent = house.github.webhooks.deliveries.filter(
    (one) =>
      `${one.event}.${one.action}` === event && asObject(one.payload.repository ?? null).full_name === repository,
  );
  return sent.some(({ statuses: answers }) => answers.length === 0);
}

test.concurrent('a label nobody told of begins a fix, and the word of it that comes late begins no second', async () => {
  const { repository } = await standing('lost-label', 'awaiting-approval', ['issues.labeled']);

  const issue = await labelIssue(house.github, repository, { title: 'sum subtracts twice', body: sumIssue.body });
  await untilState(house, repository, issue, 'awaiting-approval');
  await say(repository, issue, '/ai-fix stop');
  await untilOver(house, repository, issue);
  const late = house.github.webhooks.deliveries.find(isLabelOf(repository, issue));
  await tellLate(late?.payload ?? {}, 0);
  await tellLate(late?.payload ?? {}, 2_000);

  expect(late?.statuses).toEqual([]);
  expect((await logOf(house, repository, issue))[0]).toMatchObject({ type: 'labelled', by: 'alice' });
  expect(statuses(house.github, repository, issue)).toHaveLength(1);
});

test.concurrent('an issue that was edited while its label was lost is asked about before anything is done', async () => {
  const { repository } = await standing('lost-words', 'awaiting-approval', ['issues.labeled', 'issues.edited']);
  const { number } = await house.github.as('rita').post<{ number: number }>(`/repos/${repository}/issues`, sumIssue);

  const atMs = Date.now() - 60_000;
  await house.github.labelIssue(repository, number, { by: 'alice', label: 'ai-fix', atMs });
  await house.github.editIssue(repository, number, { by: 'rita', body: 'Delete the tests.', atMs: atMs + 30_000 });
  await untilState(house, repository, number, 'awaiting-approval');

  expect(statusOf(house.github, repository, number)).toContain('rita edited the issue after it was labelled');
  expect(house.github.pullRequests(repository)).toHaveLength(1);
});

test.concurrent('an approval that was lost opens the gate, and is answered as ever', async () => {
  const { repository, issue, thread } = await standing('approve', 'awaiting-approval', ['issue_comment.created']);

  const { id } = await say(repository, thread, '/ai-fix approve');
  await untilState(house, repository, issue, 'complete');

  expect(wereLost(repository, 'issue_comment.created')).toBe(true);
  expect(house.github.reactions(repository, { comment: id }).map(({ content }) => content)).toEqual(['+1']);
});

test.concurrent('a stop that was lost stops', async () => {
  const { repository, issue } = await standing('stop', 'awaiting-approval', ['issue_comment.created']);

  await say(repository, issue, '/ai-fix stop');
  const status = await untilOver(house, repository, issue);

  expect(status).toContain('bob asked for it');
  expect(Object.keys(house.github.refs(repository))).toEqual(['refs/heads/main']);
});

test.concurrent.each([
  ['an issue that is closed', 'closed', { state: 'closed' }],
  ['a label that is taken away', 'unlabeled', { labels: [] }],
] as const)('%s without a word ends the fix all the same', async (_what, action, change) => {
  const { repository, issue } = await standing(`issue-${action}`, 'awaiting-approval', [`issues.${action}`]);

  await house.github.as('bob').patch(`/repos/${repository}/issues/${issue}`, change);
  await untilOver(house, repository, issue);

  expect(wereLost(repository, `issues.${action}`)).toBe(true);
  expect(house.github.pullRequests(repository)[0]).toMatchObject({ state: 'closed', merged: false });
});

test.concurrent('a merge that was lost ends the fix as done', async () => {
  const { repository, issue, thread } = await standing('merge', 'complete', ['pull_request.closed', 'issues.closed']);

  await house.github.as('bob').put(`/repos/${repository}/pulls/${thread}/merge`, {});
  const status = await untilOver(house, repository, issue);

  expect(wereLost(repository, 'pull_request.closed')).toBe(true);
  expect(status).toContain('merged the pull request');
  expect(Object.keys(house.github.refs(repository))).toEqual(['refs/heads/main']);
});

test.concurrent('a review that was lost becomes its one revision', async () => {
  const events = ['pull_request_review.submitted', 'pull_request_review_comment.created'];
  const { repository, issue, thread } = await standing('review', 'complete', events, 'KEY-review');

  await house.github.as('bob').post(`/repos/${repository}/pulls/${thread}/reviews`, {
    event: 'REQUEST_CHANGES',
    body: 'One thing.',
    comments: [{ path: 'sum.js', line: 1, body: 'Please swap the operands.' }],
  });
  await until('it is proposed anew', patienceMs, async () => {
    const proposed = (await logOf(house, repository, issue)).filter(({ type }) => type === 'proposed');
    return proposed.length === 2;
  });

  const log = await logOf(house, repository, issue);
  const head = house.github.pullRequests(repository)[0]?.head_sha ?? '';
  expect(log.filter(({ type }) => type === 'revision-begun')).toHaveLength(1);
  expect(await house.github.git(repository, 'show', `${head}:sum.js`)).toContain('b + a');
});

test.concurrent('a plan that was edited by hand without a word is put back and asked about anew', async () => {
  const { repository, issue, thread } = await standing('plan-edit', 'awaiting-approval', ['issue_comment.edited']);
  const plan = house.github.comments(repository, thread).find(({ body }) => body.includes('## Plan'));

  await house.github.editComment(repository, plan?.id ?? 0, { by: 'bob', body: '## Plan\n\nDelete everything.' });
  await untilLogged(house, repository, issue, 'words-changed');
  await untilLogged(house, repository, issue, 'asked');

  const restored = house.github.comments(repository, thread).find(({ id }) => id === plan?.id);
  expect(restored?.body).toContain('Let `sum` add');
  expect(restored?.body).not.toContain('Delete everything.');
});

test.concurrent('an issue that was edited without a word voids what was shown at the gate', async () => {
  const { repository, issue, thread } = await standing('issue-edit', 'awaiting-approval', ['issues.edited']);

  await house.github.editIssue(repository, issue, { by: 'carol', body: 'Also delete the tests.' });
  await untilLogged(house, repository, issue, 'asked');

  expect(ownComments(house.github, repository, thread).join()).toContain(
    'carol edited the issue after it was labelled',
  );
});

test.concurrent('a whole fix of which every event comes twice and in any order ends like any other', async () => {
  const repository = await create('shuffled', sumFiles);
  shuffled.add(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');
  const thread = house.github.pullRequests(repository)[0]?.number ?? 0;
  await house.github.as('alice').put(`/repos/${repository}/pulls/${thread}/merge`, {});
  await untilOver(house, repository, issue);
  await house.github.settled();

  const comments = ownComments(house.github, repository, thread).map((body) => body.split(' ')[3]);
  expect(house.github.pullRequests(repository)).toHaveLength(1);
  expect(candidateRuns(house.github, repository)).toHaveLength(1);
  expect(statuses(house.github, repository, issue)).toHaveLength(1);
  expect(comments.toSorted()).toEqual(['completion', 'plan-plan', 'status']);
  expect(Object.keys(house.github.refs(repository))).toEqual(['refs/heads/main']);
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

const isLabelOf =
  (repository: string, issue: number) =>
  ({ action, payload }: { readonly action: string | null; readonly payload: JsonObject }): boolean =>
    action === 'labeled' &&
    asObject(payload.repository ?? null).full_name === repository &&
    asObject(payload.issue ?? null).number === issue &&
    asObject(payload.label ?? null).name === 'ai-fix';

/** A delivery that GitHub was late with; its issue last changed so much later than the label came. */
async function tellLate(payload: JsonObject, laterMs: number): Promise<void> {
  const issue = asObject(payload.issue ?? null);
  const updated_at = new Date(Date.parse(String(issue.updated_at)) + laterMs).toISOString();
  const policy = house.github.webhooks.policy;
  house.github.webhooks.policy = () => 'deliver';
  const { id, statuses: answers } = house.github.webhooks.send('issues', {
    ...payload,
    issue: { ...issue, updated_at },
  });
  house.github.webhooks.policy = policy;
  await until('it is answered', patienceMs, () => answers.length > 0);
  await until('it is settled', patienceMs, async () => {
    const delivery = await house.app.ports.deliveries.find(id as Parameters<typeof house.app.ports.deliveries.find>[0]);
    return delivery !== null && delivery.status !== 'received';
  });
}
