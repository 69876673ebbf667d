import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** A label on a pull request asks for fixes of its failing checks; taking it away ends them. */
export function pullRequestLabeled(app: Probot, accept: Accept): void {
  app.on('pull_request.labeled', ({ id, payload }) =>
    accept(id, {
      type: 'pull-request-labelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: field(payload, 'label.name'),
      number: field(payload, 'pull_request.number'),
      atMs: Date.parse(String(field(payload, 'pull_request.updated_at'))),
    }),
  );
  app.on('pull_request.unlabeled', ({ id, payload }) =>
    accept(id, {
      type: 'issue-unlabelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: field(payload, 'label.name'),
      issueNumber: field(payload, 'pull_request.number'),
    }),
  );
}
