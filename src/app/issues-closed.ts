import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

export const issuesClosed = (app: Probot, accept: Accept): void =>
  app.on('issues.closed', ({ id, payload }) =>
    accept(id, {
      type: 'issue-closed',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      issueNumber: field(payload, 'issue.number'),
    }),
  );
