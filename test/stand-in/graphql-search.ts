import type { IssueRow, PullRequestRow } from './emulate-core.ts';
import { changedFiles } from './file-changes.ts';
import { type Asking, assertMay, connection, failure, sees, type Window } from './graphql-asking.ts';
import type { Repository } from './repository.ts';

interface Asked extends Window {
  readonly type: string;
  readonly query: string;
}

/** Closed issues of one repository whose title or text holds every word, the newest first. @throws {GraphQLError} */
export function searchIssues(asking: Asking, asked: Asked) {
  const [, fullName = '', text = ''] = /^repo:(\S+) is:issue is:closed ?(.*)$/.exec(asked.query) ?? [];
  if (asked.type !== 'ISSUE' || fullName === '')
    throw failure('INTERNAL', 'the stand-in searches as in "repo:owner/name is:issue is:closed words"');
  const repository = asking.site.repositories.get(fullName.toLowerCase());
  // GitHub does not tell what is hidden from what is empty.
  if (repository === undefined || !sees(asking, repository)) return connection('search', [], asked);
  assertMay(asking, repository, ['issues:read', 'pull_requests:read']);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = asking.site.core.store.issues
    .findBy('repo_id', repository.id)
    .filter((row) => !row.is_pull_request && row.state === 'closed')
    .filter((row) => words.every((word) => `${row.title} ${row.body ?? ''}`.toLowerCase().includes(word)))
    .toSorted((a, b) => b.number - a.number)
    .map((row) => ({
      __typename: 'Issue',
      number: row.number,
      title: row.title,
      closedByPullRequestsReferences: (window: Window) =>
        connection('closedByPullRequestsReferences', closersOf(asking, repository, row), window),
    }));
  return connection('search', found, asked);
}

const closersOf = (asking: Asking, repository: Repository, issue: IssueRow) =>
  asking.site.core.store.pullRequests
    .findBy('repo_id', repository.id)
    .filter(({ body }) => new RegExp(`\\b(?:close|fixe|resolve)[sd] #${issue.number}\\b`, 'i').test(body ?? ''))
    .map((pull) => ({
      __typename: 'PullRequest',
      number: pull.number,
      merged: pull.merged,
      files: (window: Window) => filesOf(asking, repository, pull, window),
    }));

async function filesOf({ site }: Asking, repository: Repository, pull: PullRequestRow, window: Window) {
  const files = await changedFiles(site, repository, pull.base_sha, pull.head_sha);
  return connection(
    'files',
    files.map(({ filename }) => ({ path: filename })),
    window,
  );
}
