import type { RepositoryRef } from '../domain/ids.ts';
import type { SandboxInputs } from '../domain/sandbox-protocol.ts';

/** The dispatched GitHub Actions workflow in which a repository's code runs: the only place where it does. */
export interface Sandbox {
  /** Asks for a run on a branch. Not idempotent: look with `find` first. Null where GitHub does not tell the run's id. */
  dispatch(repository: RepositoryRef, workflow: string, branch: string, inputs: SandboxInputs): Promise<DispatchAnswer>;
  /** Runs on a branch with exactly this title, oldest first. GitHub's listing lags by seconds. */
  find(repository: RepositoryRef, workflow: string, branch: string, title: string): Promise<readonly Run[]>;
  inspect(repository: RepositoryRef, runId: number): Promise<Run | null>;
  jobs(repository: RepositoryRef, runId: number): Promise<readonly Job[]>;
  /** The last `maxBytes` of a job's log, or null when GitHub has none. Streams; never holds more than that. */
  logTail(repository: RepositoryRef, jobId: number, maxBytes: number): Promise<string | null>;
  /**
   * Text files of a run's artifacts, by artifact name. Streams, within caps; what is too large, malformed or suspicious
   * is named, not read.
   *
   * @throws {ForgeError}
   */
  artifacts(repository: RepositoryRef, runId: number, limits: ArtifactLimits): Promise<readonly Artifact[]>;
  /** Idempotent: a finished run is left alone. */
  cancel(repository: RepositoryRef, runId: number): Promise<void>;
}

export type DispatchAnswer =
  | { readonly kind: 'dispatched'; readonly runId: number | null }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Run {
  readonly id: number;
  readonly status: 'queued' | 'in_progress' | 'completed';
  /** GitHub's word once completed, for instance `success`, `failure`, `cancelled`, `startup_failure`. */
  readonly conclusion: string | null;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly workflowPath: string;
  readonly event: string;
  readonly attempt: number;
  readonly title: string;
  readonly url: string;
}

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly failedSteps: readonly string[];
  readonly url: string;
}

/** Code that nobody has read wrote every byte of an artifact. */
export interface ArtifactLimits {
  /** Others are not downloaded. */
  readonly wanted: (name: string) => boolean;
  /** Of one archive, as it travels. */
  readonly maxDownloadBytes: number;
  /** Files and folders in one archive. */
  readonly maxEntries: number;
  /** Which files of them are read, by their path; left out: XML files. */
  readonly isRead?: (path: string) => boolean;
  /** Of all files of all wanted artifacts of the run together, inflated. */
  readonly maxTextBytes: number;
}

export interface Artifact {
  readonly name: string;
  /** The files that were to be read; none where there is a fault. */
  readonly files: readonly ArtifactFile[];
  /** Why nothing of it was read, for instance `larger than 20 MB`; null when it was. */
  readonly fault: string | null;
}

export interface ArtifactFile {
  /** Inside the archive: relative, with forward slashes, without `..`. */
  readonly path: string;
  readonly text: string;
}
