import { z } from 'zod';
import { fullName, type RepositoryRef, type Sha } from '../domain/ids.ts';
import type { Installations } from './installations.ts';

/** What is asked of GitHub only to learn how it behaves. The App itself never asks this. */
export interface GitHubExperiments {
  /** For how long GitHub refused a new token with 401; null when it still did at the deadline. */
  tokenLagMs(repository: RepositoryRef, deadlineMs: number): Promise<number | null>;
  signature(repository: RepositoryRef, commit: Sha): Promise<{ isVerified: boolean; reason: string; author: string }>;
  /** The newest hundred runs of a commit, whatever started them. */
  runsOf(repository: RepositoryRef, commit: Sha): Promise<readonly { id: number; event: string }[]>;
  /** How a job's log is answered. The address itself is a credential and stays here. */
  jobLog(repository: RepositoryRef, jobId: number): Promise<{ status: number; isOtherOrigin: boolean }>;
  /** The newest hundred. */
  caches(repository: RepositoryRef): Promise<readonly { id: number; key: string; ref: string; atMs: number }[]>;
  deleteCache(repository: RepositoryRef, id: number): Promise<void>;
  /** Numbers of the newest thirty that are open. */
  openPullRequests(repository: RepositoryRef): Promise<readonly number[]>;
}

const signatureSchema = z.object({
  author: z.object({ name: z.string() }),
  verification: z.object({ verified: z.boolean(), reason: z.string() }),
});
const cachesSchema = z.object({
  actions_caches: z.array(z.object({ id: z.number(), key: z.string(), ref: z.string(), created_at: z.string() })),
});

export function createGitHubExperiments(installations: Installations, apiUrl: string): GitHubExperiments {
  return {
    tokenLagMs: async (repository, deadlineMs) => {
      // Naming a refused token has another one minted, which nobody has used yet.
      const token = await installations.gitToken(repository, 'read', 'an old one');
      return measureLag(`${apiUrl}/repos/${fullName(repository)}`, token, deadlineMs);
    },

    signature: (repository, commit) =>
      installations.call(repository, `read commit ${commit}`, async (octokit, where) => {
        const { data } = await octokit.rest.git.getCommit({ ...where, commit_sha: commit });
        const { author, verification } = signatureSchema.parse(data);
        return { isVerified: verification.verified, reason: verification.reason, author: author.name };
      }),

    runsOf: (repository, commit) =>
      installations.call(repository, `list the runs of ${commit}`, async (octokit, where) => {
        const wanted = { ...where, head_sha: commit, per_page: 100 };
        const { data } = await octokit.rest.actions.listWorkflowRunsForRepo(wanted);
        return data.workflow_runs.map(({ id, event }) => ({ id, event }));
      }),

    jobLog: (repository, jobId) =>
      installations.call(repository, `read the log of job ${jobId}`, async (octokit, where) => {
        const route = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';
        const request = { redirect: 'manual' } as const;
        const { status, headers } = await octokit.request(route, { ...where, job_id: jobId, request });
        const location = URL.parse(headers.location ?? '', apiUrl);
        return { status, isOtherOrigin: location !== null && location.origin !== new URL(apiUrl).origin };
      }),

    caches: (repository) =>
      installations.call(repository, 'list the caches', async (octokit, where) => {
        const { data } = await octokit.rest.actions.getActionsCacheList({ ...where, per_page: 100 });
        return cachesSchema
          .parse(data)
          .actions_caches.map(({ created_at, ...cache }) => ({ ...cache, atMs: Date.parse(created_at) }));
      }),

    deleteCache: (repository, id) =>
      installations.call(repository, `delete the cache ${id}`, async (octokit, where) => {
        await octokit.rest.actions.deleteActionsCacheById({ ...where, cache_id: id });
      }),

    openPullRequests: (repository) =>
      installations.call(repository, 'list the open pull requests', async (octokit, where) => {
        const { data } = await octokit.rest.pulls.list({ ...where, state: 'open', per_page: 30 });
        return data.map(({ number }) => number);
      }),
  };
}

const betweenTriesMs = 250;

async function measureLag(address: string, token: string, deadlineMs: number): Promise<number | null> {
  const startMs = Date.now();
  for (;;) {
    const askedMs = Date.now();
    const headers = { authorization: `token ${token}`, 'user-agent': 'ai-fix doctor' };
    const response = await fetch(address, { headers, redirect: 'error', signal: AbortSignal.timeout(deadlineMs) });
    await response.body?.cancel();
    if (response.status !== 401) return askedMs - startMs < betweenTriesMs ? 0 : askedMs - startMs;
    if (Date.now() - startMs > deadlineMs) return null;
    await new Promise((resolve) => setTimeout(resolve, betweenTriesMs));
  }
}
