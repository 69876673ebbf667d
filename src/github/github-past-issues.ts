import { z } from 'zod';
import type { PastIssues, SolvedIssue } from '../ports/past-issues.ts';
import type { Installations } from './installations.ts';

/** The work does not wait for a hint. */
const deadlineMs = 8_000;
const maxIssues = 8;

const found = `nodes {
  ... on Issue {
    number
    title
    closedByPullRequestsReferences(first: 3, includeClosedPrs: true) {
      nodes { number merged files(first: 8) { nodes { path } } }
    }
  }
}`;

/** Words of a search must all be there: one with three, in the same request one with two, should the first find nothing. */
const query = `query ($narrow: String!, $wide: String!) {
  search(type: ISSUE, first: ${maxIssues}, query: $narrow) { ${found} }
  wide: search(type: ISSUE, first: ${maxIssues}, query: $wide) { ${found} }
}`;

const issueSchema = z.object({
  number: z.number().int().positive(),
  title: z.string(),
  closedByPullRequestsReferences: z.object({
    nodes: z
      .array(
        z
          .object({
            number: z.number().int().positive(),
            merged: z.boolean(),
            files: z.object({ nodes: z.array(z.object({ path: z.string() }).nullable()).nullable() }).nullable(),
          })
          .nullable(),
      )
      .nullable(),
  }),
});
const listSchema = z.object({ nodes: z.array(z.unknown()).nullable() });
const answerSchema = z.object({ search: listSchema, wide: listSchema });

export const createGitHubPastIssues = (installations: Installations): PastIssues => ({
  solved: (repository, words) =>
    installations.call(repository, 'look for solved issues', async (octokit, { owner, repo }) => {
      const asked = (count: number) => `repo:${owner}/${repo} is:issue is:closed ${words.slice(0, count).join(' ')}`;
      const answer = await octokit.graphql(query, {
        narrow: asked(3),
        wide: asked(2),
        request: { signal: AbortSignal.timeout(deadlineMs) },
      });
      const { search, wide } = answerSchema.parse(answer);
      const issues = [...(search.nodes ?? []), ...(wide.nodes ?? [])].flatMap(toSolved);
      return [...new Map(issues.map((issue) => [issue.number, issue])).values()];
    }),
});

function toSolved(node: unknown): SolvedIssue[] {
  const { success, data } = issueSchema.safeParse(node);
  const merged = data?.closedByPullRequestsReferences.nodes?.find((one) => one?.merged === true);
  if (!success || merged == null) return [];
  const paths = (merged.files?.nodes ?? []).flatMap((file) => file?.path ?? []);
  return [{ number: data.number, title: data.title, pullRequest: { number: merged.number, paths } }];
}
