import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DeliveryId } from '../../src/domain/ids.ts';
import { asObject, type JsonObject } from '../stand-in/json.ts';
import { webhookSecret } from '../support/app-environment.ts';
import { type House, labelIssue, openHouse, until } from '../support/house.ts';
import { rightFirstTime } from '../support/scripts.ts';
import { candidateRuns, logOf, ownComments, patienceMs, statuses, untilOver, untilState } from '../support/shown.ts';
import { sumFiles, sumIssue } from '../support/sum-repository.ts';

/** What may come through the door: forged, broken, foreign, doubled, late or never. */
let house: House;

vi.setConfig({ testTimeout: patienceMs + 10_000 });
beforeAll(async () => {
  house = await openHouse({
    script: rightFirstTime,
    environment: { LOG_LEVEL: 'silent' },
  });
  house.github.webhooks.policy = mangle;
});
afterAll(() => house.close());

const roles = { alice: 'admin', tom: 'triage' } as const;

async function create(name: string): Promise<string> {
  const repository = `acme/${name}`;
  await house.github.createRepository({ fullName: repository, files: sumFiles, roles });
  return repository;
}

const sign = (body: string | Buffer) => `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`;

/** Delivers as anybody on the internet may; the status of the answer. */
async function deliver(body: string | Buffer, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(house.github.webhookUrl ?? '', { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const headersOf = (id: string, event: string, signature?: string) => ({
  'content-type': 'application/json',
  'x-github-event': event,
  'x-github-delivery': id,
  ...(signature !== undefined && { 'x-hub-signature-256': signature }),
});

const labelled = (): JsonObject => ({
  action: 'labeled',
  installation: { id: 1 },
  repository: { name: 'nowhere', owner: { login: 'acme' } },
  sender: { login: 'alice', type: 'User' },
  label: { name: 'ai-fix' },
  issue: {
    number: 1,
    title: 'sum subtracts',
    body: null,
    user: { login: 'alice' },
    html_url: 'https://github.example/1',
  },
});

const isStored = async (id: string) => (await house.app.ports.deliveries.find(id as DeliveryId)) !== null;

test.concurrent.each<[what: string, signature: string | undefined]>([
  ['a wrong signature', sign('something else')],
  ['no signature', undefined],
  ['an empty signature', ''],
  ['the signature of another algorithm', `sha1=${'0'.repeat(40)}`],
])('%s is answered with 401 and nothing is stored', async (_what, signature) => {
  const id = randomUUID();

  const status = await deliver(JSON.stringify(labelled()), headersOf(id, 'issues', signature));

  expect(status).toBe(401);
  expect(await isStored(id)).toBe(false);
});

test.concurrent.each<[what: string, isAnnounced: boolean]>([
  ['announced', true],
  ['streamed', false],
])('a payload over 25 MB is answered with 413, %s or not', async (_what, isAnnounced) => {
  const body = Buffer.alloc(26 * 1024 * 1024, ' ');
  const length = isAnnounced ? { 'content-length': String(body.length) } : { 'transfer-encoding': 'chunked' };

  const status = await deliver(body, { ...headersOf(randomUUID(), 'issues', sign(body)), ...length });

  expect(status).toBe(413);
});

test.concurrent('malformed JSON that is signed rightly is answered with 400 and nothing is stored', async () => {
  const id = randomUUID();
  const body = '{"action": "labeled", ';

  const status = await deliver(body, headersOf(id, 'issues', sign(body)));

  expect(status).toBe(400);
  expect(await isStored(id)).toBe(false);
});

test.concurrent.each<[what: string, event: string, payload: JsonObject]>([
  ['an event that nobody knows', 'moon_phase', { action: 'full', installation: { id: 1 } }],
  ['a payload without installation', 'issues', { ...labelled(), installation: null }],
  ['a payload without the fields we need', 'issues', { ...labelled(), issue: { number: 'one' } }],
])('%s is taken and let go', async (_what, event, payload) => {
  const delivery = house.github.webhooks.send(event, payload);

  await until('it is answered', patienceMs, () => delivery.statuses.length > 0);

  expect(delivery.statuses).toEqual([expect.toSatisfy((status: number) => status >= 200 && status < 300)]);
  expect(await isStored(delivery.id)).toBe(false);
});

test.concurrent('a label by somebody without write access gets a confused look and one short reply', async () => {
  const repository = await create('triaged');

  const issue = await labelIssue(house.github, repository, { ...sumIssue, by: 'tom' });
  const reactions = await until('the issue has a reaction', patienceMs, () => {
    const found = house.github.reactions(repository, { issue });
    return found.length > 0 && found;
  });

  expect(reactions).toEqual([{ author: 'ai-fix[bot]', content: 'confused' }]);
  expect(await settledNote(repository, 'labeled')).toBe('ignored');
  const [reply, ...more] = ownComments(house.github, repository, issue);
  expect(reply).toMatch(/tom may not start ai-fix: that takes write access to this repository\.$/);
  expect(more).toEqual([]);
  expect(house.github.pullRequests(repository)).toEqual([]);
});

test.concurrent.each<[what: string, name: string, change: JsonObject]>([
  ['a label by a bot', 'by-bot', { sender: { login: 'renovate[bot]', type: 'Bot' } }],
  ['another label', 'other-label', { label: { name: 'bug' } }],
])('%s starts nothing', async (_what, name, change) => {
  const repository = await create(name);
  const { number } = await house.github.as('alice').post<{ number: number }>(`/repos/${repository}/issues`, sumIssue);
  const { payload } = await eventOf(repository, 'opened');

  const { id, statuses: answers } = house.github.webhooks.send('issues', { ...payload, ...asLabelled, ...change });
  await until('it is answered', patienceMs, () => answers.length > 0);
  const delivery = await until('it is not under way', patienceMs, async () => {
    const found = await house.app.ports.deliveries.find(id as DeliveryId);
    return found?.status !== 'received' && { status: found?.status ?? 'ignored' };
  });

  expect(delivery.status).toBe('ignored');
  expect(ownComments(house.github, repository, number)).toEqual([]);
  expect(house.github.reactions(repository, { issue: number })).toEqual([]);
});

test.concurrent('ten labels and a redelivered one are one fix', async () => {
  const repository = await create('ten-times');
  const issue = await labelIssue(house.github, repository, sumIssue);
  const first = await eventOf(repository, 'labeled');

  for (let count = 0; count < 9; count++) house.github.webhooks.send('issues', first.payload);
  const redelivered = await Promise.all([first.id, first.id].map((id) => house.github.webhooks.redeliver(id)));
  await untilState(house, repository, issue, 'complete');
  await house.github.webhooks.redeliver(first.id);
  await house.github.settled();

  expect(redelivered.every((status) => status !== null && status < 300)).toBe(true);
  expectOneOfEverything(repository, issue);
});

test.concurrent('a delivery that failed is taken up again when it is redelivered', async () => {
  const repository = await create('resumed');
  const path = new RegExp(`^/repos/${repository}/collaborators/alice/permission$`);
  const mend = house.github.faults.add({ method: 'GET', path, times: Number.POSITIVE_INFINITY, act: { status: 451 } });

  const issue = await labelIssue(house.github, repository, sumIssue);
  const { id } = await eventOf(repository, 'labeled');
  const settled = await settledNote(repository, 'labeled');
  mend();
  await house.github.webhooks.redeliver(id);
  await untilState(house, repository, issue, 'complete');

  expect(settled).toBe('failed');
  expectOneOfEverything(repository, issue);
});

test.concurrent('without the webhook of the finished run the sweep finds it', async () => {
  const repository = await create('lost');
  dropped.add(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');

  expectOneOfEverything(repository, issue);
  expect((await logOf(house, repository, issue)).filter(({ type }) => type === 'run-finished')).toHaveLength(1);
});

test.concurrent('webhooks that come twice and in any order change nothing', async () => {
  const repository = await create('shuffled');
  shuffled.add(repository);

  const issue = await labelIssue(house.github, repository, sumIssue);
  await untilState(house, repository, issue, 'complete');
  await house.github.as('alice').put(`/repos/${repository}/pulls/2/merge`, {});
  await untilOver(house, repository, issue);

  expectOneOfEverything(repository, issue, ['refs/heads/main']);
  expect(statuses(house.github, repository, issue)[0]).toContain('is done: alice merged the pull request.');
});

test('every request keeps to the schema and to what app.yml declares', () => {
  expect(house.github.journal.requestProblems()).toEqual([]);
});

const dropped = new Set<string>();
const shuffled = new Set<string>();

/** By repository, so that the other cases hear everything once and in order. */
function mangle({ event, payload }: { readonly event: string; readonly payload: JsonObject }): Decision {
  const name = fullNameOf(payload);
  if (dropped.has(name)) return event === 'workflow_run' ? 'drop' : 'deliver';
  if (shuffled.has(name)) return Math.random() < 0.5 ? 'twice' : { delayMs: Math.random() * 2_000 };
  return 'deliver';
}

type Decision = ReturnType<House['github']['webhooks']['policy']>;

const fullNameOf = ({ repository }: JsonObject): string => String(asObject(repository ?? null).full_name);

const asLabelled: JsonObject = { action: 'labeled', label: { name: 'ai-fix' } };

/** The first delivery of this action about a repository. */
const eventOf = (repository: string, action: string) =>
  until(`${action} of ${repository} is sent`, patienceMs, () =>
    house.github.webhooks.deliveries.find((one) => one.action === action && fullNameOf(one.payload) === repository),
  );

/** How the App settled the first delivery of this action. */
async function settledNote(repository: string, action: string): Promise<string> {
  const { id } = await eventOf(repository, action);
  return until('the delivery is settled', patienceMs, async () => {
    const delivery = await house.app.ports.deliveries.find(id as DeliveryId);
    return delivery !== null && delivery.status !== 'received' && delivery.status;
  });
}

function expectOneOfEverything(repository: string, issue: number, left?: readonly string[]): void {
  const [pullRequest] = house.github.pullRequests(repository);
  expect(house.github.pullRequests(repository)).toHaveLength(1);
  expect(statuses(house.github, repository, issue)).toHaveLength(1);
  expect(candidateRuns(house.github, repository)).toHaveLength(1);
  const branches = Object.keys(house.github.refs(repository)).filter((ref) => ref.startsWith('refs/heads/'));
  expect(branches.sort()).toEqual(left ?? [`refs/heads/${pullRequest?.head_ref}`, 'refs/heads/main']);
  const marks = ownComments(house.github, repository, pullRequest?.number ?? 0).map((body) => body.split(' ')[3]);
  expect(marks).toEqual(['plan-plan', 'completion', 'status']);
}
