import type { Probot } from 'probot';
import { type Accept, field, repositoryOf } from './edge.ts';

/**
 * What ends on a commit, as GitHub's four ways of checking tell it. Only which commit it was is taken from here; how its
 * checks stand is read from the API. Workflow runs have a file of their own: those that we dispatch are told there too.
 */
export function checksConcluded(app: Probot, accept: Accept): void {
  app.on('check_suite.completed', async ({ id, payload }) => {
    const suite = field(payload, 'check_suite');
    const hasFailed = isFailure(field(suite, 'conclusion'));
    if (!hasFailed && field(suite, 'conclusion') !== 'success') return;
    await accept(id, {
      type: 'checks-concluded',
      repository: repositoryOf(payload),
      sha: field(suite, 'head_sha'),
      branches: branchOf(field(suite, 'head_branch')),
      hasFailed,
      app: field(suite, 'app.slug') ?? null,
      workflowPath: null,
    });
  });

  // Of Actions the run and its suite tell the same; of what passes the suite does.
  app.on('check_run.completed', async ({ id, payload }) => {
    const run = field(payload, 'check_run');
    const slug = field(run, 'app.slug') ?? null;
    if (!isFailure(field(run, 'conclusion')) || slug === 'github-actions') return;
    await accept(id, {
      type: 'checks-concluded',
      repository: repositoryOf(payload),
      sha: field(run, 'head_sha'),
      branches: branchOf(field(run, 'check_suite.head_branch')),
      hasFailed: true,
      app: slug,
      workflowPath: null,
    });
  });

  app.on('status', async ({ id, payload }) => {
    const state = field(payload, 'state');
    if (!isFailure(state) && state !== 'success') return;
    const branches = field(payload, 'branches');
    await accept(id, {
      type: 'checks-concluded',
      repository: repositoryOf(payload),
      sha: field(payload, 'sha'),
      // GitHub names the branches that have the commit anywhere; which of them end there is asked later.
      branches: (Array.isArray(branches) ? branches : []).slice(0, maxBranches).map((branch) => field(branch, 'name')),
      hasFailed: isFailure(state),
      app: null,
      workflowPath: null,
    });
  });
}

const maxBranches = 20;

/** GitHub tells no branch of what was pushed to a fork. */
const branchOf = (name: unknown): unknown[] => (name == null ? [] : [name]);

const failures: readonly unknown[] = ['failure', 'timed_out', 'error'];
export const isFailure = (conclusion: unknown): boolean => failures.includes(conclusion);
