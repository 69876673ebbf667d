import type { Probot } from 'probot';
import { type Accept, actorOf, repositoryOf } from './edge.ts';

/** Commands stand alone on a line: `/ai-fix approve`, `/ai-fix stop`. Anything else is people talking. */
export const issueCommentCreated = (app: Probot, accept: Accept): void =>
  app.on('issue_comment.created', async ({ id, payload }) => {
    const command = commandIn(payload.comment.body);
    if (command === null) return;
    const actor = actorOf(payload);
    await accept(id, {
      type: 'command',
      repository: repositoryOf(payload),
      // A person's token in the hands of another App writes what that App wants, and no list names people.
      actor: payload.comment.performed_via_github_app == null ? actor : { login: actor.login, isBot: true },
      number: payload.issue.number,
      commentId: payload.comment.id,
      command,
    });
  });

export function commandIn(body: string): 'approve' | 'stop' | null {
  const found = /^\/ai-fix[ \t]+(approve|stop)[ \t]*\r?$/m.exec(body);
  return found === null ? null : (found[1] as 'approve' | 'stop');
}
