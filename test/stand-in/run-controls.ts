import type { Actions } from './actions.ts';
import type { Downloads } from './downloads.ts';
import { gitText } from './git.ts';
import type { JsonObject } from './json.ts';
import type { OriginRequest, OtherOrigin } from './other-origin.ts';
import { type Repository, resolveCommit } from './repository.ts';
import type { ForgedArtifact, ForgedLog, Which } from './tampering.ts';
import { type RunView, runView } from './views.ts';
import { parseWorkflow } from './workflow-file.ts';

/** Runs as a test wants them, and lies about them. A lie holds until the end; of several the newest. */
export interface Runs {
  /** Runs a workflow of a branch as GitHub would for another event, for instance `push`. Answers when it has ended. */
  runWorkflow(repository: string, order: WorkflowOrder): Promise<RunView>;
  /** Lets the runs go on that hang. Those to come hang still, until `behave`. */
  releaseRuns(repository: string): void;
  /** REST says this of a run, for instance another `head_sha`, `path`, `display_title`, `run_attempt`, `conclusion`. */
  tamperRun(repository: string, run: Which, lie: JsonObject): void;
  /** REST lists these jobs instead of the run's own, which are given. */
  tamperJobs(repository: string, run: Which, lie: (jobs: readonly JsonObject[]) => readonly JsonObject[]): void;
  /** The run's artifacts are these and no others. */
  tamperArtifacts(repository: string, run: Which, artifacts: readonly ForgedArtifact[]): void;
  /** The job's log is this; `{ bytes: Infinity }` never ends. */
  tamperLog(repository: string, job: Which, log: ForgedLog): void;
  /** Downloads of logs and artifacts are redirected there, or to the store again. */
  redirectDownloads(url: string | null): void;
  /** The store of logs and artifacts, on its own origin. */
  readonly downloads: OriginView;
  /** A host that has nothing to do with GitHub, and answers everything with 200: a place for redirects. */
  readonly elsewhere: OriginView;
}

export interface OriginView {
  readonly url: string;
  /** What arrived, and whether a credential came along. */
  readonly requests: readonly OriginRequest[];
}

export interface WorkflowOrder {
  /** File name below `.github/workflows`. */
  readonly workflow: string;
  readonly branch: string;
  readonly event: string;
  readonly actor: string;
  readonly inputs?: JsonObject;
  /** The pull request from a fork that it runs for: its newest commit, and then `branch` is the fork's. */
  readonly forkPullRequest?: number;
}

export interface RunParts {
  readonly actions: Actions;
  readonly downloads: Downloads;
  readonly store: OtherOrigin;
  readonly elsewhere: OtherOrigin;
}

export function createRuns(parts: RunParts, find: (fullName: string) => Repository): Runs {
  const { actions, downloads, store, elsewhere } = parts;
  const { tampering } = actions;
  const of = <T>(fullName: string, which: Which, value: T) => ({ repositoryId: find(fullName).id, which, value });
  return {
    runWorkflow: (repository, order) => runWorkflow(actions, find(repository), order),
    releaseRuns(repository) {
      const { id } = find(repository);
      for (const run of actions.runs) if (run.repository.id === id) run.release.resolve();
    },
    tamperRun: (repository, run, lie) => void tampering.runs.push(of(repository, run, lie)),
    tamperJobs: (repository, run, lie) => void tampering.jobs.push(of(repository, run, lie)),
    tamperArtifacts: (repository, run, artifacts) => void tampering.artifacts.push(of(repository, run, artifacts)),
    tamperLog: (repository, job, log) => void tampering.logs.push(of(repository, job, log)),
    redirectDownloads(url) {
      downloads.redirect = url;
    },
    downloads: store,
    elsewhere,
  };
}

async function runWorkflow(actions: Actions, repository: Repository, order: WorkflowOrder): Promise<RunView> {
  const known = await actions.findWorkflow(repository, order.workflow);
  const { forkPullRequest: fork } = order;
  const ref = fork === undefined ? `refs/heads/${order.branch}` : `refs/pull/${fork}/head`;
  const sha = await resolveCommit(repository.folder, ref);
  if (known === null || sha === null) throw new Error(`there is no ${order.workflow} or no branch ${order.branch}`);
  const definition = parseWorkflow(await gitText(repository.folder, ['show', `${sha}:${known.path}`]));
  const { branch, event, actor, inputs = {} } = order;
  const forkId = fork ?? null;
  const run = await actions.start({
    repository,
    workflow: known,
    definition,
    branch,
    sha,
    forkId,
    event,
    inputs,
    actor,
  });
  await run.finished;
  return runView(run);
}
