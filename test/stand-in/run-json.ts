import { readCommit } from './commit-json.ts';
import { appJson, userJson } from './decorate.ts';
import { repositoryJson } from './internal.ts';
import type { JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Artifact, RunJob, Workflow, WorkflowRun } from './run-records.ts';
import type { Site } from './site.ts';

const nodeId = (kind: string, id: number): string => Buffer.from(`${kind}${id}`).toString('base64');

export async function runJson(site: Site, run: WorkflowRun): Promise<JsonObject> {
  const { repository } = run;
  const url = `${site.url}/repos/${repository.fullName}/actions/runs/${run.id}`;
  const commit = await readCommit(repository.folder, run.sha);
  const inRepository = await repositoryJson(site, repository);
  const suiteId = run.id * 10;
  return {
    id: run.id,
    node_id: nodeId('WorkflowRun', run.id),
    name: run.workflow.name,
    head_branch: run.branch,
    head_sha: run.sha,
    path: run.workflow.path,
    display_title: run.title,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.status === 'completed' ? run.conclusion : null,
    workflow_id: run.workflow.id,
    check_suite_id: suiteId,
    check_suite_node_id: nodeId('CheckSuite', suiteId),
    url,
    html_url: `${site.url}/${repository.fullName}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor: userJson(site, run.actor),
    triggering_actor: userJson(site, run.triggeredBy),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${site.url}/repos/${repository.fullName}/check-suites/${suiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${site.url}/repos/${repository.fullName}/actions/workflows/${run.workflow.id}`,
    head_commit: {
      id: run.sha,
      tree_id: commit?.tree ?? '',
      message: commit?.message ?? '',
      timestamp: commit?.committer.date ?? run.createdAt,
      author: { name: commit?.author.name ?? '', email: commit?.author.email ?? '' },
      committer: { name: commit?.committer.name ?? '', email: commit?.committer.email ?? '' },
    },
    repository: inRepository,
    head_repository: run.forkId === null ? inRepository : { ...inRepository, id: 900_000 + run.forkId },
  };
}

export function jobJson(site: Site, run: WorkflowRun, job: RunJob): JsonObject {
  const url = `${site.url}/repos/${run.repository.fullName}`;
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${url}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: nodeId('Job', job.id),
    head_sha: run.sha,
    head_branch: run.branch,
    workflow_name: run.workflow.name,
    url: `${url}/actions/jobs/${job.id}`,
    html_url: `${site.url}/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: job.startedAt ?? run.createdAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: step.number,
      started_at: step.startedAt,
      completed_at: step.completedAt,
    })),
    check_run_url: `${url}/check-runs/${job.id}`,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'stand-in',
    runner_group_id: 1,
    runner_group_name: 'Default',
  };
}

export function workflowJson(site: Site, repository: Repository, workflow: Workflow): JsonObject {
  const then = '2020-01-01T00:00:00Z';
  return {
    ...workflow,
    node_id: nodeId('Workflow', workflow.id),
    state: 'active',
    created_at: then,
    updated_at: then,
    url: `${site.url}/repos/${repository.fullName}/actions/workflows/${workflow.id}`,
    html_url: `${site.url}/${repository.fullName}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${site.url}/${repository.fullName}/workflows/badge.svg`,
  };
}

export function artifactJson(site: Site, repository: Repository, artifact: Artifact): JsonObject {
  const url = `${site.url}/repos/${repository.fullName}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('Artifact', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.claimedBytes ?? artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.isExpired === true,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.createdAt,
    digest: null,
  };
}

export function checkSuiteJson(site: Site, run: WorkflowRun): JsonObject {
  const url = `${site.url}/repos/${run.repository.fullName}/check-suites/${run.id * 10}`;
  return {
    id: run.id * 10,
    node_id: nodeId('CheckSuite', run.id * 10),
    head_branch: run.forkId === null ? run.branch : null,
    head_sha: run.sha,
    status: run.status,
    conclusion: run.conclusion,
    url,
    check_runs_url: `${url}/check-runs`,
    before: run.sha,
    after: run.sha,
    pull_requests: [],
    app: actionsApp(site),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
  };
}

/** A job as the check run that it is on GitHub, under the same number. */
export function checkRunJson(site: Site, run: WorkflowRun, job: RunJob): JsonObject {
  const url = `${site.url}/repos/${run.repository.fullName}/check-runs/${job.id}`;
  const details = `${site.url}/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`;
  return {
    id: job.id,
    node_id: nodeId('CheckRun', job.id),
    head_sha: run.sha,
    external_id: String(job.id),
    url,
    html_url: details,
    details_url: details,
    status: job.status,
    conclusion: job.conclusion,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: job.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.id * 10, head_branch: run.forkId === null ? run.branch : null },
    app: actionsApp(site),
    pull_requests: [],
  };
}

export const annotationsJson = (site: Site, run: WorkflowRun, job: RunJob): JsonObject[] =>
  job.annotations.map(({ level, path, line, message }) => ({
    path,
    start_line: line,
    end_line: line,
    start_column: null,
    end_column: null,
    annotation_level: level,
    title: null,
    message,
    raw_details: null,
    blob_href: `${site.url}/${run.repository.fullName}/blob/${run.sha}/${path}`,
  }));

const actionsApp = (site: Site): JsonObject => appJson(site, 15_368, 'github-actions');
