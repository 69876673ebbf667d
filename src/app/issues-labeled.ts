import type { Probot } from 'probot';
import { type Accept, actorOf, repositoryOf } from './edge.ts';

/** Somebody labelled an issue: the words that stand in this payload are the ones the models will see. */
export const issuesLabeled = (app: Probot, accept: Accept): void =>
  app.on('issues.labeled', async ({ id, payload }) => {
    const { issue, label } = payload;
    const actor = actorOf(payload);
    // Most labels by bots are our own, which show a fix's state.
    if (actor.isBot) return;
    const snapshot = {
      number: issue.number,
      title: issue.title,
      body: issue.body ?? '',
      author: issue.user?.login ?? 'ghost',
      url: issue.html_url,
    };
    await accept(id, {
      type: 'issue-labelled',
      repository: repositoryOf(payload),
      actor,
      label: label?.name,
      issue: snapshot,
    });
  });
