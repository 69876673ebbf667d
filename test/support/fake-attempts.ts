import type { Attempt } from '../../src/domain/attempt.ts';
import type { AttemptStore } from '../../src/ports/stores.ts';

/** Attempts of one fix in memory; what is kept goes through JSON, as in a database. */
export function fakeAttempts(...known: readonly Attempt[]): AttemptStore {
  const rows = new Map(known.map((attempt) => [attempt.number, JSON.stringify(attempt)]));
  const all = () => [...rows].toSorted(([a], [b]) => a - b).map(([, row]): Attempt => JSON.parse(row));
  return {
    all: () => Promise.resolve(all()),
    newest: () => Promise.resolve(all().at(-1) ?? null),
    put: (_fix, attempt) => {
      rows.set(attempt.number, JSON.stringify(attempt));
      return Promise.resolve();
    },
  };
}
