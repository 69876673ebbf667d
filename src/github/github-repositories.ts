import { z } from 'zod';
import { ForgeError } from '../domain/faults.ts';
import type { IssueNow } from '../domain/frozen-input.ts';
import { asSha, type RepositoryRef } from '../domain/ids.ts';
import { isSameLogin, type Standing } from '../domain/who.ts';
import type { Repositories } from '../ports/repositories.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import { actorSchema, loginOf } from './graphql-actor.ts';
import type { Installations, Octokit } from './installations.ts';
import { readLabelledIssues } from './labelled-issues.ts';

export function createGitHubRepositories(installations: Installations): Repositories {
  return {
    facts: (repository) =>
      installations.call(repository, 'read the repository', async (octokit, where) => {
        const { data } = await octokit.rest.repos.get(where);
        const ref = `heads/${data.default_branch}`;
        const tip = await orStatus([404, 409], () => octokit.rest.git.getRef({ ...where, ref }));
        return {
          defaultBranch: data.default_branch,
          head: isRefused(tip) ? null : asSha(tip.data.object.sha),
          isArchived: data.archived,
          isDisabled: data.disabled,
          isFork: data.fork,
          webUrl: data.html_url,
        };
      }),

    file: (repository, path, commit, maxBytes) =>
      installations.call(repository, `read ${path}`, async (octokit, where) => {
        const answer = await orStatus([404], () => octokit.rest.repos.getContent({ ...where, path, ref: commit }));
        return isRefused(answer) ? null : textOf(octokit, where, answer.data, maxBytes);
      }),

    sharedFile: async (repository, from, path, maxBytes) => {
      const read = (as: RepositoryRef) =>
        installations.call(as, `read ${path} of ${from.owner}/${from.name}`, async (octokit) => {
          const where = { owner: from.owner, repo: from.name };
          const answer = await orStatus([403, 404, 451], () => octokit.rest.repos.getContent({ ...where, path }));
          return isRefused(answer) ? null : ((await textOf(octokit, where, answer.data, maxBytes))?.text ?? null);
        });
      // A token is for one repository, and GitHub lets any token read what is public.
      if (!isSameLogin(from.owner, repository.owner)) return read(repository);
      return read({ ...repository, ...from }).catch((error: unknown) => {
        if (isOutOfReach(error)) return read(repository);
        throw error;
      });
    },

    folder: (repository, path, commit) =>
      installations.call(repository, `read ${path}`, async (octokit, where) => {
        let tree: string = commit;
        for (const segment of path.split('/')) {
          const answer = await orStatus([404], () => octokit.rest.git.getTree({ ...where, tree_sha: tree }));
          if (isRefused(answer)) return null;
          const entry = answer.data.tree.find((candidate) => candidate.path === segment && candidate.type === 'tree');
          if (entry?.sha === undefined) return null;
          tree = entry.sha;
        }
        return asSha(tree);
      }),

    rootFiles: (repository, commit) =>
      installations.call(repository, 'list the files at the root', async (octokit, where) => {
        const { data } = await octokit.rest.git.getTree({ ...where, tree_sha: commit });
        return data.tree.flatMap(({ path, type }) => (type === 'blob' && path !== undefined ? [path] : []));
      }),

    issue: (repository, number) =>
      installations.call(repository, `read issue #${number}`, async (octokit, where) => {
        // Who edited the words and when stands in GraphQL only.
        const answer = await octokit
          .graphql(issueQuery, { owner: where.owner, name: where.repo, number })
          .catch((error: unknown) => {
            if (isNotFound(error)) return { repository: { issue: null } };
            throw error;
          });
        const { issue } = issueAnswer.parse(answer).repository;
        return issue === null ? null : toIssueNow(issue);
      }),

    labelledIssues: (repository, label, sinceMs) =>
      installations.call(repository, `look for issues with the label ${label}`, (octokit, where) =>
        readLabelledIssues(octokit, where, label, sinceMs),
      ),

    standing: (repository, login) =>
      installations.call(repository, `read the permission of ${login}`, async (octokit, where) => {
        const answer = await orStatus([404], () =>
          octokit.rest.repos.getCollaboratorPermissionLevel({ ...where, username: login }),
        );
        return isRefused(answer) ? 'none' : toStanding(answer.data);
      }),

    teamsOf: (repository, login, teams) =>
      installations.call(repository, `read the teams of ${login}`, async (octokit, { owner }) => {
        const memberships = await Promise.all(
          teams.map(async (team) => {
            const answer = await orStatus([404], () =>
              octokit.rest.teams.getMembershipForUserInOrg({ org: owner, team_slug: team, username: login }),
            );
            return !isRefused(answer) && answer.data.state === 'active';
          }),
        );
        return teams.filter((_team, index) => memberships[index]);
      }),
  };
}

type Contents = Awaited<ReturnType<Octokit['rest']['repos']['getContent']>>['data'];

/** Null for what is no file: a folder, a submodule, a link. */
async function textOf(octokit: Octokit, where: { owner: string; repo: string }, data: Contents, maxBytes: number) {
  if (Array.isArray(data) || data.type !== 'file') return null;
  const { sha, encoding } = data;
  // Above 1 MB the contents endpoint leaves the content out: https://docs.github.com/rest/repos/contents#get-repository-content
  const content =
    encoding === 'base64' ? data.content : (await octokit.rest.git.getBlob({ ...where, file_sha: sha })).data.content;
  return { text: Buffer.from(content, 'base64').subarray(0, maxBytes).toString('utf8'), blob: asSha(sha) };
}

/** GitHub makes no token for what the installation does not reach: 422, which `installation-tokens.ts` explains as 404. */
const isOutOfReach = (error: unknown): boolean =>
  error instanceof ForgeError && !error.isRetryable && (error.status === 404 || error.status === 422);

/** Fails closed: a word we do not know is no permission. A custom role counts as what it was made from. */
function toStanding({ permission, role_name: role }: { permission: string; role_name?: string }): Standing {
  if (permission === 'admin') return 'admin';
  if (permission === 'write') return role === 'maintain' ? 'maintain' : 'write';
  return permission === 'read' ? 'read' : 'none';
}

const issueQuery = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      title
      body
      state
      lastEditedAt
      editor { __typename login }
      labels(first: 100) { nodes { name } }
      timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) {
        nodes { ... on RenamedTitleEvent { createdAt actor { __typename login } } }
      }
    }
  }
}`;

const issueSchema = z.object({
  title: z.string(),
  body: z.string(),
  state: z.string(),
  lastEditedAt: z.string().nullable().optional(),
  editor: actorSchema,
  labels: z.object({ nodes: z.array(z.object({ name: z.string() }).nullable()).nullable() }).nullable(),
  timelineItems: z.object({
    nodes: z.array(z.object({ createdAt: z.string().optional(), actor: actorSchema }).nullable()).nullable(),
  }),
});
const issueAnswer = z.object({ repository: z.object({ issue: issueSchema.nullable() }) });

function toIssueNow(issue: z.infer<typeof issueSchema>): IssueNow {
  const edits = [
    { at: issue.lastEditedAt, by: loginOf(issue.editor) },
    ...(issue.timelineItems.nodes ?? []).map((node) => ({ at: node?.createdAt, by: loginOf(node?.actor) })),
  ].flatMap(({ at, by }) => (at == null ? [] : [{ atMs: Date.parse(at), by }]));
  return {
    isOpen: issue.state === 'OPEN',
    labels: (issue.labels?.nodes ?? []).flatMap((node) => (node === null ? [] : [node.name])),
    title: issue.title,
    body: issue.body,
    edited: edits.sort((a, b) => b.atMs - a.atMs)[0] ?? null,
  };
}

/** GraphQL answers 200 with a typed error: https://docs.github.com/graphql/guides/forming-calls-with-graphql */
const isNotFound = (error: unknown): boolean =>
  graphqlFault.safeParse(error).data?.errors.some(({ type }) => type === 'NOT_FOUND') === true;
const graphqlFault = z.object({ errors: z.array(z.object({ type: z.string().optional() })) });
