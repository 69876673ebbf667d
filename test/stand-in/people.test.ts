import { afterEach, describe, expect, it } from 'vitest';
import { appClient, openGitHub, statusOf, type TestGitHub } from './app-client.ts';
import type { GitHubOptions } from './github.ts';

const repository = 'acme/demo';
const at = { owner: 'acme', repo: 'demo' };
const reading = { permissions: { members: 'read' } } as const;
let site: TestGitHub;
afterEach(() => site.close());

async function open(options: Partial<GitHubOptions> = {}) {
  site = await openGitHub({ users: ['alice', 'stranger'], ...options });
  const roles = { alice: 'write', cleo: { name: 'security-lead', base: 'maintain' } } as const;
  await site.github.createRepository({ fullName: repository, files: { a: '1\n' }, roles });
  await site.github.as('alice').post(`/repos/${repository}/issues`, { title: 'bug', body: 'it breaks' });
  return { ...site, client: appClient(site.github, repository) };
}

describe('a role', () => {
  it('made by the organization has its own name, and the permission of what it was made from', async () => {
    const { github, client } = await open();
    const level = () => client.rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'CLEO' });

    const { data: before } = await level();
    github.setRole(repository, 'cleo', { name: 'night-shift', base: 'triage' });
    const { data: after } = await level();
    const write = await statusOf(github.as('cleo').put(`/repos/${repository}/pulls/1/merge`, {}));

    expect([before.permission, before.role_name]).toEqual(['write', 'security-lead']);
    expect([after.permission, after.role_name]).toEqual(['read', 'night-shift']);
    expect(write).toBe(403);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('can be taken away, is not asked of bots, and may be unreadable for a while', async () => {
    const { github, client } = await open();
    const level = (username: string) => client.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
    github.asBot('renovate');
    github.setRole(repository, 'alice', 'none');
    github.faults.add({ method: 'GET', path: /\/collaborators\/cleo\/permission$/, act: { status: 500 } });

    const { data } = await level('alice');
    const statuses = [];
    for (const login of ['renovate[bot]', 'cleo', 'cleo']) statuses.push(await statusOf(level(login)));

    expect(data.permission).toBe('none');
    expect(statuses).toEqual([404, 500, 200]);
  });
});

describe('a team', () => {
  const ask = (client: Awaited<ReturnType<typeof open>>['client'], org: string, team: string, username: string) =>
    client.rest.teams.getMembershipForUserInOrg({ org, team_slug: team, username });

  it('tells who is in it, who is only invited, and nothing of anybody else', async () => {
    const { github, client } = await open({ widened: reading });
    github.setTeam('acme', 'fixers', ['alice'], { maintainers: ['max'], pending: ['penny'] });

    const { data: member } = await ask(client, 'acme', 'Fixers', 'Alice');
    const { data: maintainer } = await ask(client, 'acme', 'fixers', 'max');
    const { data: invited } = await ask(client, 'acme', 'fixers', 'penny');
    const unknown = [
      await statusOf(ask(client, 'acme', 'fixers', 'stranger')),
      await statusOf(ask(client, 'acme', 'nobody', 'alice')),
      await statusOf(ask(client, 'other', 'fixers', 'alice')),
    ];
    github.setTeam('acme', 'fixers', []);
    const left = await statusOf(ask(client, 'acme', 'fixers', 'alice'));

    expect([member, maintainer, invited]).toMatchObject([
      { state: 'active', role: 'member' },
      { state: 'active', role: 'maintainer' },
      { state: 'pending', role: 'member' },
    ]);
    expect([...unknown, left]).toEqual([404, 404, 404, 404]);
    expect(github.journal.requestProblems()).toEqual([]);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('is closed to an App that did not ask for members, and to tokens without it', async () => {
    const { github, client } = await open();
    github.setTeam('acme', 'fixers', ['alice']);
    const undeclared = ask(client, 'acme', 'fixers', 'alice');
    await expect(undeclared).rejects.toMatchObject({ status: 403, message: expect.stringContaining('integration') });
    expect(github.journal.requestProblems().join()).toContain('get-membership-for-user-in-org needs members:read');
    await site.close();

    const wide = await open({ widened: reading });
    wide.github.setTeam('acme', 'fixers', ['alice']);
    const narrow = { type: 'installation', permissions: { issues: 'write' }, refresh: true } as const;
    const { token } = (await wide.client.auth(narrow)) as { token: string };
    const refused = await fetch(`${wide.github.url}/orgs/acme/teams/fixers/memberships/alice`, {
      headers: { authorization: `token ${token}` },
    });

    expect(refused.status).toBe(403);
  });
});

describe('another App', () => {
  it('comments and labels as its bot, and is heard as one', async () => {
    const { github, client } = await open();
    const bot = github.asBot('other-bot');

    await bot.post(`/repos/${repository}/issues/1/comments`, { body: '/ai-fix approve' });
    await bot.post(`/repos/${repository}/issues/1/labels`, { labels: ['ai-fix'] });

    const { data } = await client.rest.issues.listComments({ ...at, issue_number: 1 });
    const senders = github.webhooks.deliveries
      .slice(-2)
      .map(({ event, action, payload }) => [`${event}.${action}`, payload.sender]);
    const asBot = { login: 'other-bot[bot]', type: 'Bot', id: expect.any(Number) };
    expect(data).toMatchObject([{ user: asBot, performed_via_github_app: { slug: 'other-bot' } }]);
    expect(data[0]?.performed_via_github_app?.id).not.toBe(4_242);
    expect(senders).toEqual([
      ['issue_comment.created', expect.objectContaining(asBot)],
      ['issues.labeled', expect.objectContaining(asBot)],
    ]);
    expect(github.journal.responseProblems()).toEqual([]);
  });

  it('that has a person’s token writes as that person, and only one field tells', async () => {
    const { github, client } = await open();
    const path = `/repos/${repository}/issues/1/comments`;

    await github.as('alice', { viaApp: 'assistant' }).post(path, { body: 'mine' });
    await github.as('alice').post(path, { body: 'really mine' });

    const { data } = await client.rest.issues.listComments({ ...at, issue_number: 1 });
    expect(data).toMatchObject([
      { user: { login: 'alice', type: 'User' }, performed_via_github_app: { slug: 'assistant' } },
      { user: { login: 'alice', type: 'User' }, performed_via_github_app: null },
    ]);
    const told = github.webhooks.deliveries.filter(({ event }) => event === 'issue_comment');
    expect(told[0]?.payload).toMatchObject({
      comment: { performed_via_github_app: { slug: 'assistant' } },
      sender: { login: 'alice', type: 'User' },
    });
  });
});

describe('a comment', () => {
  it('has the time of its last edit, to the second, and can be from another time', async () => {
    const { github, client } = await open();
    const longAgo = Date.UTC(2024, 0, 1, 12, 0, 0, 700);
    const id = await github.comment(repository, 1, { by: 'stranger', body: 'first', atMs: longAgo });
    const untouched = await github.comment(repository, 1, { by: 'stranger', body: 'second', atMs: longAgo });
    await github.editComment(repository, id, { by: 'stranger', body: 'changed', atMs: longAgo + 60_000 });

    const { data } = await client.rest.issues.listComments({ ...at, issue_number: 1 });
    const since = '2024-01-01T12:00:01Z';
    const { data: recent } = await client.rest.issues.listComments({ ...at, issue_number: 1, since });

    expect(data.map((one) => [one.id, one.body, one.created_at, one.updated_at])).toEqual([
      [id, 'changed', '2024-01-01T12:00:00Z', '2024-01-01T12:01:00Z'],
      [untouched, 'second', '2024-01-01T12:00:00Z', '2024-01-01T12:00:00Z'],
    ]);
    expect(recent.map((one) => one.id)).toEqual([id]);
    const edited = github.webhooks.deliveries.find(({ action }) => action === 'edited');
    expect(edited?.payload).toMatchObject({
      comment: { id, updated_at: '2024-01-01T12:01:00Z' },
      changes: { body: { from: 'first' } },
    });
  });

  it('is changed by its author, by writers and by the App, and by nobody else', async () => {
    const { github, client } = await open();
    const id = await github.comment(repository, 1, { by: 'stranger', body: 'x' });
    const { data: own } = await client.rest.issues.createComment({ ...at, issue_number: 1, body: 'plan' });
    const path = (comment: number) => `/repos/${repository}/issues/comments/${comment}`;

    const forging = await statusOf(github.as('stranger').patch(path(own.id), { body: 'approved plan' }));
    const removing = await statusOf(github.as('stranger').delete(path(own.id)));
    const statuses = [
      await statusOf(github.as('stranger').patch(path(id), { body: 'y' })),
      await statusOf(github.as('alice').patch(path(own.id), { body: 'plan by a writer' })),
      await statusOf(client.rest.issues.updateComment({ ...at, comment_id: own.id, body: 'plan' })),
    ];

    expect([forging, removing]).toEqual([403, 403]);
    expect(statuses).toEqual([200, 200, 200]);
  });
});
