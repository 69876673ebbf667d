import { ForgeError } from '../domain/faults.ts';
import type { Sha } from '../domain/ids.ts';
import {
  followEveryMs,
  type Onboarding,
  obstacleOf,
  onboardingBranch,
  onboardingTrailer,
} from '../domain/onboarding.ts';
import { policyPath } from '../domain/policy.ts';
import type { OnboardingChange } from '../ports/onboarding-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { RepositoryFacts } from '../ports/repositories.ts';
import { onboardingBody, onboardingTitle } from '../thread/onboarding-text.ts';
import { readSetUp } from './read-set-up.ts';
import { followOnboarding } from './settle-onboarding.ts';
import { starterPolicy } from './starter-files.ts';

type Needs = Pick<Ports, 'repositories' | 'commits' | 'pullRequests' | 'thread' | 'policyOf' | 'now'>;

/**
 * Opens the pull request that proposes `.github/ai-fix.yml`, or finds out why not: a repository that has the file is
 * on already, and where somebody closed such a pull request before, whenever that was, there is no second one.
 *
 * Idempotent: looks for the file, the pull request and the branch before it makes them. The tree is made by GitHub and
 * not from a mirror: nobody wants three thousand repositories fetched for one file each.
 */
export async function proposeOnboarding(ports: Needs, onboarding: Onboarding): Promise<OnboardingChange> {
  const { repository } = onboarding;
  const facts = await ports.repositories.facts(repository);
  const obstacle = obstacleOf(facts);
  const { head } = facts;
  if (obstacle !== null || head === null)
    return { note: obstacle?.note ?? null, lookAtMs: ports.now() + (obstacle?.againInMs ?? 0), tries: 0, isFree: true };
  if ((await ports.repositories.file(repository, policyPath, head, 1)) !== null)
    return { state: 'merged', note: null, lookAtMs: null, tries: 0, isFree: true };

  const before = await ports.pullRequests.newestOfBranch(repository, onboardingBranch);
  if (before !== null && before.state !== 'merged') {
    const tip = onboarding.tip ?? (await ownTip(ports, onboarding));
    return followOnboarding(ports, { ...onboarding, pullRequest: before.number, tip }, before.state);
  }
  const tip = await putBranch(ports, onboarding, head, before === null ? 'keep' : 'move');
  if (tip === null) {
    const note = `somebody else has the branch \`${onboardingBranch}\``;
    return { note, lookAtMs: ports.now() + followEveryMs, tries: 0 };
  }
  const pullRequest = await openPullRequest(ports, onboarding, { ...facts, head });
  return { state: 'proposed', pullRequest, tip, note: null, tries: 0, lookAtMs: ports.now() + followEveryMs };
}

/** Where an earlier try died before it could note what it made. */
async function ownTip({ commits }: Pick<Ports, 'commits'>, { repository }: Onboarding): Promise<Sha | null> {
  const tip = await commits.tipOf(repository, `refs/heads/${onboardingBranch}`);
  return tip !== null && (await isOurs(commits, repository, tip)) ? tip : null;
}

async function isOurs(commits: Ports['commits'], repository: Onboarding['repository'], tip: Sha): Promise<boolean> {
  const { message } = await commits.describe(repository, tip);
  return message.split('\n').includes(onboardingTrailer);
}

/** The branch with one commit on `head`, which GitHub makes and signs; null where somebody else has it. */
async function putBranch(
  { commits }: Pick<Ports, 'commits'>,
  { repository }: Onboarding,
  head: Sha,
  ours: 'keep' | 'move',
): Promise<Sha | null> {
  const ref = `refs/heads/${onboardingBranch}`;
  const there = await commits.tipOf(repository, ref);
  if (there !== null) {
    if (!(await isOurs(commits, repository, there))) return null;
    if (ours === 'keep') return there;
  }
  const tree = await commits.treeWith(repository, head, { path: policyPath, text: starterPolicy() });
  const message = `chore: configure ai-fix\n\n${onboardingTrailer}`;
  const made = await commits.create(repository, { message, tree, parents: [head] });
  const answer = await commits.setRef(repository, ref, made, there === null ? 'create' : 'force');
  if (answer === 'exists') return null;
  if (answer !== 'set')
    throw new ForgeError(`GitHub refused the branch ${onboardingBranch}: ${answer}`, { isRetryable: false });
  return made;
}

async function openPullRequest(
  ports: Needs,
  { repository }: Onboarding,
  facts: RepositoryFacts & { readonly head: Sha },
): Promise<number> {
  const answer = await ports.pullRequests.open(repository, {
    title: onboardingTitle,
    body: onboardingBody(await readSetUp(ports, { repository }, facts)),
    branch: onboardingBranch,
    baseBranch: facts.defaultBranch,
    isDraft: false,
  });
  if (answer.kind !== 'opened') throw new TypeError('a plain pull request was refused as a draft');
  return answer.pullRequest.number;
}
