import { userJson } from './decorate.ts';
import { gitText } from './git.ts';
import type { JsonObject } from './json.ts';
import { type GitObject, readObject } from './object-reader.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';

interface Identity {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}
export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
}

const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x00%x01';

/** Newest first, as `git log` with these arguments gives them. */
export async function readCommits(folder: string, args: readonly string[]): Promise<Commit[]> {
  const text = await gitText(folder, ['log', `--format=tformat:${format}`, ...args]);
  return text
    .split('\0\x01\n')
    .filter((record) => record !== '')
    .map((record) => {
      const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] =
        record.split('\0');
      return {
        sha,
        tree,
        parents: parents.split(' ').filter((parent) => parent !== ''),
        author: { name: an, email: ae, date: toUtc(ad) },
        committer: { name: cn, email: ce, date: toUtc(cd) },
        message: message.trimEnd(),
      };
    });
}

const toUtc = (date: string): string => new Date(date).toISOString().replace('.000Z', 'Z');

export async function readCommit(folder: string, sha: string): Promise<Commit | null> {
  const found = await readObject(folder, sha);
  return found?.type === 'commit' ? parseCommit(found) : null;
}

/** Of a commit as git stores it; a header's further lines begin with a space. */
function parseCommit({ sha, bytes }: GitObject): Commit {
  const text = bytes.toString();
  const end = text.indexOf('\n\n');
  const headers = text
    .slice(0, end < 0 ? text.length : end)
    .split('\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
  const valuesOf = (name: string) => headers.flatMap(([key, value]) => (key === name ? [value] : []));
  return {
    sha,
    tree: valuesOf('tree')[0] ?? '',
    parents: valuesOf('parent'),
    author: parseIdentity(valuesOf('author')[0] ?? ''),
    committer: parseIdentity(valuesOf('committer')[0] ?? ''),
    message: end < 0 ? '' : text.slice(end + 2).trimEnd(),
  };
}

function parseIdentity(line: string): Identity {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (-?\d+)/.exec(line) ?? [];
  return { name, email, date: toUtc(new Date(Number(seconds) * 1000).toISOString()) };
}

const verification = (repository: Repository, sha: string): JsonObject =>
  repository.signedCommits.has(sha)
    ? { verified: true, reason: 'valid', signature: 'stand-in', payload: 'stand-in', verified_at: null }
    : { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** As `GET git/commits/{sha}` has it. */
export function gitCommitJson(site: Site, repository: Repository, commit: Commit): JsonObject {
  const base = `${site.url}/repos/${repository.fullName}/git`;
  const page = `${site.url}/${repository.fullName}/commit`;
  return {
    sha: commit.sha,
    node_id: Buffer.from(`Commit${commit.sha}`).toString('base64'),
    url: `${base}/commits/${commit.sha}`,
    html_url: `${page}/${commit.sha}`,
    author: { ...commit.author },
    committer: { ...commit.committer },
    tree: { sha: commit.tree, url: `${base}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: `${base}/commits/${sha}`, html_url: `${page}/${sha}` })),
    verification: verification(repository, commit.sha),
  };
}

/** As `GET commits/{ref}` has it, without files. */
export function commitJson(site: Site, repository: Repository, commit: Commit): JsonObject {
  const base = `${site.url}/repos/${repository.fullName}`;
  const page = `${site.url}/${repository.fullName}/commit`;
  return {
    sha: commit.sha,
    node_id: Buffer.from(`Commit${commit.sha}`).toString('base64'),
    url: `${base}/commits/${commit.sha}`,
    html_url: `${page}/${commit.sha}`,
    comments_url: `${base}/commits/${commit.sha}/comments`,
    commit: {
      url: `${base}/git/commits/${commit.sha}`,
      author: { ...commit.author },
      committer: { ...commit.committer },
      message: commit.message,
      tree: { sha: commit.tree, url: `${base}/git/trees/${commit.tree}` },
      comment_count: 0,
      verification: verification(repository, commit.sha),
    },
    author: accountOf(site, commit.author),
    committer: accountOf(site, commit.committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${base}/commits/${sha}`, html_url: `${page}/${sha}` })),
  };
}

/** GitHub links a commit to the account that its mail address belongs to. */
function accountOf(site: Site, { email }: Identity): JsonObject | null {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email)?.[1];
  const isKnown = login !== undefined && site.core.store.users.findOneBy('login', login) !== undefined;
  return isKnown ? userJson(site, login) : null;
}
