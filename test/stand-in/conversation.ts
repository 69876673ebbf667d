import { pullRequestLinks, userJson } from './decorate.ts';
import { pullRequestJson } from './internal.ts';
import { asObject, asText, type JsonObject } from './json.ts';
import { hasRole, legacyPermission, type Role } from './permissions.ts';
import type { Repository } from './repository.ts';
import { type Answer, type Call, invalid, notFound, page, type Routes, refuse, type Site } from './site.ts';

interface Reaction {
  readonly id: number;
  readonly subject: string;
  readonly login: string;
  readonly content: string;
  readonly createdAt: string;
}

/** Reactions of one stand-in, which emulate does not keep. */
export type Reactions = Reaction[];

/** Issues, reactions, labels and roles, where emulate differs from GitHub. */
export function conversationRoutes(reactions: Reactions): Routes {
  const subjectOf = (call: Call, kind: 'issue' | 'comment' | 'review-comment'): string =>
    `${call.repository.fullName} ${kind} ${call.parameters.issue_number ?? call.parameters.comment_id}`;
  const list = (kind: 'issue' | 'comment') => async (call: Call) => {
    const mine = reactions.filter((reaction) => reaction.subject === subjectOf(call, kind));
    const wanted = call.query.get('content');
    const chosen = mine.filter((reaction) => wanted === null || reaction.content === wanted);
    const { items, headers } = page(call, chosen);
    return { status: 200, body: items.map((reaction) => reactionJson(call.site, reaction)), headers };
  };
  const react = (kind: 'issue' | 'comment' | 'review-comment') => async (call: Call) =>
    addReaction(reactions, call, subjectOf(call, kind));
  const withdraw = async (call: Call): Promise<Answer> => {
    const index = reactions.findIndex((reaction) => reaction.id === Number(call.parameters.reaction_id));
    if (index < 0) return notFound();
    reactions.splice(index, 1);
    return { status: 204 };
  };
  return {
    'reactions/list-for-issue': list('issue'),
    'reactions/list-for-issue-comment': list('comment'),
    'reactions/create-for-issue': react('issue'),
    'reactions/create-for-issue-comment': react('comment'),
    'reactions/create-for-pull-request-review-comment': react('review-comment'),
    'reactions/delete-for-issue': withdraw,
    'reactions/delete-for-issue-comment': withdraw,
    'issues/get': (call) => (pullNumber(call) === null ? call.forward() : getIssueOfPullRequest(call)),
    'issues/update': async (call) => {
      if (!mayEdit(call)) return refuse(403, 'Must have triage rights to Repository.');
      return pullNumber(call) === null ? call.forward() : updateIssueOfPullRequest(call);
    },
    'issues/create-label': async (call) => {
      const name = asText(call.body.name).toLowerCase();
      const labels = call.site.core.store.labels.findBy('repo_id', call.repository.id);
      const isThere = labels.some((label) => label.name.toLowerCase() === name);
      return isThere ? invalid('Label', 'name', 'already_exists') : call.forward();
    },
    'repos/get-collaborator-permission-level': async (call) => collaboratorPermission(call),
  };
}

const contents = new Set(['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']);

async function addReaction(reactions: Reactions, call: Call, subject: string): Promise<Answer> {
  const content = asText(call.body.content);
  const login = call.caller.login ?? '';
  if (!contents.has(content)) return invalid('Reaction', 'content', 'invalid');
  if (!(await isThere(call))) return notFound();
  const known = reactions.find((one) => one.subject === subject && one.login === login && one.content === content);
  if (known !== undefined) return { status: 200, body: reactionJson(call.site, known) };
  const id = (reactions.at(-1)?.id ?? 0) + 1;
  const added = { id, subject, login, content, createdAt: new Date().toISOString() };
  reactions.push(added);
  return { status: 201, body: reactionJson(call.site, added) };
}

async function isThere(call: Call): Promise<boolean> {
  const { fullName, id } = call.repository;
  const number = call.parameters.issue_number;
  if (number !== undefined) {
    return call.site.core.store.issues.findBy('repo_id', id).some((issue) => issue.number === Number(number));
  }
  const comment = `/comments/${call.parameters.comment_id}`;
  const issueComment = await call.forward({ method: 'GET', path: `/repos/${fullName}/issues${comment}` });
  if (issueComment.status === 200) return true;
  return (await call.forward({ method: 'GET', path: `/repos/${fullName}/pulls${comment}` })).status === 200;
}

const reactionJson = (site: Site, reaction: Reaction): JsonObject => ({
  id: reaction.id,
  node_id: Buffer.from(`Reaction${reaction.id}`).toString('base64'),
  user: userJson(site, reaction.login),
  content: reaction.content,
  created_at: reaction.createdAt,
});

/** The author may, and who has the role; what an App may was asked before. */
function mayEdit({ caller, repository, site, parameters }: Call): boolean {
  if (caller.kind !== 'user' || hasRole(roleOf(repository, caller.login), 'triage')) return true;
  const issues = site.core.store.issues.findBy('repo_id', repository.id);
  const issue = issues.find((row) => row.number === Number(parameters.issue_number));
  return issue !== undefined && site.core.store.users.get(issue.user_id)?.login === caller.login;
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

/** Everybody may read a public repository, so GitHub says `read` there for a stranger. */
function collaboratorPermission(call: Call): Answer {
  const login = call.parameters.username ?? '';
  const users = call.site.core.store.users.all();
  const user = users.find((row) => row.login.toLowerCase() === login.toLowerCase() && row.type === 'User');
  if (user === undefined) return refuse(404, `${login} is not a user`);
  const role = roleOf(call.repository, user.login);
  const permissions = {
    admin: hasRole(role, 'admin'),
    maintain: hasRole(role, 'maintain'),
    push: hasRole(role, 'write'),
    triage: hasRole(role, 'triage'),
    pull: hasRole(role, 'read'),
  };
  return {
    status: 200,
    body: {
      permission: legacyPermission(role),
      role_name: role,
      user: { ...userJson(call.site, user.login), permissions, role_name: role },
    },
  };
}

export const roleOf = (repository: Repository, login: string): Role =>
  repository.roles.get(login) ?? (repository.isPrivate ? 'none' : 'read');
