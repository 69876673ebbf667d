import type { Action } from '../domain/who.ts';
import { quoteLine, withoutStop } from './outgoing.ts';

/** The one short reply that a refused person gets. */

const wanted: Readonly<Record<Action, string>> = {
  trigger: 'start ai-fix',
  approve: 'approve this',
  command: 'command ai-fix',
};

export const refusalText = (login: string, action: Action, because: string): string =>
  `${quoteLine(login, 60)} may not ${wanted[action]}: ${withoutStop(because)}.`;

export const limitText = (by: 'repository' | 'host', limit: number, label: string): string =>
  `ai-fix has started ${limit} fix${limit === 1 ? '' : 'es'} within an hour ${by === 'repository' ? 'in this repository' : 'on this host'}, and that is the limit. Take the label \`${label}\` off and put it on again later.`;
