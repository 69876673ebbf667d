import type { SideRun } from './candidate.ts';
import type { Sha } from './ids.ts';
import type { SeenTest } from './tested-base.ts';

/** Tests that were seen failing on a commit, in which run, and by which files. */
export interface Reproduced {
  readonly tests: readonly SeenTest[];
  readonly runUrl: string;
  /** Of the test files, by `digestOfTests`. */
  readonly digest: string;
  readonly base: Sha;
}

/** How far the test is that comes before the patch. */
export interface Reproduction {
  /** The number of the newest one that an order of a person made void. */
  readonly earlier?: number;
  /** Tries that came to nothing. */
  readonly failures: number;
  /** Why the newest of them did. */
  readonly feedback: string | null;
  /** What is waited for. */
  readonly run: SideRun | null;
  readonly base: SideRun | null;
  readonly end: ReproductionEnd | null;
}

/** The number of the tests that are written, run or were seen failing. */
export const reproductionNumber = ({ reproduction }: { readonly reproduction: Reproduction | null }): number =>
  (reproduction?.earlier ?? 0) + (reproduction?.failures ?? 0) + 1;

/** `none`: there is no failing test; `reason` is a sentence without its full stop. */
export type ReproductionEnd =
  | ({ readonly kind: 'reproduced' } & Reproduced)
  | { readonly kind: 'none'; readonly reason: string };
