import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Somebody edited or deleted a comment of a bot: maybe one of ours that shows what is to be decided. */
export const issueCommentChanged = (app: Probot, accept: Accept): void =>
  app.on(['issue_comment.edited', 'issue_comment.deleted'], async ({ id, payload }) => {
    if (field(payload, 'comment.user.type') !== 'Bot') return;
    await accept(id, {
      type: 'comment-changed',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      number: field(payload, 'issue.number'),
    });
  });
