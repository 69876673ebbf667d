import { z } from 'zod';
import { issueSnapshotSchema } from '../domain/ticket.ts';
import type { LabelledIssue } from '../ports/repositories.ts';
import { actorSchema, loginOf } from './graphql-actor.ts';
import type { Octokit } from './installations.ts';

/**
 * One question, a point or two of the 5,000 an hour. 50 issues that changed since then are more than anybody labels in
 * that time; a label that 50 others of the same issue came after is not found.
 */
const query = `query ($owner: String!, $name: String!, $label: String!, $since: DateTime!) {
  repository(owner: $owner, name: $name) {
    issues(
      first: 50
      filterBy: { labels: [$label], states: [OPEN], since: $since }
      orderBy: { field: UPDATED_AT, direction: DESC }
    ) {
      nodes {
        number
        title
        body
        url
        author { __typename login }
        timelineItems(last: 50, itemTypes: [LABELED_EVENT]) {
          nodes {
            ... on LabeledEvent {
              createdAt
              label { name }
              actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
            }
          }
        }
      }
    }
  }
}`;

const labelledSchema = z.object({
  createdAt: z.string(),
  label: z.object({ name: z.string() }),
  actor: actorSchema,
});
const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  url: z.string(),
  author: actorSchema,
  timelineItems: z.object({ nodes: z.array(z.unknown()).nullable() }),
});
const answerSchema = z.object({
  repository: z.object({ issues: z.object({ nodes: z.array(issueSchema.nullable()).nullable() }) }),
});

/** Open issues with the label that changed since then. One whose labeller's account is gone is left out. */
export async function readLabelledIssues(
  octokit: Octokit,
  { owner, repo: name }: { readonly owner: string; readonly repo: string },
  label: string,
  sinceMs: number,
): Promise<readonly LabelledIssue[]> {
  const since = new Date(sinceMs).toISOString();
  const answer = answerSchema.parse(await octokit.graphql(query, { owner, name, label, since }));
  return (answer.repository.issues.nodes ?? []).flatMap((issue) => (issue === null ? [] : toLabelled(issue, label)));
}

function toLabelled(issue: z.infer<typeof issueSchema>, label: string): LabelledIssue[] {
  const { number, title, body, url, author, timelineItems } = issue;
  const labelled = (timelineItems.nodes ?? [])
    .flatMap((node) => labelledSchema.safeParse(node).data ?? [])
    .findLast((event) => event.label.name === label);
  const login = loginOf(labelled?.actor);
  const labelledAtMs = Date.parse(labelled?.createdAt ?? '');
  const snapshot = { number, title, body, url, author: loginOf(author) ?? 'ghost', labelledAtMs, isFound: true };
  const { success, data } = issueSnapshotSchema.safeParse(snapshot);
  if (login === null || !success) return [];
  const id = labelled?.actor?.databaseId ?? null;
  const by = { login, isBot: labelled?.actor?.__typename === 'Bot', ...(id === null ? {} : { id }) };
  return [{ issue: { ...data, labelledAtMs }, by }];
}
