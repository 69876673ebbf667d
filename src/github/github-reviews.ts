import { z } from 'zod';
import type { OpenThread, Reviews, SubmittedReview } from '../ports/reviews.ts';
import { isRefused, orStatus } from './forge-fault.ts';
import type { Installations } from './installations.ts';

const maxReviewPages = 3;

export function createGitHubReviews(installations: Installations): Reviews {
  return {
    openThreads: (repository, number) =>
      installations.call(repository, `read the review threads of #${number}`, async (octokit, where) => {
        const self = await installations.slug();
        // Whether a thread is resolved stands in GraphQL only.
        const answer = await octokit.graphql(threadsQuery, { owner: where.owner, name: where.repo, number });
        const { pullRequest } = threadsAnswer.parse(answer).repository;
        return (pullRequest?.reviewThreads.nodes ?? []).flatMap((thread) =>
          thread === null || thread.isResolved ? [] : toOpenThread(thread, self),
        );
      }),

    submitted: (repository, number) =>
      installations.call(repository, `read the reviews of #${number}`, async (octokit, where) => {
        const reviews: SubmittedReview[] = [];
        let page = 0;
        const pages = octokit.paginate.iterator(octokit.rest.pulls.listReviews, {
          ...where,
          pull_number: number,
          per_page: 100,
        });
        for await (const { data } of pages) {
          for (const { id, user, state, body } of data) {
            const known = states[state];
            if (known === undefined) continue;
            reviews.push({ id, author: user?.login ?? 'ghost', isBot: user?.type === 'Bot', state: known, body });
          }
          if (++page >= maxReviewPages) break;
        }
        return reviews;
      }),

    approvals: (repository, number) =>
      installations.call(repository, `read the reviews of #${number}`, async (octokit, where) => {
        const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
          ...where,
          pull_number: number,
          per_page: 100,
        });
        return reviews
          .filter(({ state }) => state === 'APPROVED')
          .map(({ id, user, commit_id }) => ({ review: id, by: user?.login ?? 'ghost', commit: commit_id ?? null }));
      }),

    dismiss: (repository, number, review, message) =>
      installations.call(repository, `dismiss review ${review} of #${number}`, async (octokit, where) => {
        const wanted = { ...where, pull_number: number, review_id: review, message };
        const answer = await orStatus([403, 404, 422], () => octokit.rest.pulls.dismissReview(wanted));
        if (!isRefused(answer)) return 'dismissed';
        // Somebody may have been faster.
        const now = await orStatus([404], () =>
          octokit.rest.pulls.getReview({ ...where, pull_number: number, review_id: review }),
        );
        return isRefused(now) || now.data.state !== 'APPROVED' ? 'dismissed' : 'refused';
      }),

    answer: (repository, number, comment, body) =>
      installations.call(repository, `answer comment ${comment} of #${number}`, async (octokit, where) => {
        await octokit.rest.pulls.createReplyForReviewComment({
          ...where,
          pull_number: number,
          comment_id: comment,
          body,
        });
      }),

    askAgain: (repository, number, login) =>
      installations.call(repository, `ask ${login} to review #${number} again`, async (octokit, where) => {
        // 422: not a collaborator any more, or the author.
        await orStatus([404, 422], () =>
          octokit.rest.pulls.requestReviewers({ ...where, pull_number: number, reviewers: [login] }),
        );
      }),
  };
}

const states: Readonly<Record<string, SubmittedReview['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
};

const threadsQuery = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(last: 100) {
        nodes {
          isResolved
          path
          line
          comments(first: 50) { nodes { databaseId body author { __typename login } } }
        }
      }
    }
  }
}`;

const threadSchema = z.object({
  isResolved: z.boolean(),
  path: z.string(),
  line: z.number().nullable().optional(),
  comments: z.object({
    nodes: z
      .array(
        z
          .object({
            databaseId: z.number().nullable(),
            body: z.string(),
            author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
          })
          .nullable(),
      )
      .nullable(),
  }),
});
const threadsAnswer = z.object({
  repository: z.object({
    pullRequest: z
      .object({ reviewThreads: z.object({ nodes: z.array(threadSchema.nullable()).nullable() }) })
      .nullable(),
  }),
});

/** GraphQL calls our bot by the App's slug, without the suffix. */
function toOpenThread({ path, line = null, comments }: z.infer<typeof threadSchema>, self: string): OpenThread[] {
  const remarks = (comments.nodes ?? []).flatMap((node) => {
    if (node === null || node.databaseId === null) return [];
    const isBot = node.author?.__typename === 'Bot';
    const login = node.author?.login ?? 'ghost';
    return [{ id: node.databaseId, author: login, isBot, isOwn: isBot && login === self, body: node.body }];
  });
  return remarks.length === 0 ? [] : [{ path, line, comments: remarks }];
}
