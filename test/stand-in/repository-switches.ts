import { freshSwitches, type Repository, type RepositorySwitches } from './repository.ts';
import type { Site } from './site.ts';

/** The ways of the real GitHub that a test turns on. Repositories are named in full: `owner/name`. */
export interface Switches {
  archive(repository: string): void;
  /** Answers 422 to drafts, as on private repositories of free plans. */
  refuseDrafts(repository: string): void;
  /** Answers this to every dismissal, as branch protection does that lets only others dismiss; 403 unless told. */
  refuseDismissals(repository: string, status?: 403 | 422): void;
  /** Accepts dispatches; their runs end as `startup_failure`, without a word. */
  failRunStart(repository: string): void;
  /** Runs stay queued until they are cancelled or released. */
  hangRuns(repository: string): void;
  noJobLogs(repository: string): void;
  /** Every job's log is that long, and ends with `the last line`. */
  hugeJobLog(repository: string, bytes: number): void;
  /** Takes all but the first back. */
  behave(repository: string): void;
}

export function createSwitches(site: Site, find: (fullName: string) => Repository): Switches {
  const turn = (fullName: string, change: Partial<RepositorySwitches>): void =>
    void Object.assign(find(fullName).switches, change);
  return {
    archive: (repository) => void site.core.store.repos.update(find(repository).id, { archived: true }),
    refuseDrafts: (repository) => turn(repository, { refusesDrafts: true }),
    refuseDismissals: (repository, status = 403) => turn(repository, { refusesDismissals: status }),
    failRunStart: (repository) => turn(repository, { failsRunStart: true }),
    hangRuns: (repository) => turn(repository, { hangsRuns: true }),
    noJobLogs: (repository) => turn(repository, { hasNoJobLogs: true }),
    hugeJobLog: (repository, bytes) => turn(repository, { hugeJobLogBytes: bytes }),
    behave: (repository) => turn(repository, freshSwitches()),
  };
}
