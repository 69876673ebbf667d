import { addUser } from './accounts.ts';
import { gitText } from './git.ts';
import { askEmulate } from './internal.ts';
import { announceRefs } from './ref-changes.ts';
import { commitFiles, type FileChanges, type Repository } from './repository.ts';
import type { Site } from './site.ts';

export interface ForkOrder {
  /** Who forked it. */
  readonly by: string;
  /** In the fork. */
  readonly branch: string;
  readonly title: string;
  readonly files: FileChanges;
}

/**
 * A pull request from a fork: its commits lie in this repository under `refs/pull/<number>/head` and on no branch, as on
 * GitHub. Answers its number and its newest commit.
 */
export async function openFork(
  site: Site,
  repository: Repository,
  order: ForkOrder,
): Promise<{ number: number; sha: string }> {
  const { folder, defaultBranch, id } = repository;
  const { store } = site.core;
  if (store.users.findOneBy('login', order.by) === undefined) addUser(site, order.by);
  site.core.seed({ repos: [{ owner: order.by, name: repository.name, private: false, auto_init: false }] });
  const fork = store.repos.findOneBy('full_name', `${order.by}/${repository.name}`);
  if (fork === undefined) throw new Error(`emulate made no fork of ${repository.fullName}`);
  // emulate knows pull requests of its own branches only, so for a moment it is one.
  const passing = `fork-${order.by}-${order.branch}`;
  const sha = await commitFiles(folder, {
    branch: passing,
    from: defaultBranch,
    files: order.files,
    message: order.title,
    author: order.by,
  });
  await announceRefs(site, repository, order.by);
  const path = `/repos/${repository.fullName}/pulls`;
  const made = await askEmulate(site, 'POST', path, {
    title: order.title,
    head: passing,
    base: defaultBranch,
    body: '',
  });
  const number = Number(made.number);
  const row = store.pullRequests.findBy('repo_id', id).find((pull) => pull.number === number);
  const author = store.users.findOneBy('login', order.by);
  if (row === undefined || author === undefined) throw new Error(`emulate made no pull request of ${order.by}`);
  const head = { head_ref: order.branch, head_sha: sha, head_repo_id: fork.id, user_id: author.id };
  store.pullRequests.update(row.id, head);
  await gitText(folder, ['update-ref', `refs/pull/${number}/head`, sha]);
  await gitText(folder, ['update-ref', '-d', `refs/heads/${passing}`]);
  await announceRefs(site, repository, order.by);
  return { number, sha };
}
