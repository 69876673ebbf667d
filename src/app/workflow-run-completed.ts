import type { Probot } from 'probot';
import { type Accept, field, repositoryOf } from './edge.ts';

/** A hint that a run has ended. Only its id is taken from the payload: the verdict is read from the API. */
export const workflowRunCompleted = (app: Probot, accept: Accept): void =>
  app.on('workflow_run.completed', async ({ id, payload }) => {
    if (field(payload, 'workflow_run.event') !== 'workflow_dispatch') return;
    await accept(id, {
      type: 'run-finished',
      repository: repositoryOf(payload),
      runId: field(payload, 'workflow_run.id'),
    });
  });
