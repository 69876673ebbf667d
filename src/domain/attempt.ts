import type { Evidence } from './evidence.ts';
import type { KnownFailure } from './failure.ts';
import type { Sha } from './ids.ts';
import type { Overlay } from './overlay.ts';
import type { FixerRecord } from './recipe.ts';
import type { Opinion } from './review.ts';

/** One patch and what the checks said of it. Its number counts from 1 within the fix; 0 is the patch of the fixers. */
export interface Attempt {
  readonly number: number;
  /** The round of orders that it was begun in; a newer round begins an attempt of its own. */
  readonly round?: number;
  /** How often the fix had been resumed when it was begun. */
  readonly life?: number;
  /** Where its edits began anew; left out where it goes on from the attempt before. */
  readonly begunFrom?: Beginning;
  /** `writing` until the writer finished; then `written`; `dropped` when it ended without a usable patch. */
  readonly status: 'writing' | 'written' | 'dropped';
  /** The commit that the overlay is relative to. */
  readonly base: Sha;
  readonly overlay: Overlay;
  readonly summary: PatchSummary | null;
  /** The candidate commit of the newest validation, once there is one. */
  readonly candidate: Sha | null;
  readonly verdict: AttemptVerdict | null;
  /** What the reviewer model said of it, once it did. */
  readonly review?: Opinion;
  /** What its tests show, once it passed. */
  readonly evidence?: Evidence;
  /** The fixers that wrote it; left out where a model did. */
  readonly fixers?: readonly FixerRecord[];
}

/** Whether no model has read it: what fixers made is for people to review, unless the repository has a model do it too. */
export const isUnreviewed = ({ fixers, review }: Pick<Attempt, 'fixers' | 'review'>): boolean =>
  fixers !== undefined && review === undefined;

export interface Beginning {
  /** The attempt that came furthest; null: from what the round began with. */
  readonly attempt: number | null;
  readonly why: string;
}

export interface PatchSummary {
  readonly summary: string;
  readonly testsAdded: readonly string[];
  readonly notDone: string | null;
  /** Why existing tests or what runs them had to change, in the writer's words; a person is then asked. */
  readonly whyTestsChange?: string | null;
  /** What is said to the reviewers, in a revision. */
  readonly answers?: readonly ThreadAnswer[];
}

export interface ThreadAnswer {
  /** Its name, for instance `T1`. */
  readonly thread: string;
  readonly isDone: boolean;
  readonly text: string;
}

export interface AttemptVerdict {
  readonly kind: 'passed' | 'failed';
  readonly text: string;
  /** What failed, the weightiest first; of too many the first ones. Rows of older versions do not have it. */
  readonly failures?: readonly KnownFailure[];
  /** How many failed in all. */
  readonly failed?: number;
  /** The checks that the writer chose; left out where all ran. */
  readonly chosen?: readonly string[];
}

/** Tests that are to fail on the base, before anything else of the patch is written. Their number counts from 1. */
export interface ReproducingTests {
  readonly number: number;
  /** The commit that the overlay is relative to. */
  readonly base: Sha;
  /** Test files only. */
  readonly overlay: Overlay;
  /** Names of the tests, as the writer has them. */
  readonly tests: readonly string[];
}
