import { asSha } from '../domain/ids.ts';
import type { Permission, Repositories } from '../ports/repositories.ts';
import { type Installations, isRefused, orStatus } from './installations.ts';

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
          webUrl: data.html_url,
        };
      }),

    file: (repository, path, commit, maxBytes) =>
      installations.call(repository, `read ${path}`, async (octokit, where) => {
        const answer = await orStatus([404], () => octokit.rest.repos.getContent({ ...where, path, ref: commit }));
        if (isRefused(answer) || Array.isArray(answer.data) || answer.data.type !== 'file') return null;
        const { sha, encoding } = answer.data;
        // Above 1 MB the contents endpoint leaves the content out: https://docs.github.com/rest/repos/contents#get-repository-content
        const content =
          encoding === 'base64'
            ? answer.data.content
            : (await octokit.rest.git.getBlob({ ...where, file_sha: sha })).data.content;
        const bytes = Buffer.from(content, 'base64').subarray(0, maxBytes);
        return { text: bytes.toString('utf8'), blob: asSha(sha) };
      }),

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

    issue: (repository, number) =>
      installations.call(repository, `read issue #${number}`, async (octokit, where) => {
        const { data } = await octokit.rest.issues.get({ ...where, issue_number: number });
        const labels = data.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')));
        return { isOpen: data.state === 'open', labels };
      }),

    permission: (repository, login) =>
      installations.call(repository, `read the permission of ${login}`, async (octokit, where) => {
        const answer = await orStatus([404], () =>
          octokit.rest.repos.getCollaboratorPermissionLevel({ ...where, username: login }),
        );
        return isRefused(answer) ? 'none' : toPermission(answer.data.permission);
      }),
  };
}

/** Fails closed: a word we do not know is no permission. */
const toPermission = (word: string): Permission =>
  word === 'admin' || word === 'write' || word === 'read' ? word : 'none';
