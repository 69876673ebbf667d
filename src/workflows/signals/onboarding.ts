import type { Ports } from '../../ports/ports.ts';
import { followOnboarding } from '../../steps/settle-onboarding.ts';
import { ignored, noted, type Outcome, type SignalOf } from './outcome.ts';

/** Somebody merged, closed or reopened the pull request that proposes the configuration. GitHub is asked which. */
export async function onOnboardingChanged(
  ports: Ports,
  { repository, number }: SignalOf<'pull-request-closed' | 'pull-request-reopened'>,
): Promise<Outcome> {
  const onboarding = await ports.onboardings.find(repository);
  if (onboarding?.pullRequest !== number) return ignored('the pull request is none of ours');
  const here = { ...onboarding, repository: { ...repository, id: onboarding.repository.id } };
  const state = await ports.pullRequests.state(repository, number);
  await ports.onboardings.set(here.repository.id, { ...(await followOnboarding(ports, here, state)), repository });
  return noted(`the pull request that sets ai-fix up is ${state}`);
}
