import type { Probot } from 'probot';
import { type Accept, field, listedIn } from './edge.ts';

export const installationRepositoriesRemoved = (app: Probot, accept: Accept): void =>
  app.on('installation_repositories.removed', ({ id, payload }) =>
    accept(id, {
      type: 'uninstalled',
      installationId: field(payload, 'installation.id'),
      repositories: listedIn(payload, 'repositories_removed'),
      reason: 'the App was taken off this repository',
    }),
  );
