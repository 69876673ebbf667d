import type { Probot } from 'probot';
import { type Accept, field } from './edge.ts';

/** A suspended App reads and writes nothing, and hears of nothing but the end of it. */
export const installationSuspend = (app: Probot, accept: Accept): void =>
  app.on('installation.suspend', ({ id, payload }) =>
    accept(id, {
      type: 'uninstalled',
      installationId: field(payload, 'installation.id'),
      repositories: null,
      reason: 'the App was suspended',
    }),
  );
