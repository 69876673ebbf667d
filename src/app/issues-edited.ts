import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Words that change while somebody is asked about them are asked about anew; they are read from the API. */
export const issuesEdited = (app: Probot, accept: Accept): void =>
  app.on('issues.edited', async ({ id, payload }) => {
    if (field(payload, 'issue.pull_request') != null) return;
    await accept(id, {
      type: 'issue-edited',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      issueNumber: field(payload, 'issue.number'),
    });
  });
