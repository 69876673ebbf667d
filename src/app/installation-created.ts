import type { Probot } from 'probot';
import { type Accept, field, listedIn } from './edge.ts';

/** Somebody installed the App, for these repositories. */
export const installationCreated = (app: Probot, accept: Accept): void =>
  app.on('installation.created', ({ id, payload }) =>
    accept(id, {
      type: 'installed',
      installationId: field(payload, 'installation.id'),
      isWhole: true,
      repositories: listedIn(payload, 'repositories'),
    }),
  );
