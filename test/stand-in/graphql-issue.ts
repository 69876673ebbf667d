import { toSeconds } from './clock.ts';
import type { IssueRow } from './emulate-core.ts';
import { type Asking, actorNode, assertMay, connection, failure, type Window } from './graphql-asking.ts';
import type { Labelling, Rename } from './history.ts';
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

interface Asked extends Window {
  readonly filterBy?: {
    readonly labels?: readonly string[];
    readonly states?: readonly string[];
    readonly since?: string;
  };
}

/** Issues by the filters that we use, the newest change first. @throws {GraphQLError} */
export function findIssues(asking: Asking, repository: Repository, asked: Asked) {
  assertMay(asking, repository, ['issues:read']);
  const { labels = [], states = [], since = '' } = asked.filterBy ?? {};
  const nodes = asking.site.core.store.issues
    .findBy('repo_id', repository.id)
    .filter((row) => !row.is_pull_request)
    .map((row) => issueNode(asking.site, repository, row))
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .filter(({ labelNames }) => labels.every((label) => labelNames.includes(label)))
    .filter(({ updatedAt }) => updatedAt >= toSeconds(since === '' ? 0 : since))
    .toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  return connection('issues', nodes, asked);
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
    url: `${site.url}/${repository.fullName}/issues/${row.number}`,
    closed: row.state === 'closed',
    createdAt: toSeconds(row.created_at),
    updatedAt: toSeconds(row.updated_at),
    author: author === undefined ? null : actorNode(site, author.login),
    lastEditedAt: edits?.body?.at ?? null,
    editor: edits?.body == null ? null : actorNode(site, edits.body.by),
    labelNames: labels.map(({ name }) => name),
    labels: (window: Window) => connection('labels', labels, window),
    timelineItems: (asked: Window & { readonly itemTypes?: readonly string[] }) =>
      connection('timelineItems', timelineOf(site, url, asked.itemTypes ?? []), asked),
  };
}

function timelineOf(site: Site, url: string, types: readonly string[]): readonly object[] {
  if (types.length === 1 && types[0] === 'RENAMED_TITLE_EVENT')
    return (site.history.issueEdits.get(url)?.renames ?? []).map((rename) => renameNode(site, rename));
  if (types.length === 1 && types[0] === 'LABELED_EVENT')
    return (site.history.labellings.get(url) ?? []).map((labelling) => labelledNode(site, labelling));
  throw failure('INTERNAL', 'the stand-in knows of a timeline its RENAMED_TITLE_EVENTs or its LABELED_EVENTs');
}

const labelledNode = (site: Site, { at, by, label }: Labelling) => ({
  __typename: 'LabeledEvent',
  createdAt: at,
  actor: actorNode(site, by),
  label: { name: label },
});

const renameNode = (site: Site, { at, by, from, to }: Rename) => ({
  __typename: 'RenamedTitleEvent',
  createdAt: at,
  actor: actorNode(site, by),
  previousTitle: from,
  currentTitle: to,
});
