import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Commands stand alone on a line: `/ai-fix approve`, `/ai-fix stop`. Anything else is people talking. */
export const issueCommentCreated = (app: Probot, accept: Accept): void =>
  app.on('issue_comment.created', async ({ id, payload }) => {
    const body = field(payload, 'comment.body');
    const command = typeof body === 'string' ? commandIn(body) : null;
    if (command === null) return;
    const actor = actorOf(payload);
    const isByApp = field(payload, 'comment.performed_via_github_app') != null;
    await accept(id, {
      type: 'command',
      repository: repositoryOf(payload),
      // A person's token in the hands of another App writes what that App wants, and no list names people.
      actor: isByApp ? { login: actor.login, isBot: true } : actor,
      number: field(payload, 'issue.number'),
      commentId: field(payload, 'comment.id'),
      command,
    });
  });

export function commandIn(body: string): 'approve' | 'stop' | null {
  if (body.length > maxCommentLength) return null;
  for (const line of spokenLines(body)) {
    const found = /^\/ai-fix[ \t]+(approve|stop)[ \t]*$/.exec(line);
    if (found !== null) return found[1] as 'approve' | 'stop';
  }
  return null;
}

/** Lines that somebody says, not those they show: code blocks and what the page hides are no orders. */
function spokenLines(body: string): string[] {
  const visible = body.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '');
  let fence: string | null = null;
  return visible.split(/\r?\n/).filter((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined) return fence === null;
    if (fence === null) fence = mark;
    else if (mark.startsWith(fence) && line.trim() === mark) fence = null;
    return false;
  });
}

/** GitHub takes no longer ones. */
const maxCommentLength = 65_536;
