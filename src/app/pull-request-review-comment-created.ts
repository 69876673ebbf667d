import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** A comment on code. GitHub makes a review of each, and the word of that one may be lost; both mean the same. */
export const pullRequestReviewCommentCreated = (app: Probot, accept: Accept): void =>
  app.on('pull_request_review_comment.created', async ({ id, payload }) => {
    await accept(id, {
      type: 'review-submitted',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number: field(payload, 'pull_request.number'),
      review: field(payload, 'comment.pull_request_review_id'),
      wantsChanges: false,
      text: '',
    });
  });
