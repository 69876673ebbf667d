import type { Sha } from './ids.ts';

/** A commit that holds an unvalidated patch, and the run that is to judge it. */
export interface Candidate {
  readonly sha: Sha;
  readonly runId: number;
  readonly runUrl: string;
  readonly dispatchedAtMs: number;
  /** The number of its dispatch within the fix. */
  readonly dispatch?: number;
  /** What runs beside the candidate, for comparison. The candidate passes only when these say so too. */
  readonly beside?: readonly SideRun[];
  /** The checks that run, where they are not all: then passing is no success. */
  readonly checks?: readonly string[];
}

/**
 * `judge`: the candidate with the base's own tests, scripts and test configuration. `base`: what runs without the patch.
 * `tests`: the base with the patch's new tests. `recipe`: the base, where fixers work on it.
 */
export interface SideRun {
  readonly tree: 'judge' | 'base' | 'tests' | 'recipe';
  readonly sha: Sha;
  readonly runId: number;
  readonly runUrl: string;
  readonly dispatchedAtMs: number;
  readonly dispatch: number;
}
