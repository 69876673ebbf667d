import type { Probot } from 'probot';
import { type Accept, field } from './edge.ts';

export const installationDeleted = (app: Probot, accept: Accept): void =>
  app.on('installation.deleted', ({ id, payload }) =>
    accept(id, {
      type: 'uninstalled',
      installationId: field(payload, 'installation.id'),
      repositories: null,
      reason: 'the App was uninstalled',
    }),
  );
