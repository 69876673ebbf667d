import type { FixId } from '../../domain/ids.ts';
import { nearestOf } from '../../domain/nearest.ts';
import type { ReadableTraces } from '../../web/trace-door.ts';
import { UsageError } from '../command.ts';

/** `owner/repository#12`, or the address of an issue or a pull request. */
const threadForm = /^(?:https?:\/\/[^/\s]+\/)?([\w.-]+\/[\w.-]+)(?:#|\/(?:issues|pull)\/)(\d{1,10})(?:[/?#].*)?$/;

const mostNamed = 100;

export interface FoundFix {
  readonly id: FixId;
  /** Earlier fixes of the same issue or pull request, the newest first. */
  readonly others: readonly FixId[];
}

/** @throws {UsageError} with the nearest there is, when it is not there. */
export async function findFix(traces: ReadableTraces, said: string): Promise<FoundFix> {
  const [, repository, number] = threadForm.exec(said) ?? [];
  if (repository === undefined) {
    const known = (await traces.newest(mostNamed)).map(({ id }) => id);
    const isThere = known.includes(said as FixId) || (await traces.lines(said as FixId, false)) !== null;
    if (isThere) return { id: said as FixId, others: [] };
    throw new UsageError(await sayUnknown(traces, `there is no fix ${shown(said)}`, said));
  }
  const [id, ...others] = await traces.ofThread(repository, Number(number));
  if (id !== undefined) return { id, others };
  throw new UsageError(
    await sayUnknown(traces, `there is no fix of ${repository}#${number}`, `${repository}#${number}`),
  );
}

async function sayUnknown(traces: ReadableTraces, problem: string, said: string): Promise<string> {
  const fixes = await traces.newest(mostNamed);
  if (fixes.length === 0) return `${problem}; there are none at all yet`;
  const names = fixes.flatMap(({ id, thread }) => [id, thread]);
  const near = nearestOf(said, names);
  const newest = fixes.slice(0, 5).map(({ id, thread }) => `${id} (${thread})`);
  return near === null ? `${problem}; the newest are ${newest.join(', ')}` : `${problem}; did you mean ${near}?`;
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
