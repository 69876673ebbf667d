import type { Probot } from 'probot';
import type { Accept } from './edge.ts';
import { issueCommentChanged } from './issue-comment-changed.ts';
import { issueCommentCreated } from './issue-comment-created.ts';
import { issuesClosed } from './issues-closed.ts';
import { issuesEdited } from './issues-edited.ts';
import { issuesLabeled } from './issues-labeled.ts';
import { issuesUnlabeled } from './issues-unlabeled.ts';
import { pullRequestClosed } from './pull-request-closed.ts';
import { pullRequestReviewCommentCreated } from './pull-request-review-comment-created.ts';
import { pullRequestReviewSubmitted } from './pull-request-review-submitted.ts';
import { workflowRunCompleted } from './workflow-run-completed.ts';

/** Every event the App listens to; `app.yml` subscribes to the same. */
export function listen(app: Probot, accept: Accept): void {
  issuesLabeled(app, accept);
  issuesUnlabeled(app, accept);
  issuesClosed(app, accept);
  issuesEdited(app, accept);
  issueCommentCreated(app, accept);
  issueCommentChanged(app, accept);
  workflowRunCompleted(app, accept);
  pullRequestClosed(app, accept);
  pullRequestReviewSubmitted(app, accept);
  pullRequestReviewCommentCreated(app, accept);
}
