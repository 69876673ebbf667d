import type { Probot } from 'probot';
import { isFailure } from './checks-concluded.ts';
import { type Accept, field, repositoryOf } from './edge.ts';

/**
 * A hint that a run has ended: one that was dispatched may be ours, any other tells how a commit stands. What it came to
 * is read from the API.
 */
export const workflowRunCompleted = (app: Probot, accept: Accept): void =>
  app.on('workflow_run.completed', async ({ id, payload }) => {
    const run = field(payload, 'workflow_run');
    const repository = repositoryOf(payload);
    if (field(run, 'event') === 'workflow_dispatch') {
      await accept(id, { type: 'run-finished', repository, runId: field(run, 'id') });
      return;
    }
    const hasFailed = isFailure(field(run, 'conclusion'));
    if (!hasFailed && field(run, 'conclusion') !== 'success') return;
    const isHere = field(run, 'head_repository.id') === field(payload, 'repository.id');
    await accept(id, {
      type: 'checks-concluded',
      repository,
      sha: field(run, 'head_sha'),
      branches: isHere && field(run, 'head_branch') != null ? [field(run, 'head_branch')] : [],
      hasFailed,
      app: null,
      workflowPath: field(run, 'path') ?? null,
    });
  });
