import type { RepositoryRef } from '../domain/ids.ts';
import { followEveryMs, type Onboarding, onboardingBranch } from '../domain/onboarding.ts';
import { policyPath } from '../domain/policy.ts';
import type { OnboardingChange } from '../ports/onboarding-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { PullRequestState } from '../ports/pull-requests.ts';
import { closedText, readyText, unusableText } from '../thread/onboarding-text.ts';
import { readSetUp } from './read-set-up.ts';
import { replyOnceInThread } from './reply-once.ts';

type Needs = Pick<Ports, 'repositories' | 'commits' | 'thread' | 'policyOf' | 'now'>;

/**
 * Does what the state of the pull request asks for: a word in it once, and the branch goes unless it holds somebody's
 * work. Idempotent.
 */
export async function followOnboarding(
  ports: Needs,
  onboarding: Onboarding,
  state: PullRequestState['state'],
): Promise<OnboardingChange> {
  const { repository, pullRequest, tip } = onboarding;
  if (pullRequest === null) throw new TypeError(`the onboarding of ${repository.id} has no pull request to follow`);
  const known = { pullRequest, tip, note: null, tries: 0 };
  if (state === 'open') return { ...known, state: 'proposed', lookAtMs: ports.now() + followEveryMs };
  const isMerged = state === 'merged';
  // Somebody may have brought the file in another way, and closed what was no longer needed.
  const isOn = isMerged || (await hasPolicy(ports, repository));
  const text = isOn ? await wordAfterMerge(ports, onboarding) : closedText();
  await replyOnceInThread(ports, isOn ? 'ready' : 'closed', { repository, number: pullRequest, text });
  await deleteOwnBranch(ports, onboarding);
  return { ...known, state: isOn ? 'merged' : 'closed', lookAtMs: null };
}

/** Whether the configuration is on the default branch. */
export async function hasPolicy(
  { repositories }: Pick<Ports, 'repositories'>,
  repository: RepositoryRef,
): Promise<boolean> {
  const { head } = await repositories.facts(repository);
  return head !== null && (await repositories.file(repository, policyPath, head, 1)) !== null;
}

async function wordAfterMerge(ports: Needs, { repository }: Onboarding): Promise<string> {
  const answer = await ports.policyOf(repository);
  if (answer.kind === 'invalid') return unusableText(answer.problems);
  const facts = await ports.repositories.facts(repository);
  const { head } = facts;
  if (head === null) throw new TypeError(`${repository.id} has a merged pull request and no commit`);
  return readyText(await readSetUp(ports, { repository, policy: answer.policy }, { ...facts, head }));
}

async function deleteOwnBranch({ commits }: Pick<Ports, 'commits'>, { repository, tip }: Onboarding): Promise<void> {
  const ref = `refs/heads/${onboardingBranch}`;
  if (tip !== null && (await commits.tipOf(repository, ref)) === tip) await commits.deleteRef(repository, ref);
}
