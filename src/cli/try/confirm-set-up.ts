import type { CheckScript } from '../../local/check-script.ts';
import { UsageError } from '../command.ts';
import type { FoundChecks, FoundFixers } from './found-checks.ts';
import type { TryDesk, TryOptions } from './options.ts';

/**
 * Asks before anything runs that the repository brings, nobody named and has the network, and with it this machine's own
 * ports and abstract sockets: the set-up of the checks, and the steps before the fixers. All of it is shown.
 *
 * @throws {UsageError} where the answer is no, or nobody is there.
 */
export async function confirmSetUp(
  { setUp }: Pick<FoundChecks, 'setUp'>,
  fixers: Pick<FoundFixers, 'before'> | null,
  { setUp: named, mayProceed, signal }: Pick<TryOptions, 'setUp' | 'mayProceed' | 'signal'>,
  desk: Pick<TryDesk, 'show' | 'ask'>,
): Promise<void> {
  // Those of the set-up stand before the fixers too.
  const steps = new Map<string, CheckScript>();
  for (const step of [...(fixers?.before ?? []), ...setUp]) if (!steps.has(step.script)) steps.set(step.script, step);
  if (steps.size === 0 || named !== null || mayProceed) return;
  const shown = [...steps.values()].map(textOf).join('\n\n');
  desk.show(`The repository's workflow sets up with network:\n\n${shown}`);
  const answer = (await desk.ask('Run it? [y]es, [n]o: ', signal))?.trim() ?? '';
  if (signal.aborted || /^(?:y|yes)$/i.test(answer)) return;
  throw new UsageError(
    'the set-up of the repository\'s own workflow runs with network, and nobody said yes to it; allowed: --yes, or a set-up of yours: --setup "npm ci"',
  );
}

/** Whole: a script may run what a variable holds, and its end is as powerful as its beginning. */
function textOf({ script, environment, around }: CheckScript): string {
  const variables = Object.entries({ ...around, ...environment }).filter(([, value]) => value !== '');
  return [...variables.map(([name, value]) => `${name}=${JSON.stringify(value)}`), script.trim()].join('\n');
}
