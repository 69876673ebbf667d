import type { Probot } from 'probot';
import { type Accept, field } from './edge.ts';

export const installationUnsuspend = (app: Probot, accept: Accept): void =>
  app.on('installation.unsuspend', ({ id, payload }) =>
    accept(id, { type: 'installation-resumed', installationId: field(payload, 'installation.id') }),
  );
