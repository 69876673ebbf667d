import type { Probot } from 'probot';
import { checksConcluded } from './checks-concluded.ts';
import type { Accept } from './edge.ts';
import { installationCreated } from './installation-created.ts';
import { installationDeleted } from './installation-deleted.ts';
import { installationRepositoriesAdded } from './installation-repositories-added.ts';
import { installationRepositoriesRemoved } from './installation-repositories-removed.ts';
import { installationSuspend } from './installation-suspend.ts';
import { installationUnsuspend } from './installation-unsuspend.ts';
import { issueCommentChanged } from './issue-comment-changed.ts';
import { issueCommentCreated } from './issue-comment-created.ts';
import { issuesClosed } from './issues-closed.ts';
import { issuesEdited } from './issues-edited.ts';
import { issuesLabeled } from './issues-labeled.ts';
import { issuesUnlabeled } from './issues-unlabeled.ts';
import { pullRequestClosed } from './pull-request-closed.ts';
import { pullRequestLabeled } from './pull-request-labeled.ts';
import { pullRequestReopened } from './pull-request-reopened.ts';
import { pullRequestReviewCommentCreated } from './pull-request-review-comment-created.ts';
import { pullRequestReviewSubmitted } from './pull-request-review-submitted.ts';
import { push } from './push.ts';
import { workflowRunCompleted } from './workflow-run-completed.ts';

/**
 * Every event the App listens to; `app.yml` subscribes to the same, but for those of installations: GitHub sends them
 * to every App (https://docs.github.com/webhooks/webhook-events-and-payloads#installation).
 */
export function listen(app: Probot, accept: Accept): void {
  issuesLabeled(app, accept);
  issuesUnlabeled(app, accept);
  issuesClosed(app, accept);
  issuesEdited(app, accept);
  issueCommentCreated(app, accept);
  issueCommentChanged(app, accept);
  workflowRunCompleted(app, accept);
  checksConcluded(app, accept);
  pullRequestLabeled(app, accept);
  pullRequestClosed(app, accept);
  pullRequestReviewSubmitted(app, accept);
  pullRequestReviewCommentCreated(app, accept);
  pullRequestReopened(app, accept);
  installationCreated(app, accept);
  installationDeleted(app, accept);
  installationSuspend(app, accept);
  installationUnsuspend(app, accept);
  installationRepositoriesAdded(app, accept);
  installationRepositoriesRemoved(app, accept);
  push(app, accept);
}
