import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { createRedactor } from '../../src/domain/redact.ts';
import { isRepositoryName } from '../../src/domain/repository-name.ts';
import { orStatus } from '../../src/github/forge-fault.ts';
import { createInstallations, type Installations } from '../../src/github/installations.ts';
import { type ApiHost, installationPage, privateKey, startApiHost } from './api-host.ts';

const secret = randomBytes(24).toString('hex');
const Octokit = ProbotOctokit.defaults({ throttle: { enabled: false } });
const shop = { installationId: 7, owner: 'acme', name: 'shop' };
let host: ApiHost;
let installations: Installations;
let redactor: ReturnType<typeof createRedactor>;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host.close());
beforeEach(() => {
  host.reset();
  redactor = createRedactor([secret]);
  installations = createInstallations({ appId: 42, privateKey, baseUrl: host.baseUrl }, Octokit, redactor, false);
});

const comment = (body: string, repository = shop) =>
  installations.call(repository, 'comment', (octokit, where) =>
    octokit.rest.issues.createComment({ ...where, issue_number: 1, body }),
  );
const read = (repository = shop) =>
  installations.call(repository, 'read', (octokit, where) => octokit.rest.repos.get(where));

async function faultOf(work: Promise<unknown>): Promise<ForgeError> {
  const error = await work.then(
    () => new Error('it went well'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof ForgeError)) throw error;
  return error;
}

describe('the token of a request', () => {
  it('is for its one repository, with what its route needs', async () => {
    await read();
    await comment('x');

    expect(host.requests.map(({ url, grant }) => [url, grant?.repositories, grant?.permissions])).toEqual([
      ['/api/v3/repos/acme/shop', ['shop'], { metadata: 'read' }],
      ['/api/v3/repos/acme/shop/issues/1/comments', ['shop'], { issues: 'write', pull_requests: 'write' }],
    ]);
  });

  it('is made once for all requests with the same need, also where they come at once', async () => {
    await Promise.all([comment('1'), comment('2'), comment('3')]);
    await comment('4');
    await installations.call(shop, 'react', (octokit, where) =>
      octokit.rest.reactions.createForIssue({ ...where, issue_number: 1, content: 'eyes' }),
    );

    expect(host.requests).toHaveLength(5);
    expect(host.minted).toHaveLength(1);
  });

  it('is never that of another repository', async () => {
    host.installed = ['shop', 'tools'];
    await read();
    await read({ ...shop, name: 'tools' });

    expect(host.minted.map(({ repositories }) => repositories)).toEqual([['shop'], ['tools']]);
    expect(host.requests.map(({ grant }) => grant?.repositories)).toEqual([['shop'], ['tools']]);
  });

  it('is that of the first page on every next page', async () => {
    const next = `${host.baseUrl}/repositories/99/issues/1/comments?page=2`;
    host.answer = ({ url }) =>
      url.includes('page=2')
        ? { body: [{ id: 2 }] }
        : { body: [{ id: 1 }], headers: { link: `<${next}>; rel="next"` } };

    const comments = await installations.call(shop, 'list', (octokit, where) =>
      octokit.paginate(octokit.rest.issues.listComments, { ...where, issue_number: 1 }),
    );

    expect(comments.map(({ id }) => id)).toEqual([1, 2]);
    expect(host.minted.map(({ permissions }) => permissions)).toEqual([{ issues: 'read', pull_requests: 'read' }]);
  });

  it('does not go to a next page at another host', async () => {
    const answers = [{ body: [], headers: { link: '<http://127.0.0.1:1/repositories/9/issues?page=2>; rel="next"' } }];
    host.answer = () => answers.shift() ?? { status: 500 };

    const listing = installations.call(shop, 'list', (octokit, where) =>
      octokit.paginate(octokit.rest.issues.listComments, { ...where, issue_number: 1 }),
    );

    await expect(listing).rejects.toThrow(TypeError);
    expect(host.requests).toHaveLength(1);
  });

  it('is made anew when it is refused', async () => {
    await read();
    host.refused.add(host.minted[0]?.token ?? '');

    const { status } = await read();

    expect(status).toBe(200);
    expect(host.minted).toHaveLength(2);
  });

  it('of GraphQL is what its first field needs', async () => {
    host.answer = () => ({ body: { data: { repository: { issue: null } } } });

    await installations.call(shop, 'read', (octokit) =>
      octokit.graphql('query ($n: Int!) { repository(owner: "acme", name: "shop") { issue(number: $n) { title } } }', {
        n: 1,
      }),
    );

    expect(host.requests.map(({ url, grant }) => [url, grant?.permissions])).toEqual([
      ['/api/graphql', { issues: 'read', pull_requests: 'read' }],
    ]);
  });

  it('of git reads or writes contents, and is another one when that is refused', async () => {
    const reading = await installations.gitToken(shop, 'read');
    const writing = await installations.gitToken(shop, 'write');
    const again = await installations.gitToken(shop, 'read');
    const other = await installations.gitToken(shop, 'read', reading);

    expect(again).toBe(reading);
    expect(new Set([reading, writing, other]).size).toBe(3);
    expect(host.minted.map(({ permissions }) => permissions)).toEqual([
      { contents: 'read' },
      { contents: 'write' },
      { contents: 'read' },
    ]);
  });

  it('is never made for a request that nobody wrote down', async () => {
    const deleting = installations.call(shop, 'delete', (octokit, where) => octokit.rest.repos.delete(where));

    await expect(deleting).rejects.toThrow(TypeError);
    expect([host.minted, host.requests]).toEqual([[], []]);
  });
});

describe('a permission that the installation does not grant', () => {
  it('is named, with the place to grant it, and no retry mends it', async () => {
    host.granted = { ...host.granted, issues: 'read' };

    const fault = await faultOf(comment('x'));

    expect(fault).toMatchObject({ status: 403, isRetryable: false });
    expect(fault.message).toContain('`issues: write`');
    expect(fault.message).not.toContain('pull_requests');
    expect(fault.message).toContain(installationPage);
  });

  it('is never taken for an answer to the request itself', async () => {
    host.granted = { metadata: 'read' };

    const asking = installations.call(shop, 'ask', (octokit, where) =>
      orStatus([403, 404, 422], () => octokit.rest.pulls.get({ ...where, pull_number: 1 })),
    );

    expect((await faultOf(asking)).message).toContain('`pull_requests: read`');
  });

  it('stops git too', async () => {
    host.granted = { contents: 'read' };

    const fault = await faultOf(installations.gitToken(shop, 'write'));

    expect(fault).toMatchObject({ status: 403, isRetryable: false });
    expect(fault.message).toContain('`contents: write`');
  });

  it('is not blamed where the App is not installed for the repository', async () => {
    const fault = await faultOf(read({ ...shop, name: 'elsewhere' }));

    expect(fault).toMatchObject({ status: 404, isRetryable: false });
    expect(fault.message).toMatch(/not installed for acme\/elsewhere.*settings\/installations\/7/);
  });

  it('is a plain refusal where GitHub does not tell more', async () => {
    host.granted = {};
    host.answer = ({ url }) => (url === 'installation' ? { status: 500 } : {});

    const fault = await faultOf(read());

    expect(fault).toMatchObject({ status: 422, isRetryable: false });
  });
});

describe('what leaves', () => {
  it('holds no secret, in REST and in the variables of GraphQL', async () => {
    host.answer = () => ({ body: { data: {} } });
    const ready =
      'mutation ($text: String!) { markPullRequestReadyForReview(input: { clientMutationId: $text }) { x } }';

    await comment(`a ${secret}`);
    await installations.call(shop, 'mark', (octokit) => octokit.graphql(ready, { text: secret }));

    const bodies = JSON.stringify(host.requests.map(({ body }) => body));
    expect(bodies.match(/redacted/g)).toHaveLength(2);
    expect(bodies).not.toContain(secret);
  });

  it('holds no token that was made for another request', async () => {
    const token = await installations.gitToken(shop, 'write');

    await comment(`x-access-token:${token} ${Buffer.from(`x-access-token:${token}`).toString('base64')}`);

    const sent = String(host.requests[0]?.body.body);
    expect(sent).toContain('redacted');
    expect(sent).not.toContain(token);
    expect(Buffer.from(sent.split(' ').at(-1) ?? '', 'base64').toString()).not.toContain(token);
  });

  it('is what was meant, where there is nothing to hide', async () => {
    const body = '<!-- ai-fix f-1 status -->\n`a` | ü 🙂\r\n';

    await comment(body);

    expect(host.requests[0]?.body).toEqual({ body });
  });
});

describe('names that lead elsewhere', () => {
  it.each([
    ['..', '..'],
    ['../..', 'shop'],
    ['acme', '..'],
    ['acme', '../tools'],
    ['a@evil.example', 'shop'],
    ['acme', 'x?y'],
    ['acme', 'x#y'],
    ['%2e%2e', 'shop'],
    ['acme', '%2e%2e'],
    ['acme\r\nhost: evil.example', 'shop'],
    ['acme', 'shop\r\n'],
    ['acme', 'shop\n'],
    ['', 'shop'],
    ['acme', ''],
    ['acme\\', 'shop'],
    ['acme', 'shop.git'],
    ['acme', 'shop.wiki'],
    ['//evil.example', 'shop'],
  ])('are refused before any request: %j/%j', async (owner, name) => {
    const repository = { installationId: 7, owner, name };

    await expect(read(repository)).rejects.toThrow(TypeError);
    await expect(installations.gitToken(repository, 'read')).rejects.toThrow(TypeError);
    expect([host.minted, host.requests]).toEqual([[], []]);
  });

  it('are refused of installations, too', async () => {
    for (const installationId of [0, -1, 1.5, Number.NaN])
      await expect(read({ ...shop, installationId })).rejects.toThrow(TypeError);
    expect(host.minted).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'an empty label, which would mean all labels',
      () =>
        installations.call(shop, 'x', (octokit, where) =>
          octokit.rest.issues.removeLabel({ ...where, issue_number: 1, name: '' }),
        ),
    ],
    [
      'a person called ..',
      () =>
        installations.call(shop, 'x', (octokit, where) =>
          octokit.rest.repos.getCollaboratorPermissionLevel({ ...where, username: '..' }),
        ),
    ],
    [
      'a team called ..',
      () =>
        installations.call(shop, 'x', (octokit) =>
          octokit.rest.teams.getMembershipForUserInOrg({ org: 'acme', team_slug: '..', username: 'bob' }),
        ),
    ],
  ])('are refused of %s', async (_what, work) => {
    await expect(work()).rejects.toThrow(TypeError);
    expect(host.requests).toEqual([]);
  });

  it('are the only ones: what GitHub allows stays one part of the path, and any other part of an address too', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_'), minLength: 1, maxLength: 12 });
    const hostile = fc.string({
      unit: fc.constantFrom('a', '/', '.', '%', '2', 'e', '?', '#', '\\', '@', ':', '\r', '\n', ' '),
    });
    await fc.assert(
      fc.asyncProperty(name, hostile, async (repo, login) => {
        fc.pre(isRepositoryName('acme', repo) && !['', '.', '..'].includes(login));
        host.reset();
        host.installed = [repo];

        await installations.call({ ...shop, name: repo }, 'x', (octokit, where) =>
          octokit.rest.repos.getCollaboratorPermissionLevel({ ...where, username: login }),
        );

        const parts = (host.requests[0]?.url ?? '').split('/').slice(3);
        expect(parts.map(decodeURIComponent)).toEqual(['repos', 'acme', repo, 'collaborators', login, 'permission']);
      }),
      { numRuns: 50 },
    );
  });
});
