/**
 * What follows when a ref moved, by a push or by REST: emulate learns the new heads, pull requests move along, and the App
 * hears of it. The bare repository is the truth; everything here is derived from the difference to what was last told.
 */

import { readCommit, readCommits } from './commit-json.ts';
import type { PullRequestRow } from './emulate-core.ts';
import { gitOrNull, gitText } from './git.ts';
import { emit, pullRequestJson } from './internal.ts';
import type { JsonObject } from './json.ts';
import { type Repository, readRefs, resolveCommit } from './repository.ts';
import type { Site } from './site.ts';

interface RefChange {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

const noObject = '0'.repeat(40);
const announcements = new WeakMap<Repository, Promise<void>>();

/** Announces every change since the last time, in the name of `actor`. One at a time for a repository. */
export function announceRefs(site: Site, repository: Repository, actor: string): Promise<void> {
  const turn = (announcements.get(repository) ?? Promise.resolve()).then(() => announce(site, repository, actor));
  announcements.set(
    repository,
    turn.catch(() => undefined),
  );
  return turn;
}

async function announce(site: Site, repository: Repository, actor: string): Promise<void> {
  const now = await readRefs(repository.folder);
  const changes: RefChange[] = [];
  for (const ref of new Set([...repository.refs.keys(), ...now.keys()])) {
    const before = repository.refs.get(ref) ?? null;
    const after = now.get(ref) ?? null;
    if (before !== after) changes.push({ ref, before, after });
  }
  repository.refs.clear();
  for (const [ref, sha] of now) repository.refs.set(ref, sha);
  for (const change of changes) {
    await mirror(site, repository, change);
    await tellPush(site, repository, change, actor);
    const { ref, after: sha } = change;
    if (sha !== null) for (const listener of site.pushListeners) await listener({ repository, ref, sha, actor });
    if (change.ref.startsWith('refs/heads/')) await movePullRequests(site, repository, change, actor);
  }
}

/** emulate gets heads and their commits with the true SHAs, but no trees: everything about content is answered here. */
async function mirror(site: Site, repository: Repository, { ref, after }: RefChange): Promise<void> {
  const { store } = site.core;
  if (after !== null) await mirrorCommit(site, repository, after);
  const knownRef = store.refs.findBy('repo_id', repository.id).find((row) => row.ref === ref);
  if (after === null && knownRef !== undefined) store.refs.delete(knownRef.id);
  if (after !== null && knownRef !== undefined) store.refs.update(knownRef.id, { sha: after });
  if (after !== null && knownRef === undefined) {
    store.refs.insert({ repo_id: repository.id, ref, sha: after, node_id: '' });
  }
  if (!ref.startsWith('refs/heads/')) return;
  const name = ref.slice('refs/heads/'.length);
  const branch = store.branches.findBy('repo_id', repository.id).find((row) => row.name === name);
  if (after === null && branch !== undefined) store.branches.delete(branch.id);
  if (after !== null && branch !== undefined) store.branches.update(branch.id, { sha: after });
  if (after !== null && branch === undefined) {
    store.branches.insert({ repo_id: repository.id, name, sha: after, protected: false });
  }
}

async function mirrorCommit(site: Site, repository: Repository, sha: string): Promise<void> {
  const { commits } = site.core.store;
  if (commits.findBy('sha', sha).some((row) => row.repo_id === repository.id)) return;
  const commit = await readCommit(repository.folder, sha);
  if (commit === null) return;
  commits.insert({
    repo_id: repository.id,
    sha,
    node_id: Buffer.from(`Commit${sha}`).toString('base64'),
    tree_sha: commit.tree,
    parent_shas: [...commit.parents],
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    author_date: commit.author.date,
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committer_date: commit.committer.date,
    user_id: null,
  });
}

/** Refs outside heads and tags move in silence, as on GitHub. */
async function tellPush(site: Site, repository: Repository, change: RefChange, actor: string): Promise<void> {
  const kind = /^refs\/(heads|tags)\/(.+)$/.exec(change.ref);
  if (kind === null) return;
  const named = { ref: kind[2] ?? '', ref_type: kind[1] === 'heads' ? 'branch' : 'tag', pusher_type: 'user' };
  if (change.before === null) {
    const described = { ...named, master_branch: repository.defaultBranch, description: null };
    await emit(site, repository, 'create', actor, described);
  }
  await emit(site, repository, 'push', actor, {
    ref: change.ref,
    before: change.before ?? noObject,
    after: change.after ?? noObject,
    created: change.before === null,
    deleted: change.after === null,
    forced: await isForced(repository, change),
    base_ref: null,
    compare: `${site.url}/${repository.fullName}/compare/${change.before ?? noObject}...${change.after ?? noObject}`,
    commits: await pushedCommits(site, repository, change),
    head_commit: null,
    pusher: { name: actor, email: `${actor}@users.noreply.github.com` },
  });
  if (change.after === null) await emit(site, repository, 'delete', actor, named);
}

const maxPushedCommits = 50;

/** Oldest first, each with the names of the files that it changed, as GitHub lists them. */
async function pushedCommits(
  site: Site,
  repository: Repository,
  { ref, before, after }: RefChange,
): Promise<JsonObject[]> {
  const { folder, defaultBranch } = repository;
  if (after === null || !site.app.events.includes('push')) return [];
  const home = `refs/heads/${defaultBranch}`;
  const known = before ?? (ref === home ? null : await resolveCommit(folder, home));
  const range = known === null ? [after] : [after, `^${known}`];
  const commits = await readCommits(folder, ['--reverse', `-${maxPushedCommits}`, ...range]);
  return Promise.all(
    commits.map(async ({ sha, message }) => {
      const args = ['diff-tree', '--no-commit-id', '--name-status', '--no-renames', '-r', '--root', '-z', sha];
      const fields = (await gitText(folder, args)).split('\0');
      const changed = (status: string) => fields.filter((_, index) => index % 2 === 1 && fields[index - 1] === status);
      return { id: sha, message, added: changed('A'), modified: changed('M'), removed: changed('D') };
    }),
  );
}

async function isForced(repository: Repository, { before, after }: RefChange): Promise<boolean> {
  if (before === null || after === null) return false;
  return (await gitOrNull(repository.folder, ['merge-base', '--is-ancestor', before, after])) === null;
}

async function movePullRequests(site: Site, repository: Repository, change: RefChange, actor: string): Promise<void> {
  const branch = change.ref.slice('refs/heads/'.length);
  // A fork's branch may bear the same name.
  const isHead = (pull: PullRequestRow): boolean => pull.head_ref === branch && pull.head_repo_id === repository.id;
  const open = site.core.store.pullRequests
    .findBy('repo_id', repository.id)
    .filter((pull) => pull.state === 'open' && (isHead(pull) || pull.base_ref === branch));
  for (const pull of open) {
    if (pull.base_ref === branch) await refreshPullRequest(site, repository, pull);
    else if (change.after === null) await closePullRequest(site, repository, pull, actor);
    else await synchronize(site, repository, pull, change, actor);
  }
}

async function synchronize(
  site: Site,
  repository: Repository,
  pull: PullRequestRow,
  { before, after }: RefChange,
  actor: string,
): Promise<void> {
  await refreshPullRequest(site, repository, pull);
  await emit(site, repository, 'pull_request', actor, {
    action: 'synchronize',
    number: pull.number,
    before,
    after,
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
}

/** GitHub closes a pull request whose branch is gone. */
async function closePullRequest(
  site: Site,
  repository: Repository,
  pull: PullRequestRow,
  actor: string,
): Promise<void> {
  const { store } = site.core;
  const closed = { state: 'closed', closed_at: new Date().toISOString() } as const;
  store.pullRequests.update(pull.id, closed);
  const issue = store.issues.findBy('repo_id', repository.id).find((row) => row.number === pull.number);
  if (issue !== undefined) store.issues.update(issue.id, closed);
  await emit(site, repository, 'pull_request', actor, {
    action: 'closed',
    number: pull.number,
    pull_request: await pullRequestJson(site, repository, pull.number),
  });
}

/** Head, size and mergeability from git. The base SHA stays what it was when the head last moved, as on GitHub. */
export async function refreshPullRequest(site: Site, repository: Repository, pull: PullRequestRow): Promise<void> {
  const { folder } = repository;
  if (pull.head_repo_id !== repository.id) return;
  const head = await resolveCommit(folder, `refs/heads/${pull.head_ref}`);
  const base = await resolveCommit(folder, `refs/heads/${pull.base_ref}`);
  if (head === null || base === null) return;
  const counted = await gitText(folder, ['rev-list', '--count', `${base}..${head}`]);
  // Without a common past there is nothing to compare.
  const sizes = String((await gitOrNull(folder, ['diff', '--numstat', `${base}...${head}`])) ?? '').split('\n');
  const changed = sizes.filter((line) => line !== '').map((line) => line.split('\t'));
  const sum = (column: number): number => changed.reduce((total, fields) => total + (Number(fields[column]) || 0), 0);
  const isMergeable = (await gitOrNull(folder, ['merge-tree', '--write-tree', base, head])) !== null;
  site.core.store.pullRequests.update(pull.id, {
    head_sha: head,
    ...(head !== pull.head_sha && { base_sha: base }),
    commits: Number(counted),
    additions: sum(0),
    deletions: sum(1),
    changed_files: changed.length,
    mergeable: isMergeable,
    mergeable_state: isMergeable ? 'clean' : 'dirty',
  });
}
