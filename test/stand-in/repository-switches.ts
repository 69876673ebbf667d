import { now } from './clock.ts';
import { type ActionsCache, freshSwitches, type Repository, type RepositorySwitches } from './repository.ts';
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
  /** Rulesets of these types hold for every branch. They are told, not enforced. */
  setBranchRules(repository: string, types: readonly string[]): void;
  /** Actions is switched off: its API knows no workflow. */
  disableActions(repository: string): void;
  /** Starts the workflows that ask for `push`: GitHub's way for branches alone, or, as it should never be, for every ref. */
  runPushes(repository: string, refs: 'branches' | 'every ref'): void;
  /** Takes refs whose workflows differ from the default branch's, as GitHub does not from such an App. */
  takeOtherWorkflows(repository: string): void;
  /** A run of this ref has saved something in Actions' cache. */
  saveCache(repository: string, cache: { readonly key: string; readonly ref: string }): void;
  caches(repository: string): readonly ActionsCache[];
  /** What the App's installation on the repository's owner grants from now on. */
  changeInstallation(repository: string, change: InstallationChange): void;
  noJobLogs(repository: string): void;
  /** Every job's log is that long, and ends with `the last line`. */
  hugeJobLog(repository: string, bytes: number): void;
  /** Takes all but the first back. */
  behave(repository: string): void;
}

export interface InstallationChange {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly events?: readonly string[];
  readonly isSuspended?: boolean;
}

let caches = 0;

export function createSwitches(site: Site, find: (fullName: string) => Repository): Switches {
  const turn = (fullName: string, change: Partial<RepositorySwitches>): void =>
    void Object.assign(find(fullName).switches, change);
  return {
    archive: (repository) => void site.core.store.repos.update(find(repository).id, { archived: true }),
    refuseDrafts: (repository) => turn(repository, { refusesDrafts: true }),
    refuseDismissals: (repository, status = 403) => turn(repository, { refusesDismissals: status }),
    failRunStart: (repository) => turn(repository, { failsRunStart: true }),
    hangRuns: (repository) => turn(repository, { hangsRuns: true }),
    setBranchRules: (repository, types) => turn(repository, { branchRules: types }),
    disableActions: (repository) => turn(repository, { hasNoActions: true }),
    runPushes: (repository, refs) => turn(repository, { pushesRun: refs }),
    takeOtherWorkflows: (repository) => turn(repository, { takesOtherWorkflows: true }),
    saveCache: (repository, { key, ref }) =>
      void find(repository).caches.push({ id: ++caches, key, ref, createdAt: now() }),
    caches: (repository) => [...find(repository).caches],
    changeInstallation(repository, { isSuspended, ...change }) {
      const { appInstallations } = site.core.store;
      const row = appInstallations.findOneBy('installation_id', find(repository).installationId);
      if (row === undefined) throw new Error(`nobody installed the App on ${repository}`);
      appInstallations.update(row.id, { ...change, ...(isSuspended && { suspended_at: now() }) });
    },
    noJobLogs: (repository) => turn(repository, { hasNoJobLogs: true }),
    hugeJobLog: (repository, bytes) => turn(repository, { hugeJobLogBytes: bytes }),
    behave: (repository) => turn(repository, freshSwitches()),
  };
}
