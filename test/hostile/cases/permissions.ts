import type { HostileArea } from '../hostile-case.ts';
import { commandsThatAreNone } from './permissions-commands.ts';
import { peopleAgainstTheApp } from './permissions-end-to-end.ts';
import { ordersToFixes } from './permissions-in-fixes.ts';
import { whoMayNot } from './permissions-who.ts';

export const permissions: HostileArea = {
  area: 'people and bots',
  cases: [...whoMayNot, ...commandsThatAreNone, ...ordersToFixes, ...peopleAgainstTheApp],
};
