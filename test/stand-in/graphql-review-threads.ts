import type { CommentRow, PullRequestRow } from './emulate-core.ts';
import { type Asking, actorNode, connection, type Window } from './graphql-asking.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

/** By first comment, which threads somebody resolved. emulate does not know of threads. */
const resolved = new WeakMap<Site, Set<number>>();

export function resolveThread(site: Site, firstComment: number): void {
  const known = resolved.get(site) ?? new Set();
  resolved.set(site, known.add(firstComment));
}

/** The conversations about places in the code, oldest first. */
export function reviewThreads({ site }: Asking, repository: Repository, pull: PullRequestRow, window: Window) {
  const rows = site.core.store.comments
    .findBy('repo_id', repository.id)
    .filter((row) => row.comment_type === 'review' && row.pull_number === pull.number)
    .toSorted((a, b) => a.id - b.id);
  const isRoot = (row: CommentRow) => !rows.some(({ id }) => id === row.in_reply_to_id);
  const threads = rows.filter(isRoot).map((root) => ({
    __typename: 'PullRequestReviewThread',
    id: `PRRT_${root.id}`,
    isResolved: resolved.get(site)?.has(root.id) === true,
    isOutdated: root.commit_sha !== null && root.commit_sha !== pull.head_sha,
    path: root.path ?? '',
    line: root.line,
    comments: (asked: Window) =>
      connection(
        'comments',
        rows.filter((row) => row.id === root.id || row.in_reply_to_id === root.id).map((row) => commentNode(site, row)),
        asked,
      ),
  }));
  return connection('reviewThreads', threads, window);
}

function commentNode(site: Site, row: CommentRow) {
  const author = site.core.store.users.get(row.user_id);
  return {
    __typename: 'PullRequestReviewComment',
    databaseId: row.id,
    body: row.body,
    author: author === undefined ? null : actorNode(site, author.login),
  };
}
