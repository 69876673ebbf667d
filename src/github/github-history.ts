import { z } from 'zod';
import { asSha } from '../domain/ids.ts';
import type { History, PastCommit } from '../ports/history.ts';
import type { Installations } from './installations.ts';

/** Of each commit's message; GitHub sends it whole. */
const maxMessageLength = 4_000;

export function createGitHubHistory(installations: Installations): History {
  return {
    ofFile: (repository, path, commit, limit) =>
      installations.call(repository, `read the history of ${path}`, async (octokit, where) => {
        const asked = { owner: where.owner, name: where.repo, commit, path, limit };
        const { object } = historyAnswer.parse(await octokit.graphql(historyQuery, asked)).repository;
        return (object?.history?.nodes ?? []).map(toPastCommit);
      }),

    ofLines: (repository, path, commit) =>
      installations.call(repository, `read who changed the lines of ${path}`, async (octokit, where) => {
        const asked = { owner: where.owner, name: where.repo, commit, path };
        const answer = await octokit.graphql(blameQuery, asked).catch((error: unknown) => {
          if (isNoFile(error)) return { repository: { object: null } };
          throw error;
        });
        const { object } = blameAnswer.parse(answer).repository;
        return (
          object?.blame?.ranges.map(({ startingLine, endingLine, commit: by }) => ({
            startLine: startingLine,
            endLine: endingLine,
            commit: toPastCommit(by),
          })) ?? null
        );
      }),
  };
}

const commitFields = 'oid committedDate message author { name user { login } }';

// One query for both would pay for the blame of every line where the file's commits are asked for.
const historyQuery = `query ($owner: String!, $name: String!, $commit: GitObjectID!, $path: String!, $limit: Int!) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) { ... on Commit { history(path: $path, first: $limit) { nodes { ${commitFields} } } } }
  }
}`;

const blameQuery = `query ($owner: String!, $name: String!, $commit: GitObjectID!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(oid: $commit) {
      ... on Commit { blame(path: $path) { ranges { startingLine endingLine commit { ${commitFields} } } } }
    }
  }
}`;

const commitAnswer = z.object({
  oid: z.string(),
  committedDate: z.string(),
  message: z.string(),
  author: z.object({ name: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }).nullish(),
});

const historyAnswer = z.object({
  repository: z.object({
    object: z.object({ history: z.object({ nodes: z.array(commitAnswer) }).optional() }).nullable(),
  }),
});

const blameAnswer = z.object({
  repository: z.object({
    object: z
      .object({
        blame: z
          .object({
            ranges: z.array(
              z.object({ startingLine: z.int().min(1), endingLine: z.int().min(1), commit: commitAnswer }),
            ),
          })
          .optional(),
      })
      .nullable(),
  }),
});

const toPastCommit = ({ oid, committedDate, message, author }: z.infer<typeof commitAnswer>): PastCommit => ({
  sha: asSha(oid),
  author: author?.user?.login ?? author?.name ?? 'ghost',
  at: committedDate,
  message: message.slice(0, maxMessageLength),
});

/** What GraphQL says of a path that is no file at the commit. */
const graphqlFailure = z.object({ errors: z.array(z.object({ type: z.string().optional() })).min(1) });
const isNoFile = (error: unknown): boolean => {
  const parsed = graphqlFailure.safeParse(error);
  return parsed.success && parsed.data.errors.every(({ type }) => type === 'NOT_FOUND');
};
