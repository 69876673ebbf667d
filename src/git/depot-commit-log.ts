import type { CommitLog } from '../ports/commit-log.ts';
import { GitFailure } from './git-command.ts';
import { readLog } from './git-log.ts';

/** The `CommitLog` of a repository that holds its past already, or as much of it as there is: nothing is fetched. */
export const createDepotCommitLog = (gitDir: string): CommitLog => ({
  async before(_repository, commit, { limit, signal }) {
    try {
      return signal.aborted ? [] : await readLog(gitDir, commit, { limit, signal });
    } catch (error) {
      if (error instanceof GitFailure) return [];
      throw error;
    }
  },
});
