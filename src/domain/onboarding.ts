import type { RepositoryRef, Sha } from './ids.ts';

/**
 * How a repository stands with the App since it was installed there. Nothing happens in it before it is on.
 *
 * - `wanted`: the pull request that proposes the configuration is still to be opened; `note` says what keeps it.
 * - `proposed`: it is open.
 * - `merged`: on. So is every repository with a configuration on its default branch, whatever stands here.
 * - `closed`: off, because somebody closed it unmerged. That outlasts an uninstall, as it does with Renovate.
 * - `off`: the App may not reach it (any more).
 */
export const onboardingStates = ['wanted', 'proposed', 'merged', 'closed', 'off'] as const;
export type OnboardingState = (typeof onboardingStates)[number];

export interface Onboarding {
  readonly repository: RepositoryRef & { readonly id: number };
  readonly state: OnboardingState;
  readonly pullRequest: number | null;
  /** The commit that the App put on the branch. Any other tip is somebody's work, and is left alone. */
  readonly tip: Sha | null;
  readonly note: string | null;
  /** Faults in a row. */
  readonly tries: number;
}

export const onboardingBranch = 'ai-fix/configure';
/** As the trailers of fixes, whose ids never look like this. */
export const onboardingTrailer = 'Ai-Fix: configure';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Each costs three writes, and GitHub allows an installation about 500 an hour
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits): most of
 * them stay for fixes.
 */
export const proposalsPerHour = 20;
/** Of an open pull request, for the word that it was merged or closed may be lost. */
export const followEveryMs = 6 * hourMs;
/** Of an installation, for the word of a repository that came or went may be lost. */
export const recountEveryMs = 6 * hourMs;
/** How long a repository that is being looked at is left to whoever does it. */
export const leaseMs = 10 * minuteMs;
const maxTries = 30;

export interface Obstacle {
  /** Stands after "because". */
  readonly note: string;
  readonly againInMs: number;
}

/** Why nothing is proposed to a repository for now, or null. */
export function obstacleOf(facts: {
  readonly head: Sha | null;
  readonly isArchived: boolean;
  readonly isDisabled: boolean;
  readonly isFork: boolean;
}): Obstacle | null {
  if (facts.isArchived) return { note: 'the repository is archived', againInMs: dayMs };
  if (facts.isDisabled) return { note: 'the repository is disabled', againInMs: dayMs };
  if (facts.isFork) return { note: 'the repository is a fork', againInMs: dayMs };
  if (facts.head === null) return { note: 'the repository is empty', againInMs: hourMs };
  return null;
}

/** The pause after so many faults in a row that time alone does not mend, or null once it is given up. */
export function pauseAfter(tries: number, outagePauseMs: (outages: number) => number): number | null {
  if (tries >= maxTries) return null;
  return tries < 8 ? outagePauseMs(tries) : dayMs;
}
