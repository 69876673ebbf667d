import type { Probot } from 'probot';
import { orderIn } from '../thread/order-in.ts';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Commands stand at the beginning of a line: `/ai-fix approve`, `/ai-fix stop`. Anything else is people talking. */
export const issueCommentCreated = (app: Probot, accept: Accept): void =>
  app.on('issue_comment.created', async ({ id, payload }) => {
    const body = field(payload, 'comment.body');
    const order = typeof body === 'string' ? orderIn(body) : null;
    if (order === null) return;
    const actor = actorOf(payload);
    const isByApp = field(payload, 'comment.performed_via_github_app') != null;
    await accept(id, {
      type: 'command',
      repository: repositoryOf(payload),
      // A person's token in the hands of another App writes what that App wants, and no list names people.
      actor: isByApp ? { login: actor.login, isBot: true } : actor,
      number: field(payload, 'issue.number'),
      isPullRequest: field(payload, 'issue.pull_request') != null,
      commentId: field(payload, 'comment.id'),
      order,
    });
  });
