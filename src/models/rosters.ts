import type { Chains } from '../domain/conversation.ts';
import type { Roster } from '../ports/roster.ts';
import { onceFor } from './once-for.ts';
import { createLinks, createRoster, type RosterOptions } from './roster.ts';

/** More choices than repositories of one host make. */
const mostKept = 200;

/**
 * Makes rosters, and keeps each for as long as its choice is asked for. They share their models: what one has found out
 * about its server holds for the next conversation of any repository, and a parameter that it refuses is told once.
 *
 * @throws {ConfigError} as `createRoster` does; of a wrong choice nothing is kept.
 */
export function createRosters(options: RosterOptions): (chains: Chains) => Roster {
  const linkOf = createLinks(options.host, options.requests);
  return onceFor(
    (chains) => JSON.stringify(Object.entries(chains).toSorted(([a], [b]) => a.localeCompare(b))),
    (chains) => createRoster({ ...options, linkOf, chains }),
    mostKept,
  );
}
