import { fullName, type RepositoryRef } from '../domain/ids.ts';
import type { Onboarding } from '../domain/onboarding.ts';
import type { Ports } from '../ports/ports.ts';
import { notYetText, offText } from '../thread/onboarding-text.ts';
import { hasPolicy } from './settle-onboarding.ts';

/** `key` is that of `replyOnceInThread`. */
export type MayStart =
  | { readonly kind: 'may' }
  | { readonly kind: 'not-yet' | 'off'; readonly note: string; readonly text: string };

const may: MayStart = { kind: 'may' };

/**
 * Whether anything may be started in a repository at all: not before its configuration is there. Whatever begins a fix
 * asks this first, whoever asked for the fix.
 *
 * What stands on GitHub counts, not what we noted: the file on the default branch turns the App on, however it got
 * there. A repository without a row was there before the App kept any, and is on.
 */
export async function mayStartHere(
  ports: Pick<Ports, 'repositories' | 'pullRequests' | 'onboardings' | 'now'>,
  repository: RepositoryRef,
): Promise<MayStart> {
  const { onboardings } = ports;
  const onboarding = await onboardings.find(repository);
  if (onboarding === null || onboarding.state === 'merged') return may;
  // A rename or a transfer tells us nothing, and the sweep goes by the name that is noted.
  if (fullName(onboarding.repository) !== fullName(repository))
    await onboardings.set(onboarding.repository.id, { repository });
  if (await hasPolicy(ports, repository)) {
    // An open pull request of ours is still followed: its row is settled when that ends.
    const isFollowed = onboarding.state === 'proposed';
    if (!isFollowed) await onboardings.set(onboarding.repository.id, { state: 'merged', note: null, lookAtMs: null });
    return may;
  }
  const state = await stateNow(ports, onboarding, repository);
  if (state === 'merged') return may;
  const { pullRequest, note } = onboarding;
  return state === 'closed'
    ? { kind: 'off', note: 'ai-fix is off here: its pull request was closed', text: offText(pullRequest) }
    : { kind: 'not-yet', note: 'ai-fix is not set up here yet', text: notYetText(pullRequest, note) };
}

/** What became of the pull request meanwhile; a lost webhook is made good by the sweep, which is woken. */
async function stateNow(
  { pullRequests, onboardings, now }: Pick<Ports, 'pullRequests' | 'onboardings' | 'now'>,
  { repository, state, pullRequest }: Onboarding,
  asked: RepositoryRef,
): Promise<'wanted' | 'proposed' | 'merged' | 'closed'> {
  // Whoever heard of the label may reach the repository after all: the word of that was lost.
  if (state === 'off' || pullRequest === null) {
    if (state === 'off') await onboardings.set(repository.id, { state: 'wanted', repository: asked, lookAtMs: now() });
    return state === 'closed' ? 'closed' : 'wanted';
  }
  const there = await pullRequests.state(asked, pullRequest);
  const found = there === 'open' ? 'proposed' : there;
  if (found !== state) await onboardings.set(repository.id, { state: 'proposed', repository: asked, lookAtMs: now() });
  return found;
}
