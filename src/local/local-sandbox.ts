import { z } from 'zod';
import type { Sha } from '../domain/ids.ts';
import { recipeArtifact } from '../domain/recipe.ts';
import { runTitle } from '../domain/sandbox-protocol.ts';
import type { Artifact, Sandbox } from '../ports/sandbox.ts';
import type { CheckLog } from './check-log.ts';
import { withinLimits } from './read-reports.ts';
import { type CheckEnd, createCheckRunner, type RunnerOptions } from './run-check.ts';
import { type RecipeScripts, runRecipe } from './run-recipe.ts';
import { type LocalRun, type RunRecord, recordOf, toJob, toRun } from './run-record.ts';

export type SandboxProgress =
  | { readonly type: 'setting-up' }
  /** The checks of a run could not be run at all. */
  | { readonly type: 'fault'; readonly run: LocalRun; readonly fault: string }
  | { readonly type: 'check-begun'; readonly run: LocalRun; readonly check: string }
  | {
      readonly type: 'check-ended';
      readonly run: LocalRun;
      readonly check: string;
      readonly conclusion: string;
      readonly tookMs: number;
    };

export interface LocalSandboxOptions extends RunnerOptions {
  /** Null where there are no fixers. */
  readonly recipe: RecipeScripts | null;
  /** The one workflow that there is. */
  readonly workflowPath: string;
  /** The tip of a branch: runs are told by it. */
  tipOf(branch: string): Promise<Sha | null>;
  /** The commit without any patch: its checks are run once, however often they are asked for. */
  readonly base: Sha;
  /** Checks at work at the same time, over all runs. */
  readonly atOnce: number;
  onProgress(progress: SandboxProgress): void;
  /** A run is over, well or badly. */
  onFinished(runId: number): void;
}

export interface LocalSandbox extends Sandbox {
  /** How the checks end on the base, before anything is spent. @throws {ForgeError} where they cannot be run at all. */
  lookAtBase(signal: AbortSignal): Promise<readonly BaseCheck[]>;
  readonly runs: readonly LocalRun[];
  /** Ends what runs, and removes what it left on the disk. */
  close(): Promise<void>;
}

export interface BaseCheck extends CheckEnd {
  readonly name: string;
  /** Its job in the run `baseLook`. */
  readonly job: number;
}

/** The look at the base is no run that anybody dispatched; its jobs and logs are found under this number. */
export const baseLook = { run: 0 } as const;

const namesSchema = z.array(z.string()).min(1).max(50);

/** The sandbox on this machine: what GitHub Actions is to the App. Each check runs in a cell of its own, with bubblewrap. */
export function createLocalSandbox(options: LocalSandboxOptions): LocalSandbox {
  const records: RunRecord[] = [];
  const runner = createCheckRunner(options);
  const inTurn = createTurns(options.atOnce);
  let nextId = 1;
  const lookJobs: RunRecord['jobs'] = [];
  const find = (id: number): RunRecord | undefined => records.find((record) => record.id === id);

  const onBase = new Map<string, Promise<CheckEnd>>();
  const endOf = async (name: string, commit: Sha, signal: AbortSignal): Promise<CheckEnd> => {
    if (commit !== options.base) return runner.run(name, commit, signal);
    const end = onBase.get(name) ?? runner.run(name, commit, signal);
    onBase.set(name, end);
    const { conclusion } = await end;
    // What was ended in the middle tells nothing.
    if (conclusion === 'cancelled') onBase.delete(name);
    return end;
  };

  const execute = async (record: RunRecord): Promise<void> => {
    await Promise.all(
      record.jobs.map((job) =>
        inTurn(async () => {
          if (record.stop.signal.aborted) return;
          job.beganMs = Date.now();
          options.onProgress({ type: 'check-begun', run: record, check: job.name });
          const { commit, fixers, stop } = record;
          job.end =
            fixers === null
              ? await endOf(job.name, commit, stop.signal)
              : await runRecipe(options, fixers, commit, stop.signal);
          const { conclusion, tookMs } = job.end;
          options.onProgress({ type: 'check-ended', run: record, check: job.name, conclusion, tookMs });
        }),
      ),
    );
  };
  const start = async (record: RunRecord): Promise<void> => {
    try {
      await execute(record);
    } catch (error) {
      record.fault = error instanceof Error ? error.message : String(error);
      options.onProgress({ type: 'fault', run: record, fault: record.fault });
    } finally {
      record.endedMs = Date.now();
      options.onFinished(record.id);
    }
  };

  return {
    get runs() {
      return records;
    },
    lookAtBase: (signal) =>
      Promise.all(
        [...options.scripts.keys()].map((name) =>
          inTurn(async () => {
            const end = await endOf(name, options.base, signal);
            const job = nextId++;
            lookJobs.push({ id: job, name, end, beganMs: 0 });
            return { name, job, ...end };
          }),
        ),
      ),
    dispatch: async (_repository, _workflow, branch, inputs) => {
      const names = namesSchema.safeParse(JSON.parse(inputs.checks));
      const fixers = inputs.mode === 'recipe' ? namesSchema.safeParse(JSON.parse(inputs.fixers ?? '[]')) : null;
      const headSha = await options.tipOf(branch);
      if (!names.success || fixers?.success === false || headSha === null)
        return { kind: 'refused', reason: `there is no branch ${branch}, or no check to run` };
      const jobs = names.data.map((name) => ({ id: nextId++, name, end: null, beganMs: 0 }));
      const id = records.length + 1;
      const commit = inputs.sha;
      const title = runTitle(inputs.nonce, commit);
      const record = recordOf({ id, commit, branch, headSha, title, jobs, fixers: fixers?.data ?? null });
      records.push(record);
      record.done = start(record);
      return { kind: 'dispatched', runId: id };
    },
    find: async (_repository, _workflow, branch, title) =>
      records
        .filter((record) => record.branch === branch && record.title === title)
        .map((one) => toRun(one, options.workflowPath)),
    inspect: async (_repository, runId) => {
      const record = find(runId);
      return record === undefined ? null : toRun(record, options.workflowPath);
    },
    jobs: async (_repository, runId) => (runId === baseLook.run ? lookJobs : (find(runId)?.jobs ?? [])).map(toJob),
    logTail: async (_repository, jobId, maxBytes) => {
      const jobs = [...lookJobs, ...records.flatMap((record) => record.jobs)];
      const log: CheckLog | undefined = jobs.find(({ id }) => id === jobId)?.end?.log;
      return log?.tail(maxBytes) ?? null;
    },
    artifacts: async (_repository, runId, limits) =>
      (find(runId)?.jobs ?? []).flatMap(({ name, end }): Artifact[] => {
        const artifact = find(runId)?.fixers === null ? `junit-${name}` : recipeArtifact;
        if (end?.reports == null || !limits.wanted(artifact)) return [];
        return [withinLimits({ name: artifact, ...end.reports }, limits)];
      }),
    cancel: async (_repository, runId) => {
      const record = find(runId);
      record?.stop.abort();
      await record?.done;
    },
    close: async () => {
      for (const { stop } of records) stop.abort();
      runner.stop();
      await Promise.all(records.map(({ done }) => done));
      await runner.close();
    },
  };
}

/** Lets so many work at a time, in the order in which they asked. */
function createTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
