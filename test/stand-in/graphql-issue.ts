import { toSeconds } from './clock.ts';
import type { IssueRow } from './emulate-core.ts';
import { type Asking, actorNode, assertMay, connection, failure, type Window } from './graphql-asking.ts';
import type { Rename } from './history.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

/** A pull request is no issue here, other than in REST. @throws {GraphQLError} */
export function findIssue(asking: Asking, repository: Repository, number: number) {
  assertMay(asking, repository, ['issues:read']);
  const issues = asking.site.core.store.issues.findBy('repo_id', repository.id);
  const row = issues.find((one) => one.number === number && !one.is_pull_request);
  if (row === undefined) throw failure('NOT_FOUND', `Could not resolve to an Issue with the number of ${number}.`);
  return issueNode(asking.site, repository, row);
}

function issueNode(site: Site, repository: Repository, row: IssueRow) {
  const { store } = site.core;
  const url = `${site.url}/repos/${repository.fullName}/issues/${row.number}`;
  const edits = site.history.issueEdits.get(url);
  const author = store.users.get(row.user_id);
  const labels = row.label_ids.map((id) => ({ name: store.labels.get(id)?.name ?? '' }));
  return {
    __typename: 'Issue',
    id: row.node_id,
    number: row.number,
    title: row.title,
    body: row.body ?? '',
    state: row.state.toUpperCase(),
    closed: row.state === 'closed',
    createdAt: toSeconds(row.created_at),
    updatedAt: toSeconds(row.updated_at),
    author: author === undefined ? null : actorNode(site, author.login),
    lastEditedAt: edits?.body?.at ?? null,
    editor: edits?.body == null ? null : actorNode(site, edits.body.by),
    labels: (window: Window) => connection('labels', labels, window),
    timelineItems: (asked: Window & { readonly itemTypes?: readonly string[] }) => {
      const isRenamesOnly = asked.itemTypes?.length === 1 && asked.itemTypes[0] === 'RENAMED_TITLE_EVENT';
      if (!isRenamesOnly) throw failure('INTERNAL', 'the stand-in knows of a timeline its RENAMED_TITLE_EVENTs only');
      const renames = (edits?.renames ?? []).map((rename) => renameNode(site, rename));
      return connection('timelineItems', renames, asked);
    },
  };
}

const renameNode = (site: Site, { at, by, from, to }: Rename) => ({
  __typename: 'RenamedTitleEvent',
  createdAt: at,
  actor: actorNode(site, by),
  previousTitle: from,
  currentTitle: to,
});
