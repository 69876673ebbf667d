import { generateKeyPairSync } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { pino } from 'pino';
import { Probot } from 'probot';
import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/app/app.ts';
import type { RawSignal } from '../../src/app/edge.ts';
import { signalSchema } from '../../src/domain/signal.ts';

type Payload = Record<string, unknown>;

/** GitHub's own examples: 300 and more, by event. The package's type says otherwise than its file. */
const published = (examples as unknown as readonly { name: string; examples: readonly Payload[] }[]).flatMap(
  ({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload })),
);

const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

const heard: { delivery: string; raw: RawSignal }[] = [];
const probot = new Probot({ appId: 1, privateKey, secret: 'a good secret', log: pino({ level: 'silent' }) });
listen(probot, async (delivery, raw) => {
  heard.push({ delivery, raw });
});

const receive = (name: string, payload: Payload, id = 'd-1') =>
  probot.receive({ id, name, payload } as unknown as Parameters<Probot['receive']>[0]);

/** The first example of an event with this action, with an installation and other changes. */
function example(name: string, action: string, change: Payload = {}): Payload {
  const found = published.find((one) => one.name === name && one.payload.action === action);
  if (found === undefined) throw new TypeError(`there is no example of ${name}.${action}`);
  return { installation: { id: 7 }, ...structuredClone(found.payload), ...change };
}

const ended = (event: string): Payload => ({
  ...(example('workflow_run', 'completed').workflow_run as Payload),
  event,
});

beforeEach(() => {
  heard.length = 0;
});

describe('every webhook that GitHub publishes an example of', () => {
  it('is taken without an error, and only those we listen to say anything', async () => {
    const speaking: Record<string, number> = {};

    for (const [index, { name, payload }] of published.entries()) {
      const before = heard.length;
      await receive(name, payload, `d-${index}`);
      if (heard.length > before) speaking[`${name}.${String(payload.action)}`] = heard.length - before;
    }

    expect(published.length).toBeGreaterThan(300);
    expect(Object.keys(speaking).toSorted()).toEqual([
      'check_suite.completed',
      'installation.created',
      'installation.deleted',
      'installation.suspend',
      'installation.unsuspend',
      'installation_repositories.added',
      'installation_repositories.removed',
      'issues.edited',
      'issues.labeled',
      'issues.unlabeled',
      'pull_request.closed',
      'pull_request.labeled',
      'pull_request.reopened',
      'pull_request.unlabeled',
      'pull_request_review.submitted',
      'pull_request_review_comment.created',
      'status.undefined',
      'workflow_run.completed',
    ]);
  });
});

describe('a webhook becomes a signal', () => {
  it.each([
    ['issues', 'labeled', 'issue-labelled'],
    ['issues', 'unlabeled', 'issue-unlabelled'],
    ['pull_request', 'closed', 'pull-request-closed'],
  ])('%s.%s, with its delivery and everything the signal needs', async (name, action, type) => {
    await receive(name, example(name, action), 'd-42');

    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ delivery: 'd-42', raw: { type } });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it.each([
    ['installation', 'created', { type: 'installed', isWhole: true, repositories: [{ owner: 'Codertocat' }] }],
    ['installation', 'deleted', { type: 'uninstalled', repositories: null }],
    ['installation', 'suspend', { type: 'uninstalled', repositories: null }],
    ['installation', 'unsuspend', { type: 'installation-resumed' }],
    ['installation_repositories', 'added', { type: 'installed', isWhole: false, repositories: [{ name: 'Space' }] }],
    ['installation_repositories', 'removed', { type: 'uninstalled', repositories: expect.any(Array) }],
  ])('%s.%s, with the repositories it is about', async (name, action, expected) => {
    await receive(name, example(name, action));

    expect(signalSchema.parse(heard[0]?.raw)).toMatchObject(expected);
  });

  it('without those of its repositories that GitHub cannot have', async () => {
    const good = { id: 5, name: 'shop', full_name: 'acme/shop' };
    const bad = [
      { id: 6, full_name: 'acme/../x' },
      { id: 7, full_name: 'acme/a b' },
      { id: 'x', full_name: 'acme/y' },
      { id: 8 },
      null,
      'acme/z',
    ];

    await receive('installation', example('installation', 'created', { repositories: [...bad, good] }));

    expect(heard[0]?.raw.repositories).toEqual([{ id: 5, owner: 'acme', name: 'shop' }]);
  });

  it('with the words that the issue had then', async () => {
    const payload = example('issues', 'labeled', { label: { name: 'ai-fix' } });
    const issue = { ...(payload.issue as Payload), title: 'The title', body: null };

    await receive('issues', { ...payload, issue });

    expect(heard[0]?.raw).toMatchObject({ label: 'ai-fix', issue: { title: 'The title', body: '' } });
  });

  it('but not when it comes without an installation', async () => {
    const payload = example('issues', 'labeled', { installation: undefined });

    await receive('issues', payload);

    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(false);
  });

  it('when an issue is closed', async () => {
    await receive('issues', example('issues', 'labeled', { action: 'closed' }));

    expect(heard[0]?.raw).toMatchObject({ type: 'issue-closed', issueNumber: expect.any(Number) });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it('with a bot known for one by its type or by its name', async () => {
    for (const sender of [
      { login: 'renovate', type: 'Bot' },
      { login: 'renovate[bot]', type: 'User' },
    ])
      await receive('pull_request', example('pull_request', 'closed', { sender }));

    expect(heard.map(({ raw }) => raw.actor)).toMatchObject([{ isBot: true }, { isBot: true }]);
  });

  it('with a bot as a bot, whether it labelled, took a label away or gave a command', async () => {
    const sender = { login: 'other[bot]', id: 42, type: 'Bot' };
    const comment = { id: 1, body: '/ai-fix approve' };

    for (const action of ['labeled', 'unlabeled']) await receive('issues', example('issues', action, { sender }));
    await receive('issue_comment', example('issue_comment', 'created', { sender, comment }));

    expect(heard.map(({ raw }) => raw.actor)).toEqual(Array(3).fill({ login: 'other[bot]', id: 42, isBot: true }));
  });

  it('as a bot when an App writes with the token of a person', async () => {
    const comment = { id: 5, body: '/ai-fix approve', performed_via_github_app: { id: 9 } };

    await receive('issue_comment', example('issue_comment', 'created', { comment }));

    expect(heard[0]?.raw.actor).toMatchObject({ isBot: true });
  });

  it('not when a pull request is labelled', async () => {
    const { issue } = example('issues', 'labeled');

    await receive('issues', example('issues', 'labeled', { issue: { ...(issue as Payload), pull_request: {} } }));

    expect(heard).toEqual([]);
  });

  it('when a person gives a command', async () => {
    const comment = { id: 5, body: 'looks good\n\n/ai-fix approve\n' };

    await receive('issue_comment', example('issue_comment', 'created', { comment }));

    expect(heard[0]?.raw).toMatchObject({
      type: 'command',
      order: { kind: 'command', word: 'approve' },
      commentId: 5,
      number: expect.any(Number),
    });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it('when a dispatched run has ended: one of ours, or nothing', async () => {
    await receive('workflow_run', example('workflow_run', 'completed', { workflow_run: ended('workflow_dispatch') }));

    expect(heard[0]?.raw).toMatchObject({ type: 'run-finished' });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it.each(['push', 'pull_request', 'schedule'])(
    'when a run for %s has failed on a branch of the repository',
    async (event) => {
      const payload = example('workflow_run', 'completed');
      const { id } = payload.repository as { id: number };
      const here = {
        head_repository: { id },
        head_branch: 'main',
        conclusion: 'failure',
        path: '.github/workflows/ci.yml',
      };

      await receive('workflow_run', { ...payload, workflow_run: { ...ended(event), ...here } });

      const workflowPath = '.github/workflows/ci.yml';
      expect(heard[0]?.raw).toMatchObject({
        type: 'checks-concluded',
        branches: ['main'],
        hasFailed: true,
        workflowPath,
      });
      expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
    },
  );

  it('without a branch where a run was for a fork, whatever the branch is called there', async () => {
    const fork = { head_repository: { id: 1 }, head_branch: 'main', conclusion: 'failure' };

    await receive(
      'workflow_run',
      example('workflow_run', 'completed', { workflow_run: { ...ended('pull_request'), ...fork } }),
    );

    expect(heard[0]?.raw).toMatchObject({ branches: [], hasFailed: true });
  });

  it.each([
    ['failure', true],
    ['timed_out', true],
    ['success', false],
  ])('when a check suite ended as %s', async (conclusion, hasFailed) => {
    const payload = example('check_suite', 'completed');

    await receive('check_suite', { ...payload, check_suite: { ...(payload.check_suite as Payload), conclusion } });

    expect(heard[0]?.raw).toMatchObject({ type: 'checks-concluded', hasFailed });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it.each(['cancelled', 'skipped', 'neutral', 'stale', 'action_required', null])(
    'not when a check suite ended as %s, which says nothing of the commit',
    async (conclusion) => {
      const payload = example('check_suite', 'completed');

      await receive('check_suite', { ...payload, check_suite: { ...(payload.check_suite as Payload), conclusion } });

      expect(heard).toEqual([]);
    },
  );

  it('when a check of another App failed, and not one of Actions, which its run tells', async () => {
    const payload = example('check_run', 'created', { action: 'completed' });
    for (const slug of ['circle-ci', 'github-actions']) {
      const check_run = { ...(payload.check_run as Payload), conclusion: 'failure', app: { slug } };
      await receive('check_run', { ...payload, check_run });
    }

    expect(heard.map(({ raw }) => raw.app)).toEqual(['circle-ci']);
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it('when a commit status failed, with the branches it is said to be on', async () => {
    const found = published.find(({ name }) => name === 'status');
    const branches = [{ name: 'main' }, { name: 'topic' }];

    await receive('status', { installation: { id: 7 }, ...found?.payload, state: 'error', branches });
    await receive('status', { installation: { id: 7 }, ...found?.payload, state: 'pending', branches });

    expect(heard).toHaveLength(1);
    expect(heard[0]?.raw).toMatchObject({ type: 'checks-concluded', branches: ['main', 'topic'], hasFailed: true });
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });

  it.each([
    ['labeled', { type: 'pull-request-labelled', label: 'ai-fix' }],
    ['unlabeled', { type: 'issue-unlabelled', label: 'ai-fix' }],
  ])('when a pull request is %s', async (action, expected) => {
    await receive('pull_request', example('pull_request', action, { label: { name: 'ai-fix' } }));

    expect(heard[0]?.raw).toMatchObject(expected);
    expect(signalSchema.safeParse(heard[0]?.raw).success).toBe(true);
  });
});
