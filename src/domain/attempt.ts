import type { Sha } from './ids.ts';
import type { Overlay } from './overlay.ts';

/** One patch and what the checks said of it. Its number counts from 1 within the fix. */
export interface Attempt {
  readonly number: number;
  /** `writing` until the writer finished; then `written`; `dropped` when it ended without a usable patch. */
  readonly status: 'writing' | 'written' | 'dropped';
  /** The commit that the overlay is relative to. */
  readonly base: Sha;
  readonly overlay: Overlay;
  readonly summary: PatchSummary | null;
  /** The candidate commit of the newest validation, once there is one. */
  readonly candidate: Sha | null;
  readonly verdict: AttemptVerdict | null;
}

export interface PatchSummary {
  readonly summary: string;
  readonly testsAdded: readonly string[];
  readonly notDone: string | null;
  /** Why existing tests or what runs them had to change, in the writer's words; a person is then asked. */
  readonly whyTestsChange?: string | null;
}

export interface AttemptVerdict {
  readonly kind: 'passed' | 'failed';
  readonly text: string;
}
