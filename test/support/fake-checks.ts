import type { Annotation, CommitChecks } from '../../src/domain/failing-checks.ts';
import type { Actor } from '../../src/domain/who.ts';
import type { Checks, Offer } from '../../src/ports/checks.ts';
import { sha } from './sample-fix.ts';

export const sampleOffer = (facts: Partial<Offer> = {}): Offer => ({
  number: 31,
  isOpen: true,
  branch: 'topic',
  head: sha('f'),
  isFork: false,
  labels: [],
  ...facts,
});

export interface FakeChecks extends Checks {
  /** What was asked so far. */
  readonly calls: string[];
  /** What a test changes between two looks. */
  commit: CommitChecks;
}

export interface FakeChecksFacts {
  readonly commit?: CommitChecks;
  readonly offers?: readonly Offer[];
  readonly annotations?: readonly Annotation[];
  readonly labelledBy?: Actor | null;
  /** GitHub refuses to start a run once more. */
  readonly refusesRepeat?: boolean;
}

/** The checks of one commit in memory. */
export function fakeChecks({
  commit = { checks: [], runs: [] },
  offers = [],
  annotations = [],
  labelledBy = null,
  refusesRepeat = false,
}: FakeChecksFacts = {}): FakeChecks {
  const calls: string[] = [];
  const fake: FakeChecks = {
    calls,
    commit,
    of: async () => fake.commit,
    annotations: async () => annotations,
    repeat: async (_repository, runId) => {
      calls.push(`repeat ${runId}`);
      return refusesRepeat ? 'refused' : 'asked';
    },
    offersOf: async (_repository, at) => {
      calls.push('offersOf');
      return offers.filter(({ head, isOpen }) => isOpen && head === at);
    },
    offer: async (_repository, number) => offers.find((offer) => offer.number === number) ?? null,
    labelledBy: async () => labelledBy,
    authorOf: async () => ({ login: 'bob', id: 5 }),
  };
  return fake;
}
