import { afterEach, describe, expect, it } from 'vitest';
import { appClient, openGitHub, type TestGitHub } from './app-client.ts';
import { asObject } from './json.ts';

const repository = 'acme/demo';
const at = { owner: 'acme', repo: 'demo' };
const minute = 60_000;
let site: TestGitHub;
afterEach(() => site.close());

const question = `query($owner:String!,$name:String!,$number:Int!){repository(owner:$owner,name:$name){issue(number:$number){
  title body state lastEditedAt editor{__typename login} labels(first:100){nodes{name}}
  timelineItems(last:1,itemTypes:[RENAMED_TITLE_EVENT]){nodes{... on RenamedTitleEvent{
    createdAt actor{login} previousTitle currentTitle}}}}}}`;

interface Asked {
  readonly repository: { readonly issue: Record<string, unknown> };
}

async function open() {
  site = await openGitHub({ users: ['alice', 'bob'] });
  const { github } = site;
  await github.createRepository({ fullName: repository, files: { a: '1\n' }, roles: { alice: 'write' } });
  await github.as('bob').post(`/repos/${repository}/issues`, { title: 'bug', body: 'it breaks' });
  const client = appClient(github, repository);
  const ask = async (number = 1) =>
    (await client.graphql<Asked>(question, { owner: 'acme', name: 'demo', number })).repository.issue;
  return { github, client, ask };
}

const toSecond = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

describe('an issue', () => {
  it('that nobody touched has no editor and no earlier title', async () => {
    const { github, client, ask } = await open();
    await client.rest.issues.addLabels({ ...at, issue_number: 1, labels: ['ai-fix', 'bug'] });

    const issue = await ask();

    expect(issue).toEqual({
      title: 'bug',
      body: 'it breaks',
      state: 'OPEN',
      lastEditedAt: null,
      editor: null,
      labels: { nodes: [{ name: 'ai-fix' }, { name: 'bug' }] },
      timelineItems: { nodes: [] },
    });
    expect(github.journal.requestProblems()).toEqual([]);
    expect(github.journal.of('graphql').at(-1)?.needs).toEqual(['issues:read']);
  });

  it('tells who changed its body and when, but of its title only the renaming', async () => {
    const { github, ask } = await open();
    const path = `/repos/${repository}/issues/1`;

    await github.as('bob').patch(path, { title: 'worse' });
    const renamed = await ask();
    await github.as('alice').patch(path, { body: 'rm -rf /', title: 'worst' });
    await github.as('alice').patch(path, { body: 'rm -rf /' });
    const edited = await ask();

    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const rename = { createdAt: time, actor: { login: 'bob' }, previousTitle: 'bug', currentTitle: 'worse' };
    expect(renamed).toMatchObject({ lastEditedAt: null, editor: null, timelineItems: { nodes: [rename] } });
    expect(edited).toMatchObject({
      title: 'worst',
      body: 'rm -rf /',
      lastEditedAt: time,
      editor: { __typename: 'User', login: 'alice' },
      timelineItems: { nodes: [{ actor: { login: 'alice' }, previousTitle: 'worse', currentTitle: 'worst' }] },
    });
    const changes = github.webhooks.deliveries.filter(({ action }) => action === 'edited').map((one) => one.payload);
    expect(changes).toMatchObject([
      { changes: { title: { from: 'bug' } }, sender: { login: 'bob' } },
      { changes: { title: { from: 'worse' }, body: { from: 'it breaks' } }, sender: { login: 'alice' } },
    ]);
  });

  it('that a bot edited names the bot as if it were a person of that name', async () => {
    const { github, ask } = await open();

    await github.editIssue(repository, 1, { by: 'sneaky[bot]', body: 'bot was here' });

    expect(await ask()).toMatchObject({ editor: { __typename: 'Bot', login: 'sneaky' } });
  });

  it('can have been edited and labelled at other times, as REST, GraphQL and the events say alike', async () => {
    const { github, client, ask } = await open();
    const labelledMs = Date.now() - 10 * minute;
    const editedMs = labelledMs - 30_000;

    await github.editIssue(repository, 1, { by: 'bob', body: 'late words', title: 'late', atMs: editedMs });
    await github.labelIssue(repository, 1, { by: 'alice', label: 'ai-fix', atMs: labelledMs });

    const issue = await ask();
    const { data } = await client.rest.issues.get({ ...at, issue_number: 1 });
    const [edited, labelled] = github.webhooks.deliveries.slice(-2);
    expect(issue).toMatchObject({
      lastEditedAt: toSecond(editedMs),
      editor: { login: 'bob' },
      timelineItems: { nodes: [{ createdAt: toSecond(editedMs) }] },
    });
    expect(edited).toMatchObject({ action: 'edited', payload: { issue: { updated_at: toSecond(editedMs) } } });
    expect(labelled).toMatchObject({
      action: 'labeled',
      payload: {
        label: { name: 'ai-fix' },
        issue: { body: 'late words', updated_at: toSecond(labelledMs), created_at: toSecond(editedMs) },
      },
    });
    expect(data.updated_at).toBe(toSecond(labelledMs));
  });

  it('labelled now says so in its event', async () => {
    const { github } = await open();
    const before = toSecond(Date.now());

    await github.as('alice').post(`/repos/${repository}/issues/1/labels`, { labels: ['ai-fix'] });

    const after = toSecond(Date.now());
    const issue = asObject(github.webhooks.deliveries.at(-1)?.payload.issue);
    expect(issue.created_at).toMatch(/:\d\dZ$/);
    expect([before, issue.updated_at, after]).toEqual([before, issue.updated_at, after].sort());
  });

  it('is none where the number is a pull request or nothing', async () => {
    const { github, client, ask } = await open();
    const files = { a: '2\n' };
    await github.commit(repository, { branch: 'side', from: 'main', files, message: 'm', author: 'alice' });
    await client.rest.pulls.create({ ...at, head: 'side', base: 'main', title: 't' });

    const errors = await Promise.all([2, 99].map((number) => ask(number).catch((error: unknown) => error)));

    expect(errors).toMatchObject([
      {
        data: { repository: { issue: null } },
        errors: [
          {
            type: 'NOT_FOUND',
            path: ['repository', 'issue'],
            message: 'Could not resolve to an Issue with the number of 2.',
          },
        ],
      },
      { errors: [{ type: 'NOT_FOUND' }] },
    ]);
  });
});
