import { ForgeError } from '../domain/faults.ts';
import { asSha, type Sha } from '../domain/ids.ts';
import type { Commits } from '../ports/commits.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations, Octokit } from './installations.ts';

/** GitHub's ref endpoints want the name without `refs/`. */
const shortRef = (ref: string): string => ref.replace(/^refs\//, '');

type Where = { owner: string; repo: string };

export function createGitHubCommits(installations: Installations): Commits {
  return {
    create: (repository, { message, tree, parents }) =>
      installations.call(repository, 'make a commit', async (octokit, where) => {
        const { data } = await octokit.rest.git.createCommit({ ...where, message, tree, parents: [...parents] });
        return asSha(data.sha);
      }),

    treeWith: (repository, base, { path, text }) =>
      installations.call(repository, `write ${path}`, async (octokit, where) => {
        const { data: commit } = await octokit.rest.git.getCommit({ ...where, commit_sha: base });
        const tree = [{ path, mode: '100644' as const, type: 'blob' as const, content: text }];
        const { data } = await octokit.rest.git.createTree({ ...where, base_tree: commit.tree.sha, tree });
        return asSha(data.sha);
      }),

    describe: (repository, commit) =>
      installations.call(repository, `read commit ${commit}`, async (octokit, where) => {
        const { data } = await octokit.rest.git.getCommit({ ...where, commit_sha: commit });
        return {
          tree: asSha(data.tree.sha),
          parents: data.parents.map((parent) => asSha(parent.sha)),
          message: data.message,
        };
      }),

    tipOf: (repository, ref) =>
      installations.call(repository, `read ${ref}`, (octokit, where) => tipOf(octokit, where, ref)),

    setRef: (repository, ref, commit, how) =>
      installations.call(repository, `set ${ref}`, async (octokit, where) => {
        const tip = await tipOf(octokit, where, ref);
        if (tip === commit) return 'set';
        if (tip !== null && how === 'create') return 'exists';
        const answer = await orStatus([403, 404, 422], async () => {
          if (tip === null) await octokit.rest.git.createRef({ ...where, ref, sha: commit });
          else await octokit.rest.git.updateRef({ ...where, ref: shortRef(ref), sha: commit, force: how === 'force' });
        });
        if (!isRefused(answer)) return 'set';
        if (answer.refused === 403 || answer.refused === 404) return 'forbidden';
        const now = await tipOf(octokit, where, ref);
        if (now === commit) return 'set';
        if (how === 'create' && now !== null) return 'exists';
        // A 422 is also what rulesets answer; that one carries GitHub's own words to the person.
        if (how === 'fast-forward' && now !== null && !(await isChild(octokit, where, commit, now)))
          return 'not-fast-forward';
        throw answer.error;
      }),

    deleteRef: (repository, ref) =>
      installations.call(repository, `delete ${ref}`, async (octokit, where) => {
        // 422 is GitHub's "Reference does not exist" here.
        const answer = await orStatus([404, 422], () => octokit.rest.git.deleteRef({ ...where, ref: shortRef(ref) }));
        if (isRefused(answer) && (await tipOf(octokit, where, ref)) !== null) {
          throw new ForgeError(`GitHub refused to delete ${ref}`, {
            status: answer.refused,
            isRetryable: false,
            cause: answer.error,
          });
        }
      }),
  };
}

/** Our candidates stand right on the tip they were made for. */
async function isChild(octokit: Octokit, where: Where, commit: Sha, parent: Sha): Promise<boolean> {
  const { data } = await octokit.rest.git.getCommit({ ...where, commit_sha: commit });
  return data.parents.some(({ sha }) => sha === parent);
}

async function tipOf(octokit: Octokit, where: Where, ref: string): Promise<Sha | null> {
  // 409: an empty repository has no refs at all.
  const answer = await orStatus([404, 409], () => octokit.rest.git.getRef({ ...where, ref: shortRef(ref) }));
  return isRefused(answer) ? null : asSha(answer.data.object.sha);
}
