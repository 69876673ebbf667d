import type { Probot } from 'probot';
import type { Accept } from './edge.ts';
import { issueCommentCreated } from './issue-comment-created.ts';
import { issuesClosed } from './issues-closed.ts';
import { issuesLabeled } from './issues-labeled.ts';
import { issuesUnlabeled } from './issues-unlabeled.ts';
import { pullRequestClosed } from './pull-request-closed.ts';
import { workflowRunCompleted } from './workflow-run-completed.ts';

/** Every event the App listens to; `app.yml` subscribes to the same. */
export function listen(app: Probot, accept: Accept): void {
  issuesLabeled(app, accept);
  issuesUnlabeled(app, accept);
  issuesClosed(app, accept);
  issueCommentCreated(app, accept);
  workflowRunCompleted(app, accept);
  pullRequestClosed(app, accept);
}
