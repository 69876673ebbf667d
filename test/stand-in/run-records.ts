import type { JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { WorkflowDefinition } from './workflow-file.ts';

export interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
}

export interface RunStep {
  readonly name: string;
  readonly number: number;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface Annotation {
  readonly level: 'failure' | 'warning' | 'notice';
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface RunJob {
  readonly id: number;
  readonly name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  readonly steps: RunStep[];
  readonly log: JobLog;
  readonly annotations: Annotation[];
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly zip: Buffer;
  readonly createdAt: string;
  /** GitHub keeps the entry and answers 410 to the download. */
  readonly isExpired?: boolean;
  /** A size that is told instead of the true one. */
  readonly claimedBytes?: number;
}

export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly workflow: Workflow;
  readonly definition: WorkflowDefinition;
  readonly branch: string;
  /** Tip of the dispatched branch; never the commit under judgement. */
  readonly sha: string;
  /** Of the fork that the commit lies in. */
  readonly forkId: number | null;
  readonly event: string;
  readonly inputs: JsonObject;
  readonly actor: string;
  /** Who started this attempt. */
  triggeredBy: string;
  readonly title: string;
  readonly createdAt: string;
  attempt: number;
  startedAt: string;
  updatedAt: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  jobs: RunJob[];
  /** Of its attempts before. */
  earlierJobs: RunJob[];
  artifacts: Artifact[];
  abort: AbortController;
  /** Lets a run go on that hangs. */
  release: PromiseWithResolvers<void>;
  /** Ends when the run has ended and its events were sent. */
  finished: Promise<void>;
}

/** One number for everything that GitHub numbers across a site. */
export type NextId = () => number;

const maxLogLength = 20_000_000;

/** A job's log in GitHub's form: each line with a time. What is beyond 20 MB is left out, and said. */
export interface JobLog {
  add(line: string): void;
  /** Every later line shows `***` instead. */
  mask(secret: string): void;
  text(): string;
}

function createJobLog(): JobLog {
  const lines: string[] = [];
  const masks: string[] = [];
  let length = 0;
  return {
    mask: (secret) => void (secret.trim() !== '' && masks.push(secret)),
    text: () => lines.join(''),
    add(line) {
      if (length > maxLogLength) return;
      const clean = masks.reduce((text, secret) => text.replaceAll(secret, '***'), line);
      const stamped = `${new Date().toISOString().replace('Z', '0000Z')} ${clean}\n`;
      length += stamped.length;
      lines.push(length > maxLogLength ? '##[warning]the log is longer; the rest is left out\n' : stamped);
    },
  };
}

export function createJob(id: number, name: string): RunJob {
  const times = { startedAt: null, completedAt: null };
  return { id, name, status: 'queued', conclusion: null, ...times, steps: [], log: createJobLog(), annotations: [] };
}
