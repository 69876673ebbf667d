import { toSeconds } from './clock.ts';
import { roleOf } from './collaborators.ts';
import { pullRequestLinks } from './decorate.ts';
import { askEmulate, pullRequestJson } from './internal.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { hasRole, type Role } from './permissions.ts';
import type { Repository } from './repository.ts';
import { type Answer, type Call, invalid, notFound, page, type Routes, refuse, type Site } from './site.ts';

/** Issues, comments and labels, where emulate differs from GitHub. */
export const conversationRoutes: Routes = {
  'issues/get': (call) => (pullNumber(call) === null ? call.forward() : getIssueOfPullRequest(call)),
  'issues/update': async (call) => {
    if (!isOwnOr('triage', call, issueAuthor(call))) return refuse(403, 'Must have triage rights to Repository.');
    return pullNumber(call) === null ? call.forward() : updateIssueOfPullRequest(call);
  },
  'issues/create-label': async (call) => {
    const name = asText(call.body.name).toLowerCase();
    const labels = call.site.core.store.labels.findBy('repo_id', call.repository.id);
    const isThere = labels.some((label) => label.name.toLowerCase() === name);
    return isThere ? invalid('Label', 'name', 'already_exists') : call.forward();
  },
  'issues/list-comments': listComments,
  'issues/update-comment': changeComment,
  'issues/delete-comment': changeComment,
};

/** People may change their own words, and those of others with the role; what an App may was asked before. */
function isOwnOr(role: Role, { caller, repository }: Call, author: string | undefined): boolean {
  return caller.kind !== 'user' || caller.login === author || hasRole(roleOf(repository, caller.login), role);
}

function issueAuthor({ repository, site, parameters }: Call): string | undefined {
  const issues = site.core.store.issues.findBy('repo_id', repository.id);
  const issue = issues.find((row) => row.number === Number(parameters.issue_number));
  return site.core.store.users.get(issue?.user_id ?? 0)?.login;
}

async function changeComment(call: Call): Promise<Answer> {
  const { store } = call.site.core;
  const comment = store.comments.get(Number(call.parameters.comment_id));
  if (comment?.repo_id !== call.repository.id) return notFound();
  const isAllowed = isOwnOr('write', call, store.users.get(comment.user_id)?.login);
  return isAllowed ? call.forward() : refuse(403, 'Must have admin rights to Repository.');
}

/** emulate ignores `since` here; GitHub leaves out what was last changed before it. Always the oldest first. */
async function listComments(call: Call): Promise<Answer> {
  const { site, repository, parameters, query } = call;
  const number = Number(parameters.issue_number);
  if (!site.core.store.issues.findBy('repo_id', repository.id).some((row) => row.number === number)) return notFound();
  const since = query.get('since');
  const rows = site.core.store.comments
    .findBy('repo_id', repository.id)
    .filter((row) => row.comment_type === 'issue' && row.issue_number === number)
    .filter((row) => since === null || toSeconds(row.updated_at) >= toSeconds(since))
    .toSorted((a, b) => a.id - b.id);
  const { items, headers } = page(call, rows);
  const path = `/repos/${repository.fullName}/issues/comments`;
  return {
    status: 200,
    body: await Promise.all(items.map(({ id }) => askEmulate(site, 'GET', `${path}/${id}`))),
    headers,
  };
}

/** The pull request's number when the issue asked for is one. */
function pullNumber(call: Call): number | null {
  const number = Number(call.parameters.issue_number);
  const pulls = call.site.core.store.pullRequests.findBy('repo_id', call.repository.id);
  return pulls.some((pull) => pull.number === number) ? number : null;
}

/** GitHub shows a pull request as an issue too; emulate says 404. */
async function getIssueOfPullRequest(call: Call): Promise<Answer> {
  const pull = await pullRequestJson(call.site, call.repository, Number(call.parameters.issue_number));
  return { status: 200, body: issueOfPullRequest(call.site, call.repository, pull) };
}

async function updateIssueOfPullRequest(call: Call): Promise<Answer> {
  const number = Number(call.parameters.issue_number);
  const { title, body, state } = call.body;
  const changes = {
    ...(title !== undefined && { title }),
    ...(body !== undefined && { body }),
    ...(state !== undefined && { state }),
  };
  const answer = await call.forward({ path: `/repos/${call.repository.fullName}/pulls/${number}`, body: changes });
  if (answer.status !== 200) return answer;
  return { status: 200, body: issueOfPullRequest(call.site, call.repository, asObject(answer.body)) };
}

function issueOfPullRequest(site: Site, repository: Repository, pull: JsonObject): JsonObject {
  const url = `${site.url}/repos/${repository.fullName}/issues/${pull.number}`;
  const row = site.core.store.issues.findBy('repo_id', repository.id).find((issue) => issue.number === pull.number);
  const { id, node_id, number, title, user, labels, state, locked, assignee, assignees, milestone, body } = pull;
  const { created_at, updated_at, closed_at, author_association, html_url } = pull;
  return {
    id: row?.id ?? id,
    node_id,
    number,
    title,
    user,
    labels,
    state,
    locked,
    assignee,
    assignees,
    milestone,
    body,
    created_at,
    updated_at,
    closed_at,
    author_association,
    html_url,
    draft: pull.draft,
    url,
    repository_url: `${site.url}/repos/${repository.fullName}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    comments: row?.comments ?? 0,
    pull_request: pullRequestLinks(pull),
  };
}
