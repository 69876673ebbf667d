import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Of interest for the pull request that proposes the configuration: it counts again. */
export const pullRequestReopened = (app: Probot, accept: Accept): void =>
  app.on('pull_request.reopened', ({ id, payload }) =>
    accept(id, {
      type: 'pull-request-reopened',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number: field(payload, 'pull_request.number'),
    }),
  );
