import type { Chains } from '../domain/conversation.ts';
import type { Roster } from '../ports/roster.ts';
import { createRoster, type RosterOptions } from './roster.ts';

/** More choices than repositories of one host make; beyond them the one that was made first is made anew. */
const mostKept = 200;

/**
 * Makes rosters, and keeps each for as long as its choice is asked for: what a model has found out about its server holds
 * for the next conversation too, and a parameter that it refuses is told once.
 *
 * @throws {ConfigError} as `createRoster` does; of a wrong choice nothing is kept.
 */
export function createRosters(options: RosterOptions): (chains: Chains) => Roster {
  const kept = new Map<string, Roster>();
  return (chains) => {
    const name = JSON.stringify(Object.entries(chains).toSorted(([a], [b]) => a.localeCompare(b)));
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = createRoster({ ...options, chains });
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= mostKept) kept.delete(oldest);
    kept.set(name, made);
    return made;
  };
}
