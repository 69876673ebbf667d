import type { Sha } from './ids.ts';

/** Where the work stands: the commit it starts from, and the tip of the fix's branch (base + an empty commit). */
export interface Ground {
  readonly base: Sha;
  readonly tip: Sha;
  readonly branch: string;
  readonly baseBranch: string;
  /** The next candidate merges this commit of the base branch: a published branch is never moved but forwards. */
  readonly merges?: Sha | null;
  /** Commits of others are on the branch below ours: they are never taken out again. */
  readonly isShared?: boolean;
}
