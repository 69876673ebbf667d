import { z } from 'zod';
import type { PullRequest } from '../domain/pull-request.ts';
import type { PullRequestState, PullRequests } from '../ports/pull-requests.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations, Octokit } from './installations.ts';

interface RestPullRequest {
  readonly number: number;
  readonly node_id: string;
  readonly draft?: boolean | undefined;
  readonly html_url: string;
}

const toPullRequest = (rest: RestPullRequest): PullRequest => ({
  number: rest.number,
  nodeId: rest.node_id,
  isDraft: rest.draft === true,
  url: rest.html_url,
});

export function createGitHubPullRequests(installations: Installations): PullRequests {
  return {
    ofBranch: (repository, branch) =>
      installations.call(repository, `look for the pull request of ${branch}`, async (octokit, where) => {
        const own = await listOfBranch(octokit, where, branch, 'open');
        return own.sort((a, b) => a.number - b.number).map(toPullRequest);
      }),

    newestOfBranch: (repository, branch) =>
      installations.call(repository, `look for the pull requests of ${branch}`, async (octokit, where) => {
        const all = await listOfBranch(octokit, where, branch, 'all');
        const states = all.map(({ number, state, merged_at }): PullRequestState => {
          const ended = merged_at === null ? 'closed' : 'merged';
          return { number, state: state === 'open' ? 'open' : ended };
        });
        const newestFirst = states.toSorted((a, b) => b.number - a.number);
        return newestFirst.find(({ state }) => state === 'open') ?? newestFirst[0] ?? null;
      }),

    open: (repository, wanted) =>
      installations.call(repository, `open the pull request of ${wanted.branch}`, async (octokit, where) => {
        const { title, body, isDraft, branch: head, baseBranch: base } = wanted;
        const answer = await orStatus([422], () =>
          octokit.rest.pulls.create({ ...where, title, body, head, base, draft: isDraft }),
        );
        if (!isRefused(answer)) return { kind: 'opened', pullRequest: toPullRequest(answer.data) };
        // A 422 names no field for drafts, so it is taken for one where we asked for a draft; the plain try tells.
        if (isDraft) return { kind: 'drafts-unsupported' };
        throw answer.error;
      }),

    state: (repository, number) =>
      installations.call(repository, `read pull request #${number}`, async (octokit, where) => {
        const { data } = await octokit.rest.pulls.get({ ...where, pull_number: number });
        if (data.merged) return 'merged';
        return data.state === 'open' ? 'open' : 'closed';
      }),

    retitle: (repository, number, { from, to }) =>
      installations.call(repository, `name pull request #${number} anew`, async (octokit, where) => {
        const { data } = await octokit.rest.pulls.get({ ...where, pull_number: number });
        if (data.title === from) await octokit.rest.pulls.update({ ...where, pull_number: number, title: to });
      }),

    markReady: (repository, pullRequest) =>
      installations.call(repository, `mark pull request #${pullRequest.number} as ready`, async (octokit, where) => {
        const { data } = await octokit.rest.pulls.get({ ...where, pull_number: pullRequest.number });
        if (data.draft !== true) return;
        // "Ready for review" exists in GraphQL only: https://docs.github.com/graphql/reference/mutations#markpullrequestreadyforreview
        const answer = await octokit.graphql(readyMutation, { id: pullRequest.nodeId });
        readyAnswer.parse(answer);
      }),

    close: (repository, number) =>
      installations.call(repository, `close pull request #${number}`, async (octokit, where) => {
        await octokit.rest.pulls.update({ ...where, pull_number: number, state: 'closed' });
      }),

    reopen: (repository, number) =>
      installations.call(repository, `open pull request #${number} again`, async (octokit, where) => {
        const answer = await orStatus([422], () =>
          octokit.rest.pulls.update({ ...where, pull_number: number, state: 'open' }),
        );
        return isRefused(answer) ? 'refused' : 'reopened';
      }),
  };
}

async function listOfBranch(
  octokit: Octokit,
  where: { owner: string; repo: string },
  branch: string,
  state: 'open' | 'all',
) {
  const head = `${where.owner}:${branch}`;
  const { data } = await octokit.rest.pulls.list({ ...where, head, state, per_page: 100 });
  // GitHub ignores a head it cannot parse and lists everything.
  return data.filter(
    (pull) => pull.head.ref === branch && pull.head.repo?.full_name === `${where.owner}/${where.repo}`,
  );
}

const readyMutation = `mutation ($id: ID!) {
  markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
}`;
const readyAnswer = z.object({
  markPullRequestReadyForReview: z.object({ pullRequest: z.object({ isDraft: z.literal(false) }) }),
});
