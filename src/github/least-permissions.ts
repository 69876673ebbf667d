export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

const metadataRead: Permissions = { metadata: 'read' };
const contentsRead: Permissions = { contents: 'read' };
const contentsWrite: Permissions = { contents: 'write' };
/**
 * A number may be an issue's or a pull request's, and the path does not tell which. GitHub's pages say that either
 * permission is enough; its answers say that it wants the one of what the number is (https://github.com/fullsend-ai/fullsend/issues/721).
 * All that reads either shares this token, so that a fix needs about ten of them and not more.
 */
const threadRead: Permissions = { issues: 'read', pull_requests: 'read' };
const threadWrite: Permissions = { issues: 'write', pull_requests: 'write' };
const pullsWrite: Permissions = { pull_requests: 'write' };
const checksRead: Permissions = { checks: 'read' };
const checksWrite: Permissions = { checks: 'write' };
const statusesRead: Permissions = { statuses: 'read' };
const actionsRead: Permissions = { actions: 'read' };
const actionsWrite: Permissions = { actions: 'write' };

const ofRepository = '/repos/{owner}/{repo}';

/**
 * What each request needs; a request that is not here is not made. Reasons beyond GitHub's own page
 * (https://docs.github.com/rest/authentication/permissions-required-for-github-apps) stand beside their line.
 */
const needs: Readonly<Record<string, Permissions>> = {
  [`GET ${ofRepository}`]: metadataRead,
  [`GET ${ofRepository}/collaborators/{username}/permission`]: metadataRead,
  [`GET ${ofRepository}/rules/branches/{branch}`]: metadataRead,
  [`GET ${ofRepository}/contents/{path}`]: contentsRead,
  [`GET ${ofRepository}/git/blobs/{file_sha}`]: contentsRead,
  [`GET ${ofRepository}/git/commits/{commit_sha}`]: contentsRead,
  [`GET ${ofRepository}/git/ref/{ref}`]: contentsRead,
  [`GET ${ofRepository}/git/trees/{tree_sha}`]: contentsRead,
  [`POST ${ofRepository}/git/commits`]: contentsWrite,
  [`POST ${ofRepository}/git/trees`]: contentsWrite,
  [`POST ${ofRepository}/git/refs`]: contentsWrite,
  [`PATCH ${ofRepository}/git/refs/{ref}`]: contentsWrite,
  [`DELETE ${ofRepository}/git/refs/{ref}`]: contentsWrite,

  [`GET ${ofRepository}/issues/{issue_number}`]: threadRead,
  [`GET ${ofRepository}/issues/{issue_number}/comments`]: threadRead,
  [`GET ${ofRepository}/issues/{issue_number}/labels`]: threadRead,
  [`GET ${ofRepository}/labels/{name}`]: threadRead,
  [`POST ${ofRepository}/issues/{issue_number}/comments`]: threadWrite,
  [`PATCH ${ofRepository}/issues/comments/{comment_id}`]: threadWrite,
  [`DELETE ${ofRepository}/issues/comments/{comment_id}`]: threadWrite,
  [`POST ${ofRepository}/issues/{issue_number}/labels`]: threadWrite,
  [`DELETE ${ofRepository}/issues/{issue_number}/labels/{name}`]: threadWrite,
  [`POST ${ofRepository}/issues/{issue_number}/reactions`]: threadWrite,
  [`POST ${ofRepository}/issues/comments/{comment_id}/reactions`]: threadWrite,

  [`GET ${ofRepository}/pulls`]: threadRead,
  [`GET ${ofRepository}/pulls/{pull_number}`]: threadRead,
  [`GET ${ofRepository}/pulls/{pull_number}/reviews`]: threadRead,
  [`GET ${ofRepository}/pulls/{pull_number}/reviews/{review_id}`]: threadRead,
  [`POST ${ofRepository}/pulls/{pull_number}/comments/{comment_id}/replies`]: pullsWrite,
  [`POST ${ofRepository}/pulls/{pull_number}/requested_reviewers`]: pullsWrite,
  // "not all refs are readable" (422) in a private repository without the second.
  [`POST ${ofRepository}/pulls`]: { pull_requests: 'write', contents: 'read' },
  [`PATCH ${ofRepository}/pulls/{pull_number}`]: pullsWrite,
  [`PUT ${ofRepository}/pulls/{pull_number}/reviews/{review_id}/dismissals`]: pullsWrite,

  [`GET ${ofRepository}/commits/{ref}/check-runs`]: checksRead,
  [`GET ${ofRepository}/check-runs/{check_run_id}/annotations`]: checksRead,
  [`GET ${ofRepository}/commits/{ref}/statuses`]: statusesRead,
  [`GET ${ofRepository}/commits/{ref}`]: contentsRead,
  [`GET ${ofRepository}/commits/{commit_sha}/pulls`]: threadRead,
  [`POST ${ofRepository}/check-runs`]: checksWrite,
  [`PATCH ${ofRepository}/check-runs/{check_run_id}`]: checksWrite,

  [`GET ${ofRepository}/actions/artifacts/{artifact_id}/{archive_format}`]: actionsRead,
  [`GET ${ofRepository}/actions/jobs/{job_id}/logs`]: actionsRead,
  [`GET ${ofRepository}/actions/runs`]: actionsRead,
  [`GET ${ofRepository}/actions/runs/{run_id}`]: actionsRead,
  [`GET ${ofRepository}/actions/runs/{run_id}/artifacts`]: actionsRead,
  [`GET ${ofRepository}/actions/runs/{run_id}/jobs`]: actionsRead,
  [`GET ${ofRepository}/actions/caches`]: actionsRead,
  [`GET ${ofRepository}/actions/workflows/{workflow_id}`]: actionsRead,
  [`GET ${ofRepository}/actions/workflows/{workflow_id}/runs`]: actionsRead,
  [`DELETE ${ofRepository}/actions/caches/{cache_id}`]: actionsWrite,
  [`POST ${ofRepository}/actions/runs/{run_id}/cancel`]: actionsWrite,
  [`POST ${ofRepository}/actions/runs/{run_id}/rerun-failed-jobs`]: actionsWrite,
  [`POST ${ofRepository}/actions/workflows/{workflow_id}/dispatches`]: actionsWrite,

  'GET /installation/repositories': metadataRead,
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}': { members: 'read' },

  'POST /graphql query search.nodes': threadRead,
  'POST /graphql query repository.issue': threadRead,
  'POST /graphql query repository.issues': threadRead,
  'POST /graphql query repository.pullRequest': threadRead,
  // The second is wanted too, though only the pull request changes: https://github.com/cli/cli/discussions/6924
  'POST /graphql mutation markPullRequestReadyForReview': { pull_requests: 'write', contents: 'write' },
};

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly permissions: Permissions;
}

const routes = Object.entries(needs).map(([route, permissions]): Route => {
  const [method = '', ...path] = route.split(' ');
  return { method, segments: path.join(' ').split('/'), permissions };
});

/**
 * What a token must carry for a request.
 *
 * @param url Octokit's template, or the whole address that `octokit.paginate` has of a next page.
 * @param query of a GraphQL request; its first field tells what it is.
 * @throws {TypeError} when the table does not know the request: whoever adds a call adds its need.
 */
export function permissionsFor(method: string, url: string, query?: string): Permissions {
  const isTemplate = !/^https?:/.test(url);
  const path = isTemplate ? url : pathOf(new URL(url));
  const asked = path === '/graphql' ? `${path} ${operationOf(query ?? '')}` : path;
  const segments = asked.split('/');
  const route = routes.find((known) => known.method === method && isSame(known.segments, segments, isTemplate));
  if (route === undefined) throw new TypeError(`no permission is known for ${method} ${asked.slice(0, 200)}`);
  return route.permissions;
}

/** From the root of the API, wherever that is. A next page calls the repository by its number. */
const pathOf = (address: URL): string =>
  address.pathname
    .replace(/^\/api\/v3(?=\/)|^\/api(?=\/graphql$)/, '')
    .replace(/^\/repositories\/\d+(?=\/|$)/, '/repos/{owner}/{repo}');

const isPlaceholder = (segment: string): boolean => segment.startsWith('{') && segment.endsWith('}');

/** In an address a placeholder has a value by now; two templates have theirs in the same places. */
const isSame = (known: readonly string[], asked: readonly string[], isTemplate: boolean): boolean =>
  known.length === asked.length &&
  known.every((segment, index) => {
    const other = asked[index] ?? '';
    if (!isPlaceholder(segment)) return segment === other;
    return isTemplate ? isPlaceholder(other) : other !== '';
  });

/** `mutation <field>`, or `query <field>.<field>`. Reads our own queries, which start with what they are about. */
function operationOf(query: string): string {
  const [, kind = 'query', first = '', below = ''] =
    /^\s*(query|mutation)?\b[^{]*\{\s*(\w+)[^{]*\{\s*(\w*)/.exec(query.slice(0, 10_000)) ?? [];
  return kind === 'mutation' ? `mutation ${first}` : `query ${first}.${below}`;
}
