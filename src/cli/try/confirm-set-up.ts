import { UsageError } from '../command.ts';
import type { FoundChecks, FoundFixers } from './found-checks.ts';
import type { TryDesk, TryOptions } from './options.ts';

/**
 * Asks before a set-up runs that the repository brings and nobody named: it has the network, and with it this machine's
 * own ports and abstract sockets.
 *
 * @throws {UsageError} where the answer is no, or nobody is there.
 */
export async function confirmSetUp(
  { setUp }: FoundChecks,
  fixers: FoundFixers | null,
  { setUp: named, mayProceed, signal }: Pick<TryOptions, 'setUp' | 'mayProceed' | 'signal'>,
  desk: TryDesk,
): Promise<void> {
  if (setUp === null || named !== null || mayProceed) return;
  const own = (fixers?.before ?? []).filter(({ fixer }) => fixer !== null).map(({ script }) => script);
  const shown = [...own, setUp.script].map((script) => script.trim().slice(0, 4_000)).join('\n\n');
  desk.show(`The repository's workflow sets up with network:\n\n${shown}`);
  const answer = (await desk.ask('Run it? [y]es, [n]o: ', signal))?.trim() ?? '';
  if (signal.aborted || /^(?:y|yes)$/i.test(answer)) return;
  throw new UsageError(
    'the set-up of the repository\'s own workflow runs with network, and nobody said yes to it; allowed: --yes, or a set-up of yours: --setup "npm ci"',
  );
}
