import type { Probot } from 'probot';
import { type Accept, actorOf, repositoryOf } from './edge.ts';

/** Somebody labelled an issue: the words that stand in this payload are the ones the models will see. */
export const issuesLabeled = (app: Probot, accept: Accept): void =>
  app.on('issues.labeled', ({ id, payload }) => {
    const { issue, label } = payload;
    const snapshot = {
      number: issue.number,
      title: issue.title,
      body: issue.body ?? '',
      author: issue.user?.login ?? 'ghost',
      url: issue.html_url,
    };
    return accept(id, {
      type: 'issue-labelled',
      repository: repositoryOf(payload),
      actor: actorOf(payload),
      label: label?.name,
      issue: snapshot,
    });
  });
