import { ConfigError } from '../domain/faults.ts';
import { fullName, type RepositoryRef } from '../domain/ids.ts';

/**
 * Characters that HFS+ ignores in names, so that `.g<zero width>it` is `.git` on a developer's Mac.
 * The list is git's own (utf8.c, next_hfs_char).
 */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/**
 * What forbids writing at this path, or null. We never check out, but reviewers do: what is refused is what git itself
 * refuses on some system, so that a candidate can be checked out everywhere.
 */
export function pathProblem(path: string): string | null {
  if (path === '') return 'is empty';
  if (Buffer.byteLength(path) > 4_096) return 'is longer than 4096 bytes';
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (path.startsWith('/') || /^[a-z]:[\\/]/i.test(path)) return 'is absolute';
  if (/\p{Cc}/u.test(path)) return 'has a control character';
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty segment';
    if (segment === '.' || segment === '..') return `has the segment "${segment}"`;
  }
  // A backslash separates on Windows.
  if (path.split(/[\\/]/).some(isDotGit)) return 'has a segment that is ".git" on some system';
  return null;
}

/** @throws {TypeError} when the path may not be written; callers check what a model gave them before. */
export function assertPath(path: string): void {
  const problem = pathProblem(path);
  if (problem !== null) throw new TypeError(`the path ${JSON.stringify(path.slice(0, 200))} ${problem}`);
}

/** NTFS ignores trailing dots and spaces, reads `:` as the start of a stream name and shortens `.git` to `git~1`. */
function isDotGit(segment: string): boolean {
  const name = segment.replace(ignoredByHfs, '').toLowerCase();
  return /^(?:\.git|git~1)[. ]*(?::.*)?$/.test(name);
}

/**
 * The rules of `git check-ref-format` for a full name, which also keep a refspec from meaning something else.
 *
 * @throws {TypeError} when the name is none.
 */
export function assertRef(ref: string): void {
  const isForbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/u.test(ref);
  if (!/^refs\/[^/]+\/./.test(ref) || isForbidden) {
    throw new TypeError(`not a full ref name: ${JSON.stringify(ref.slice(0, 200))}`);
  }
}

/** Where a mirror lies below the mirrors' folder. GitHub's names are not case-sensitive. */
export function mirrorFolder(repository: RepositoryRef): string {
  const { installationId, owner, name } = repository;
  if (!Number.isSafeInteger(installationId) || !/^\w[\w-]*$/.test(owner) || !/^(?!\.{1,2}$)[\w.-]+$/.test(name)) {
    throw new TypeError(`not a repository's name: ${JSON.stringify(fullName(repository).slice(0, 200))}`);
  }
  return `${installationId}/${owner}/${name}.git`.toLowerCase();
}

/**
 * Where to fetch and push. Plain http would send the token in the clear, so it stands only for this host itself.
 *
 * @throws {ConfigError} when the address is anything else, or carries credentials.
 */
export function assertRemoteUrl(text: string): URL {
  const problem = 'must be an https address without credentials (http only on loopback)';
  const url = URL.parse(text);
  if (url === null) throw new ConfigError([`the remote address is no URL: it ${problem}`]);
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  const isAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback);
  if (!isAllowed || url.username !== '' || url.password !== '') {
    throw new ConfigError([`the remote address ${url.protocol}//${url.host} ${problem}`]);
  }
  return url;
}
