import type { CheckRuns } from '../ports/check-runs.ts';
import type { Installations } from './installations.ts';

export function createGitHubCheckRuns(installations: Installations): CheckRuns {
  return {
    put: (repository, check) =>
      installations.call(repository, `put the check run on ${check.commit}`, async (octokit, where) => {
        const { data } = await octokit.rest.checks.listForRef({
          ...where,
          ref: check.commit,
          check_name: check.name,
          per_page: 100,
        });
        const known = data.check_runs.find((run) => run.external_id === check.key);
        const wanted = {
          ...where,
          name: check.name,
          external_id: check.key,
          status: 'completed' as const,
          conclusion: check.conclusion,
          output: { title: check.title, summary: check.summary },
        };
        if (known === undefined) await octokit.rest.checks.create({ ...wanted, head_sha: check.commit });
        else await octokit.rest.checks.update({ ...wanted, check_run_id: known.id });
      }),
  };
}
