import type { FixId, RepositoryRef, Sha } from '../domain/ids.ts';

/** The `ai-fix` check on a pull request: dispatched runs do not show there by themselves. */
export interface CheckRuns {
  /** Creates the fix's check run on a commit or updates it. Idempotent by fix and commit. */
  put(repository: RepositoryRef, check: WantedCheckRun): Promise<void>;
}

export interface WantedCheckRun {
  readonly fix: FixId;
  readonly commit: Sha;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
}
