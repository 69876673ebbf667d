import type { Probot } from 'probot';
import { type Accept, field, listedIn } from './edge.ts';

export const installationRepositoriesAdded = (app: Probot, accept: Accept): void =>
  app.on('installation_repositories.added', ({ id, payload }) =>
    accept(id, {
      type: 'installed',
      installationId: field(payload, 'installation.id'),
      isWhole: false,
      repositories: listedIn(payload, 'repositories_added'),
    }),
  );
