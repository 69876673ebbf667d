import type { Probot } from 'probot';
import { type Accept, actorOf, repositoryOf } from './edge.ts';

export const pullRequestClosed = (app: Probot, accept: Accept): void =>
  app.on('pull_request.closed', ({ id, payload }) => {
    const { number, merged } = payload.pull_request;
    return accept(id, {
      type: 'pull-request-closed',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number,
      isMerged: merged === true,
    });
  });
