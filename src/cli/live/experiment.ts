import type { Lab } from './lab.ts';

/** One thing that the design leans on, and how the real GitHub is asked about it. */
export interface Experiment {
  readonly name: string;
  /** What of ai-fix would break if it were otherwise. */
  readonly why: string;
  readonly expected: string;
  ask(lab: Lab): Promise<Outcome>;
}

export type Verdict = 'as expected' | 'different' | 'not asked';

export interface Outcome {
  readonly verdict: Verdict;
  readonly found: string;
}

export interface Result extends Outcome {
  readonly name: string;
  readonly why: string;
  readonly expected: string;
}

export const asExpected = (found: string): Outcome => ({ verdict: 'as expected', found });
export const different = (found: string): Outcome => ({ verdict: 'different', found });
export const judged = (isAsExpected: boolean, found: string): Outcome =>
  isAsExpected ? asExpected(found) : different(found);
