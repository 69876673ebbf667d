import { join } from 'node:path';
import type { Logger, ProbotOctokit } from 'probot';
import type { Settings } from './config/environment.ts';
import { readPolicyFiles } from './config/policy-files.ts';
import type { RepositoryRef } from './domain/ids.ts';
import type { Redactor } from './domain/redact.ts';
import { createGitWorkspace } from './git/git-workspace.ts';
import { createForgeRemotes } from './git/remote.ts';
import { createGitHubCheckRuns } from './github/github-check-runs.ts';
import { createGitHubChecks } from './github/github-checks.ts';
import { createGitHubCommits } from './github/github-commits.ts';
import { createGitHubHistory } from './github/github-history.ts';
import { createGitHubPastIssues } from './github/github-past-issues.ts';
import { createGitHubPullRequests } from './github/github-pull-requests.ts';
import { createGitHubReach } from './github/github-reach.ts';
import { createGitHubRepositories } from './github/github-repositories.ts';
import { createGitHubReviews } from './github/github-reviews.ts';
import { createGitHubSandbox } from './github/github-sandbox.ts';
import { createGitHubThread } from './github/github-thread.ts';
import { createInstallations, type Installations } from './github/installations.ts';
import type { BeforeWrite } from './github/write-guard.ts';
import { warningsTo } from './telemetry/log.ts';

/** What the roots put together of adapters, so that the App and the doctor stand on the same ones. */

export function openInstallations(
  { app, github }: Pick<Settings, 'app' | 'github'>,
  Octokit: typeof ProbotOctokit,
  isThrottled: boolean,
  log: Logger,
  redactor: Redactor,
  beforeWrite?: BeforeWrite,
): Installations {
  const warnings = warningsTo(log);
  return createInstallations(
    { appId: app.id, privateKey: app.privateKey, baseUrl: github.apiUrl },
    Octokit.defaults({ log: warnings, request: { log: warnings } }),
    redactor,
    isThrottled,
    beforeWrite,
  );
}

/** Everything that talks to GitHub, over REST or git. Nothing is asked yet. */
export function openAdapters({ github, dataDir }: Pick<Settings, 'github' | 'dataDir'>, installations: Installations) {
  return {
    ...openRepositories(installations),
    thread: createGitHubThread(installations),
    pullRequests: createGitHubPullRequests(installations),
    reviews: createGitHubReviews(installations),
    pastIssues: createGitHubPastIssues(installations),
    commits: createGitHubCommits(installations),
    checkRuns: createGitHubCheckRuns(installations),
    checks: createGitHubChecks(installations),
    sandbox: createGitHubSandbox(installations),
    history: createGitHubHistory(installations),
    reach: createGitHubReach(installations),
    workspace: createGitWorkspace({
      mirrorsDir: join(dataDir, 'mirrors'),
      remotes: createForgeRemotes({
        remoteUrl: ({ owner, name }) => `${github.webUrl}/${owner}/${name}.git`,
        token: (repository, access, refused) => installations.gitToken(repository, access, refused),
      }),
    }),
  };
}

/** What asks about repositories and leaves nothing on the disk. */
export function openRepositories(installations: Installations) {
  const repositories = createGitHubRepositories(installations);
  return {
    repositories,
    /** What stands there now, whether this host can serve it or not; nothing is remembered. */
    policyOf: async (repository: RepositoryRef) => {
      const { head } = await repositories.facts(repository);
      return readPolicyFiles(repositories, repository, head);
    },
  };
}
