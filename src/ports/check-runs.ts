import type { RepositoryRef, Sha } from '../domain/ids.ts';

/** Checks on commits: dispatched runs do not show in a pull request by themselves. */
export interface CheckRuns {
  /** Creates a check run or updates it. Idempotent by commit, name and key. */
  put(repository: RepositoryRef, check: WantedCheckRun): Promise<void>;
}

export interface WantedCheckRun {
  /** `ai-fix` carries the verdict of a fix; the other what became of a changed `.github/ai-fix.yml`. */
  readonly name: 'ai-fix' | 'ai-fix / configuration';
  /** Tells apart those of one name on a commit: a fix's id. */
  readonly key: string;
  readonly commit: Sha;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
}
