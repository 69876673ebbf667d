import type { Onboarding } from '../../src/domain/onboarding.ts';
import type { OnboardingChange, OnboardingStore } from '../../src/ports/onboarding-store.ts';
import { sampleRepository } from './sample-fix.ts';

export const sampleOnboarding = (facts: Partial<Onboarding> = {}): Onboarding => ({
  repository: { ...sampleRepository, id: 5 },
  state: 'wanted',
  pullRequest: null,
  tip: null,
  note: null,
  tries: 0,
  ...facts,
});

export interface FakeOnboardings extends OnboardingStore {
  /** What was asked of the store so far: changes, and names of what was wanted or put off. */
  readonly changes: OnboardingChange[];
  readonly wanted: string[];
  readonly putOffs: (readonly number[] | null)[];
}

/** Rows in memory that stay as they are; what would change them is noted. */
export function fakeOnboardings(rows: readonly Onboarding[]): FakeOnboardings {
  const changes: OnboardingChange[] = [];
  const wanted: string[] = [];
  const putOffs: (readonly number[] | null)[] = [];
  return {
    changes,
    wanted,
    putOffs,
    want: async (_installationId, repositories) => {
      wanted.push(...repositories.map(({ name }) => name));
      return repositories.length;
    },
    resume: async () => 0,
    putOff: async (_installationId, ids) => putOffs.push(ids),
    find: async () => rows[0] ?? null,
    ofInstallation: async () => rows,
    claim: async () => rows[0] ?? null,
    set: async (_id, change) => void changes.push(change),
  };
}
