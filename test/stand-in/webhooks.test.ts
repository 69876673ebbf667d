import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhooks as Verifier } from '@octokit/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asyncServer } from '../support/async-server.ts';
import { appClient, openGitHub, type TestGitHub } from './app-client.ts';

interface Received {
  readonly id: string;
  readonly event: string;
  readonly isGenuine: boolean;
}

const received: Received[] = [];
const verifier = new Verifier({ secret: 'a secret' });
let site: TestGitHub;
let app: Server;

beforeEach(async () => {
  received.length = 0;
  app = asyncServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const signature = String(request.headers['x-hub-signature-256']);
    const body = Buffer.concat(chunks).toString();
    const { action, installation } = JSON.parse(body);
    const isGenuine = (await verifier.verify(body, signature)) && installation.id > 0;
    const id = String(request.headers['x-github-delivery']);
    received.push({ id, event: `${request.headers['x-github-event']}.${action}`, isGenuine });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}/hook`;
  site = await openGitHub({ users: ['alice'], webhookUrl });
  await site.github.createRepository({ fullName: 'acme/demo', files: { a: 'b' }, roles: { alice: 'triage' } });
});
afterEach(async () => {
  await site.close();
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
});

const openIssue = (): Promise<unknown> => site.github.as('alice').post('/repos/acme/demo/issues', { title: 'bug' });

describe('webhooks', () => {
  it('are signed, carry the installation, and keep to what the App subscribed to', async () => {
    await openIssue();
    await site.github.as('alice').post('/repos/acme/demo/issues/1/labels', { labels: ['ai-fix'] });
    await site.github.as('alice').post('/repos/acme/demo/issues/1/comments', { body: '/ai-fix stop' });
    await site.github.webhooks.settled();

    expect(received.map(({ event }) => event).sort()).toEqual([
      'issue_comment.created',
      'issues.labeled',
      'issues.opened',
    ]);
    expect(received.every(({ isGenuine }) => isGenuine)).toBe(true);
    expect(site.github.webhooks.deliveries.map(({ statuses }) => statuses)).toEqual([[202], [202], [202]]);
  });

  it('are dropped, doubled and delayed as the test says', async () => {
    const { webhooks } = site.github;
    const policies = ['drop', 'twice', { delayMs: 300 }, 'deliver'] as const;
    webhooks.policy = () => policies[webhooks.deliveries.length - 1] ?? 'deliver';

    for (let count = 0; count < 4; count += 1) await openIssue();
    await webhooks.settled();

    const [dropped, doubled, late, plain] = webhooks.deliveries;
    const order = received.map(({ id }) => id);
    expect(order.filter((id) => id === dropped?.id)).toHaveLength(0);
    expect(order.filter((id) => id === doubled?.id)).toHaveLength(2);
    expect(order.indexOf(plain?.id ?? '')).toBeLessThan(order.indexOf(late?.id ?? ''));
  });

  it('can be sent again under their old id, and by hand', async () => {
    await openIssue();
    await site.github.webhooks.settled();
    const [first] = site.github.webhooks.deliveries;

    const status = await site.github.webhooks.redeliver(first?.id ?? '');
    site.github.webhooks.send('check_run', { action: 'completed', installation: { id: 1 } });
    await site.github.webhooks.settled();

    expect(status).toBe(202);
    expect(received.map(({ id }) => id).slice(0, 2)).toEqual([first?.id, first?.id]);
    expect(received[2]).toMatchObject({ event: 'check_run.completed', isGenuine: true });
  });

  it('to an App that is down are recorded as unanswered, and reach its next port', async () => {
    const home = site.github.webhookUrl;
    site.github.webhookUrl = 'http://127.0.0.1:9/hook';
    await openIssue();
    await site.github.webhooks.settled();
    const [lost] = site.github.webhooks.deliveries;

    site.github.webhookUrl = home;
    await site.github.webhooks.redeliver(lost?.id ?? '');

    expect(lost?.statuses).toEqual([null, 202]);
  });

  it('tell the labels of a pull request as its own', async () => {
    const { github } = site;
    github.setRole('acme/demo', 'alice', 'write');
    await github.commit('acme/demo', {
      branch: 'side',
      from: 'main',
      files: { a: 'c' },
      message: 'm',
      author: 'alice',
    });
    await appClient(github, 'acme/demo').rest.pulls.create({
      owner: 'acme',
      repo: 'demo',
      head: 'side',
      base: 'main',
      title: 't',
    });
    await github.as('alice').post('/repos/acme/demo/issues/1/labels', { labels: ['ai-fix'] });
    await github.as('alice').post('/repos/acme/demo/issues/1/comments', { body: 'hello' });

    const [opened, labeled] = github.webhooks.deliveries.filter(({ event }) => event === 'pull_request');
    const comment = github.webhooks.deliveries.find(({ event }) => event === 'issue_comment');
    expect(opened?.payload).toMatchObject({
      action: 'opened',
      number: 1,
      sender: { login: 'ai-fix[bot]', type: 'Bot' },
    });
    expect(labeled?.payload).toMatchObject({ action: 'labeled', number: 1, label: { name: 'ai-fix' } });
    expect(comment?.payload).toMatchObject({ issue: { number: 1, pull_request: { merged_at: null } } });
  });
});
