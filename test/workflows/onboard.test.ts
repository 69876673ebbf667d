import { beforeEach, describe, expect, it } from 'vitest';
import { ForgeError } from '../../src/domain/faults.ts';
import { pauseAfter } from '../../src/domain/onboarding.ts';
import type { OnboardingChange } from '../../src/ports/onboarding-store.ts';
import { onboardDue } from '../../src/workflows/onboard.ts';
import { sampleOnboarding } from '../support/fake-onboardings.ts';
import { portsForTest } from '../support/ports-for-test.ts';

let changes: OnboardingChange[];
let claims = 0;

beforeEach(() => {
  changes = [];
  claims = 0;
});

/** Rows are due without end, and GitHub answers each with this fault. */
async function onboardAgainst(fault: unknown, tries = 0): Promise<void> {
  const ports = portsForTest({
    onboardings: {
      claim: async () => {
        claims += 1;
        return sampleOnboarding({ tries });
      },
      set: async (_id: number, change: OnboardingChange) => void changes.push(change),
    },
    repositories: { facts: () => Promise.reject(fault) },
    engine: { isPassing: (error: unknown) => error instanceof ForgeError && error.isRetryable },
    pace: { outagePauseMs: (outages: number) => outages * 60_000 },
    now: () => 0,
    log: { warn: () => undefined },
  });
  await onboardDue(ports);
}

describe('a repository that cannot be set up', () => {
  it('keeps the sweep for a few rows only, however many are due', async () => {
    await onboardAgainst(new ForgeError('away', { isRetryable: true }));

    expect(claims).toBe(5);
    expect(changes).toHaveLength(5);
  });

  it('for an outage waits as long as GitHub asks, and that is no try', async () => {
    await onboardAgainst(new ForgeError('slow down', { status: 429, isRetryable: true, retryAfterMs: 3_600_000 }));

    expect(changes[0]).toEqual({ lookAtMs: 3_600_000 });
  });

  it('for good keeps the reason and is tried again ever more rarely', async () => {
    await onboardAgainst(new ForgeError('the App lacks a permission', { status: 403, isRetryable: false }), 2);

    expect(changes[0]).toEqual({ note: 'the App lacks a permission', tries: 3, lookAtMs: 180_000 });
  });

  it('after too many tries is given up, with the reason', async () => {
    await onboardAgainst(new ForgeError('a ruleset forbids it', { status: 422, isRetryable: false }), 29);

    expect(changes[0]).toEqual({ note: 'a ruleset forbids it', tries: 30, lookAtMs: null });
  });

  it('because GitHub does not let us there any more is off', async () => {
    await onboardAgainst(new ForgeError('not installed', { status: 404, isRetryable: false }));

    expect(changes[0]).toEqual({ state: 'off', note: 'not installed', lookAtMs: null, isFree: true });
  });

  it('by a bug of ours waits for a new version', async () => {
    await onboardAgainst(new TypeError('undefined is no function'));

    expect(changes[0]).toEqual({ note: 'ai-fix itself has a fault; its log says more', lookAtMs: null });
  });

  it('is tried for about a month', () => {
    const pauses = Array.from({ length: 29 }, (_, index) => pauseAfter(index + 1, () => 30 * 60_000) ?? 0);

    const days = pauses.reduce((sum, pause) => sum + pause, 0) / 86_400_000;
    expect(days).toBeGreaterThan(20);
    expect(days).toBeLessThan(31);
  });
});
