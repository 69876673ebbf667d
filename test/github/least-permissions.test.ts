import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProbotOctokit } from 'probot';
import { describe, expect, it } from 'vitest';
import { permissionsFor } from '../../src/github/least-permissions.ts';
import { missingPermission } from '../stand-in/permissions.ts';

const folder = fileURLToPath(new URL('../../src/github', import.meta.url));
const sources = readdirSync(folder)
  .filter((name) => name !== 'least-permissions.ts')
  .map((name) => readFileSync(join(folder, name), 'utf8'));

interface Call {
  readonly method: string;
  readonly url: string;
  /** GitHub's name of the operation, as the stand-in's own table has it; null of calls without one. */
  readonly operation: string | null;
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every call that the adapters make with a repository's client, read from their text. */
function callsInSource(): Call[] {
  const { rest } = new ProbotOctokit();
  type Endpoints = Record<string, Record<string, { endpoint: { DEFAULTS: { method: string; url: string } } }>>;
  const named = sources.flatMap((text) => [...text.matchAll(/\boctokit\.rest\.(\w+)\.(\w+)/g)]);
  const plain = sources.flatMap((text) => [...text.matchAll(/'(GET|POST|PUT|PATCH|DELETE) (\/[^']+)'/g)]);
  const calls = [
    ...named.map(([, group = '', name = '']) => {
      const { method, url } = (rest as unknown as Endpoints)[group]?.[name]?.endpoint.DEFAULTS ?? {
        method: '',
        url: '',
      };
      return { method, url, operation: `${kebab(group)}/${kebab(name)}` };
    }),
    ...plain.map(([, method = '', url = '']) => ({ method, url, operation: null })),
  ];
  return [...new Map(calls.map((call) => [`${call.method} ${call.url}`, call])).values()];
}

const calls = callsInSource();

describe('what a request needs', () => {
  it('is looked for in the text of every adapter', () => {
    expect(calls.length).toBeGreaterThan(25);
    expect(calls.map(({ url }) => url)).toContain('/repos/{owner}/{repo}/actions/jobs/{job_id}/logs');
  });

  it.each(calls)('is known of $method $url: reads ask to read, and only writes to write', ({ method, url }) => {
    const permissions = permissionsFor(method, url);

    const asksToWrite = Object.values(permissions).includes('write');
    expect(asksToWrite).toBe(method !== 'GET');
    expect(Object.keys(permissions).length).toBeLessThanOrEqual(2);
  });

  const documented = calls.filter(({ operation }) => operation !== null && !operation.startsWith('teams/'));
  it.each(documented)('is enough for $operation by what GitHub documents', ({ method, url, operation }) => {
    const missing = missingPermission(operation ?? '', permissionsFor(method, url));

    expect(missing).toBeNull();
  });

  it.each([
    ['GET', '/repos/{owner}/{repo}', { metadata: 'read' }],
    ['GET', '/repos/{owner}/{repo}/git/ref/{ref}', { contents: 'read' }],
    ['POST', '/repos/{owner}/{repo}/git/commits', { contents: 'write' }],
    ['POST', '/repos/{owner}/{repo}/issues/{issue_number}/comments', { issues: 'write', pull_requests: 'write' }],
    ['POST', '/repos/{owner}/{repo}/pulls', { pull_requests: 'write', contents: 'read' }],
    ['PUT', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', { pull_requests: 'write' }],
    ['GET', '/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', { actions: 'read' }],
    ['GET', '/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', { actions: 'read' }],
    ['POST', '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', { actions: 'write' }],
    ['POST', '/repos/{owner}/{repo}/check-runs', { checks: 'write' }],
    ['GET', '/orgs/{org}/teams/{team_slug}/memberships/{username}', { members: 'read' }],
  ])('is exactly this for %s %s', (method, url, expected) => {
    expect(permissionsFor(method, url)).toEqual(expected);
  });

  it.each([
    ['https://api.github.com/repositories/1300192/issues/7/comments?per_page=100&page=2', ['issues', 'pull_requests']],
    ['https://api.github.com/repos/acme/shop/issues/7/comments?per_page=100&page=2', ['issues', 'pull_requests']],
    ['http://ghe.test:8443/api/v3/repositories/5/actions/runs/9/jobs?page=3', ['actions']],
    ['http://ghe.test/api/v3/repos/api/v3/actions/runs/9/jobs?page=3', ['actions']],
    ['https://api.github.com/repositories/5/pulls/7/reviews?page=2', ['issues', 'pull_requests']],
    ['https://ghe.test/api/v3/installation/repositories?per_page=100&page=2', ['metadata']],
  ])('is known of the next page %s', (url, expected) => {
    expect(Object.keys(permissionsFor('GET', url))).toEqual(expected);
  });

  it.each([
    [
      'mutation ($id: ID!) {\n  markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }\n}',
      { pull_requests: 'write', contents: 'write' },
    ],
    [
      'query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { issue(number: 1) { title } } }',
      { issues: 'read', pull_requests: 'read' },
    ],
  ])('is told by the first field of a GraphQL request: %s', (query, expected) => {
    expect(permissionsFor('POST', '/graphql', query)).toEqual(expected);
    expect(permissionsFor('POST', 'https://ghe.test/api/graphql', query)).toEqual(expected);
  });

  it.each([
    ['DELETE', '/repos/{owner}/{repo}'],
    ['GET', '/user'],
    ['PUT', '/repos/{owner}/{repo}/contents/{path}'],
    ['GET', '/repos/{owner}/{repo}/pulls/comments'],
    ['GET', '/repos/{owner}/{repo}/actions/secrets'],
    ['POST', '/repos/{owner}/{repo}/git/ref/{ref}'],
    ['GET', 'https://api.github.com/repositories/1/actions/secrets'],
    ['GET', 'https://api.github.com/repositories/1300192'.replace('1300192', 'x')],
    ['POST', '/graphql'],
  ])('is a bug where nobody wrote it down: %s %s', (method, url) => {
    const ask = () => permissionsFor(method, url);

    expect(ask).toThrow(TypeError);
    expect(ask).toThrow(method);
  });

  it.each(['mutation { deleteRef(input: {}) { x } }', 'query { viewer { login } }', '{ x }', '', '{'.repeat(100_000)])(
    'is a bug of another GraphQL request: %s',
    (query) => {
      expect(() => permissionsFor('POST', '/graphql', query)).toThrow(TypeError);
    },
  );
});
