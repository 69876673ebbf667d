import { ForgeError } from '../domain/faults.ts';
import { fullName } from '../domain/ids.ts';
import { type Onboarding, pauseAfter } from '../domain/onboarding.ts';
import type { OnboardingChange } from '../ports/onboarding-store.ts';
import type { Ports } from '../ports/ports.ts';
import { proposeOnboarding } from '../steps/propose-onboarding.ts';
import { followOnboarding } from '../steps/settle-onboarding.ts';

/** The sweep has other things to look after; what is left waits for the next one. */
const perSweep = 5;

/**
 * Brings a few repositories nearer to being set up: proposes the configuration where that is due, and looks what became
 * of the pull requests that are open.
 *
 * Three thousand repositories are three thousand rows, worked off at the pace that the store keeps. A process that dies
 * here leaves its row to the next one after a while.
 */
export async function onboardDue(ports: Ports): Promise<void> {
  for (let count = 0; count < perSweep; count++) {
    const onboarding = await ports.onboardings.claim();
    if (onboarding === null) return;
    await ports.onboardings.set(onboarding.repository.id, await stepFurther(ports, onboarding));
  }
}

async function stepFurther(ports: Ports, onboarding: Onboarding): Promise<OnboardingChange> {
  const { repository, pullRequest, state } = onboarding;
  try {
    if (state !== 'proposed' || pullRequest === null) return await proposeOnboarding(ports, onboarding);
    return await followOnboarding(ports, onboarding, await ports.pullRequests.state(repository, pullRequest));
  } catch (error) {
    ports.log.warn({ err: error, repository: fullName(repository), state }, 'a repository could not be set up yet');
    return afterFault(ports, onboarding, error);
  }
}

/** Time mends the one kind; the other is tried again ever more rarely, with the reason where a person can see it. */
function afterFault({ engine, pace, now }: Ports, { tries }: Onboarding, error: unknown): OnboardingChange {
  if (engine.isPassing(error)) {
    const asked = error instanceof ForgeError ? (error.retryAfterMs ?? 0) : 0;
    return { lookAtMs: now() + Math.max(asked, pace.outagePauseMs(2)) };
  }
  if (!(error instanceof ForgeError)) return { note: 'ai-fix itself has a fault; its log says more', lookAtMs: null };
  if (error.status === 404) return { state: 'off', note: error.message, lookAtMs: null, isFree: true };
  const pauseMs = pauseAfter(tries + 1, pace.outagePauseMs);
  return { note: error.message, tries: tries + 1, lookAtMs: pauseMs === null ? null : now() + pauseMs };
}
