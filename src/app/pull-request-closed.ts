import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

export const pullRequestClosed = (app: Probot, accept: Accept): void =>
  app.on('pull_request.closed', ({ id, payload }) =>
    accept(id, {
      type: 'pull-request-closed',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number: field(payload, 'pull_request.number'),
    }),
  );
