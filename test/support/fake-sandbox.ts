import { ForgeError } from '../../src/domain/faults.ts';
import type { SandboxInputs } from '../../src/domain/sandbox-protocol.ts';
import { runTitle } from '../../src/domain/sandbox-protocol.ts';
import type { Artifact, Job, Run, Sandbox } from '../../src/ports/sandbox.ts';
import { sha } from './sample-fix.ts';

export interface FakeSandbox extends Sandbox {
  readonly runs: Run[];
  readonly jobsOf: Map<number, Job[]>;
  readonly logs: Map<number, string>;
  /** By run. */
  readonly artifactsOf: Map<number, Artifact[]>;
  readonly dispatched: readonly SandboxInputs[];
  readonly cancelled: readonly number[];
}

export interface FakeSandboxFacts {
  /** GitHub tells the run's id with the dispatch, unless it is an old server. */
  readonly tellsRunId?: boolean;
  /** The next so many listings do not show any run yet. */
  readonly lagLooks?: number;
  /** The first dispatch is carried out and its answer lost. */
  readonly losesFirstAnswer?: boolean;
  /** Dispatches are refused with this reason. */
  readonly refuses?: string;
}

export const fakeRun = (facts: Partial<Run> = {}): Run => ({
  id: 1,
  status: 'queued',
  conclusion: null,
  headSha: sha('b'),
  headBranch: 'ai-fix/12-round-the-discount-once',
  workflowPath: '.github/workflows/ai-fix-sandbox.yml',
  event: 'workflow_dispatch',
  attempt: 1,
  title: '',
  url: `https://github.test/acme/shop/actions/runs/${facts.id ?? 1}`,
  ...facts,
});

/** An artifact that was read, with one report in it. */
export const fakeArtifact = (name: string, text: string, path = 'ai-fix-junit.xml'): Artifact => ({
  name,
  files: [{ path, text }],
  fault: null,
});

/** The Actions of one repository in memory: runs come to be by dispatch and end when a test says so. */
export function fakeSandbox({
  tellsRunId = true,
  lagLooks = 0,
  losesFirstAnswer = false,
  refuses,
}: FakeSandboxFacts = {}): FakeSandbox {
  const runs: Run[] = [];
  const dispatched: SandboxInputs[] = [];
  const cancelled: number[] = [];
  const jobsOf = new Map<number, Job[]>();
  const logs = new Map<number, string>();
  const artifactsOf = new Map<number, Artifact[]>();
  let looks = 0;
  return {
    runs,
    jobsOf,
    logs,
    artifactsOf,
    dispatched,
    cancelled,
    dispatch: async (_repository, _workflow, branch, inputs) => {
      if (refuses !== undefined) return { kind: 'refused', reason: refuses };
      dispatched.push(inputs);
      const id = 1_000 + dispatched.length;
      runs.push(fakeRun({ id, headBranch: branch, title: runTitle(inputs.nonce, inputs.sha) }));
      if (losesFirstAnswer && dispatched.length === 1) {
        throw new ForgeError('the connection broke before the answer', { isRetryable: true });
      }
      return { kind: 'dispatched', runId: tellsRunId ? id : null };
    },
    find: async (_repository, _workflow, branch, title) => {
      looks += 1;
      return looks <= lagLooks ? [] : runs.filter((run) => run.headBranch === branch && run.title === title);
    },
    inspect: async (_repository, runId) => runs.find((run) => run.id === runId) ?? null,
    jobs: async (_repository, runId) => jobsOf.get(runId) ?? [],
    logTail: async (_repository, jobId, maxBytes) => logs.get(jobId)?.slice(-maxBytes) ?? null,
    artifacts: async (_repository, runId, { wanted }) =>
      (artifactsOf.get(runId) ?? []).filter(({ name }) => wanted(name)),
    cancel: async (_repository, runId) => {
      cancelled.push(runId);
    },
  };
}
