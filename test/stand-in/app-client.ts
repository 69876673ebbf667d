/** A stand-in for one test file, and the App as a client of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProbotOctokit } from 'probot';
import { z } from 'zod';
import { type GitHub, type GitHubOptions, startGitHub } from './github.ts';

export const testApp: GitHubOptions['app'] = {
  id: 4_242,
  slug: 'ai-fix',
  permissions: {
    metadata: 'read',
    actions: 'write',
    checks: 'write',
    contents: 'write',
    issues: 'write',
    pull_requests: 'write',
  },
  events: ['issues', 'issue_comment', 'pull_request', 'push', 'workflow_run'],
};

export interface TestGitHub {
  readonly github: GitHub;
  readonly dir: string;
  close(): Promise<void>;
}

export async function openGitHub(options: Partial<GitHubOptions> = {}): Promise<TestGitHub> {
  const dir = mkdtempSync(join(tmpdir(), 'stand-in-test-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    const github = await startGitHub({ dir, webhookSecret: 'a secret', app: testApp, ...options });
    return { github, dir, close: () => github.close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Octokit as Probot gives it to the App, on the installation of this repository, without its waiting. */
export const appClient = (github: GitHub, repository: string, appId = testApp.id): ProbotOctokit =>
  new ProbotOctokit({
    auth: { appId, privateKey: github.privateKey, installationId: github.installationId(repository) },
    baseUrl: `${github.url}/api/v3`,
    throttle: { enabled: false },
    retry: { enabled: false },
    log: silent,
  });

/** Another installation token, for git and for plain `fetch`. */
export async function appToken(client: ProbotOctokit): Promise<string> {
  const { token } = (await client.auth({ type: 'installation' })) as { token: string };
  return token;
}

export interface DispatchRequest {
  readonly repository: string;
  readonly workflow: string;
  readonly ref?: string;
  readonly inputs?: Record<string, unknown>;
}

/** Dispatches and answers the run's id; Octokit's types know only the older, empty answer. */
export async function dispatchRun(client: ProbotOctokit, order: DispatchRequest): Promise<number> {
  const [owner = '', repo = ''] = order.repository.split('/');
  const answer = await client.rest.actions.createWorkflowDispatch({
    ...{ owner, repo, workflow_id: order.workflow, ref: order.ref ?? 'main', inputs: order.inputs ?? {} },
    return_run_details: true,
  });
  return z.object({ workflow_run_id: z.number() }).parse(answer.data).workflow_run_id;
}

/** The status with which a request was refused. */
export async function statusOf(request: Promise<unknown>): Promise<number> {
  try {
    await request;
    return 200;
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status;
    throw error;
  }
}
