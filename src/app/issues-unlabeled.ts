import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Taking the label away is the plainest way to say stop. */
export const issuesUnlabeled = (app: Probot, accept: Accept): void =>
  app.on('issues.unlabeled', async ({ id, payload }) => {
    await accept(id, {
      type: 'issue-unlabelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: field(payload, 'label.name'),
      issueNumber: field(payload, 'issue.number'),
    });
  });
