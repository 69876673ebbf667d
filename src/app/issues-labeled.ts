import type { Probot } from 'probot';
import { type Accept, actorOf, repositoryOf } from './edge.ts';

/** Somebody labelled an issue: the words that stand in this payload are the ones the models will see. */
export const issuesLabeled = (app: Probot, accept: Accept): void =>
  app.on('issues.labeled', async ({ id, payload }) => {
    const { issue, label } = payload;
    // A pull request is an issue to GitHub; ours carry our own labels.
    if (issue.pull_request != null) return;
    const labelledAtMs = Date.parse(issue.updated_at);
    const snapshot = {
      number: issue.number,
      title: issue.title,
      body: issue.body ?? '',
      author: issue.user?.login ?? 'ghost',
      url: issue.html_url,
      ...(Number.isNaN(labelledAtMs) ? {} : { labelledAtMs }),
    };
    await accept(id, {
      type: 'issue-labelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: label?.name,
      issue: snapshot,
    });
  });
