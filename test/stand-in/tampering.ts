import { now } from './clock.ts';
import { asText, type JsonObject } from './json.ts';
import type { Artifact, NextId, RunJob, WorkflowRun } from './run-records.ts';

/** A run or job by its id, or every one of the repository, those to come included. */
export type Which = number | 'every';

export interface ForgedArtifact {
  readonly name: string;
  /** Any bytes: nobody looks whether they are an archive. */
  readonly zip: Uint8Array;
  /** A size that the listing tells instead of the true one. */
  readonly claimedBytes?: number;
  /** The download answers 410. */
  readonly isExpired?: boolean;
}

/** The bytes of a job's log, or how many of them to make up; infinitely many never end. */
export type ForgedLog = Uint8Array | string | { readonly bytes: number };

/** One lie about a repository; of several that fit the newest holds. */
interface Forged<T> {
  readonly repositoryId: number;
  readonly which: Which;
  readonly value: T;
}

/** What REST says instead of the truth. Webhooks, and what the runner does, stay true. */
export interface Tampering {
  readonly runs: Forged<JsonObject>[];
  readonly jobs: Forged<(jobs: readonly JsonObject[]) => readonly JsonObject[]>[];
  readonly artifacts: Forged<readonly ForgedArtifact[]>[];
  readonly logs: Forged<ForgedLog>[];
  run(run: WorkflowRun, json: JsonObject): JsonObject;
  jobsOf(run: WorkflowRun, jobs: readonly JsonObject[]): readonly JsonObject[];
  artifactsOf(run: WorkflowRun): readonly Artifact[];
  /** Null where the true log is told. */
  logOf(run: WorkflowRun, job: RunJob): ForgedLog | null;
}

export function createTampering(nextId: NextId): Tampering {
  const runs: Tampering['runs'] = [];
  const jobs: Tampering['jobs'] = [];
  const artifacts: Tampering['artifacts'] = [];
  const logs: Tampering['logs'] = [];
  const made = new Map<string, Artifact[]>();
  return {
    runs,
    jobs,
    artifacts,
    logs,
    run: (run, json) => ({ ...json, ...newest(runs, run, run.id) }),
    jobsOf: (run, listed) => newest(jobs, run, run.id)?.(listed) ?? listed,
    artifactsOf(run) {
      const forged = newest(artifacts, run, run.id);
      if (forged === undefined) return run.artifacts;
      // An artifact keeps its number from one listing to the next.
      const key = `${run.id} ${run.attempt} ${artifacts.length}`;
      const known = made.get(key) ?? forged.map((order) => ({ ...order, ...fresh(nextId, order) }));
      made.set(key, known);
      return known;
    },
    logOf: (run, job) => newest(logs, run, job.id) ?? null,
  };
}

const fresh = (nextId: NextId, { name, zip }: ForgedArtifact): Artifact => ({
  id: nextId(),
  name: asText(name),
  zip: Buffer.from(zip),
  createdAt: now(),
});

const newest = <T>(forged: readonly Forged<T>[], run: WorkflowRun, id: number): T | undefined =>
  forged.findLast(
    ({ repositoryId, which }) => repositoryId === run.repository.id && (which === 'every' || which === id),
  )?.value;
