import { z } from 'zod';
import type { RepositoryRef } from '../domain/ids.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations } from './installations.ts';

/** How a repository is set up, as far as an App may read it: what the App itself never needs, and its admin does. */
export interface GitHubSetUp {
  switches(repository: RepositoryRef): Promise<{ isPrivate: boolean; hasIssues: boolean }>;
  /** GitHub's word, for instance `active` or `disabled_manually`; null when Actions does not know the file. */
  workflowState(repository: RepositoryRef, workflow: string): Promise<string | null>;
  hasLabel(repository: RepositoryRef, label: string): Promise<boolean>;
  /** Types of the ruleset rules that hold for a branch, which need not exist; null where this GitHub has none. */
  branchRules(repository: RepositoryRef, branch: string): Promise<readonly string[] | null>;
}

const workflowSchema = z.object({ state: z.string() });
const rulesSchema = z.array(z.object({ type: z.string() }));

export function createGitHubSetUp(installations: Installations): GitHubSetUp {
  return {
    switches: (repository) =>
      installations.call(repository, 'read the repository', async (octokit, where) => {
        const { data } = await octokit.rest.repos.get(where);
        return { isPrivate: data.private, hasIssues: data.has_issues !== false };
      }),

    workflowState: (repository, workflow) =>
      installations.call(repository, `read the workflow ${workflow}`, async (octokit, where) => {
        const wanted = { ...where, workflow_id: workflow };
        const answer = await orStatus([403, 404], () => octokit.rest.actions.getWorkflow(wanted));
        return isRefused(answer) ? null : workflowSchema.parse(answer.data).state;
      }),

    hasLabel: (repository, label) =>
      installations.call(repository, `read the label ${label}`, async (octokit, where) => {
        const answer = await orStatus([404], () => octokit.rest.issues.getLabel({ ...where, name: label }));
        return !isRefused(answer);
      }),

    branchRules: (repository, branch) =>
      installations.call(repository, `read the rules of ${branch}`, async (octokit, where) => {
        const wanted = { ...where, branch, per_page: 100 };
        const answer = await orStatus([403, 404], () => octokit.rest.repos.getBranchRules(wanted));
        return isRefused(answer) ? null : rulesSchema.parse(answer.data).map(({ type }) => type);
      }),
  };
}
