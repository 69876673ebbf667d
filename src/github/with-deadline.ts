import type { ProbotOctokit } from 'probot';

/** Clients whose every request ends within the time, so that who waits in front of a terminal is never left waiting. */
export function withDeadline(Octokit: typeof ProbotOctokit, deadlineMs: number): typeof ProbotOctokit {
  return Octokit.plugin((octokit) => {
    octokit.hook.before('request', (options) => {
      // The object may be the client's own, which all requests share.
      options.request = { ...options.request, signal: options.request?.signal ?? AbortSignal.timeout(deadlineMs) };
    });
  }) as typeof ProbotOctokit;
}
