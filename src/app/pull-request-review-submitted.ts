import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Somebody reviewed a pull request. An approval orders no work; what else it wants is read from the API. */
export const pullRequestReviewSubmitted = (app: Probot, accept: Accept): void =>
  app.on('pull_request_review.submitted', async ({ id, payload }) => {
    if (field(payload, 'review.state') === 'approved') return;
    const body = field(payload, 'review.body');
    await accept(id, {
      type: 'review-submitted',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number: field(payload, 'pull_request.number'),
      review: field(payload, 'review.id'),
      wantsChanges: field(payload, 'review.state') === 'changes_requested',
      text: typeof body === 'string' ? body.slice(0, maxTextLength) : '',
    });
  });

const maxTextLength = 8_000;
