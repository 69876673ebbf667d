import type { Probot } from 'probot';
import { type Accept, actorOf, field, repositoryOf } from './edge.ts';

/** Somebody labelled an issue: the words that stand in this payload are the ones the models will see. */
export const issuesLabeled = (app: Probot, accept: Accept): void =>
  app.on('issues.labeled', async ({ id, payload }) => {
    // A pull request is an issue to GitHub; ours carry our own labels.
    if (field(payload, 'issue.pull_request') != null) return;
    const labelledAtMs = Date.parse(String(field(payload, 'issue.updated_at')));
    const issue = {
      number: field(payload, 'issue.number'),
      title: field(payload, 'issue.title'),
      body: field(payload, 'issue.body') ?? '',
      author: field(payload, 'issue.user.login') ?? 'ghost',
      url: field(payload, 'issue.html_url'),
      ...(Number.isNaN(labelledAtMs) ? {} : { labelledAtMs }),
    };
    await accept(id, {
      type: 'issue-labelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: field(payload, 'label.name'),
      issue,
    });
  });
