import { ConfigError } from '../domain/faults.ts';
import type { RepositoryRef } from '../domain/ids.ts';
import { assertRepository } from '../domain/repository-name.ts';

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

/** A ref is a file below the repository's, with `.lock` behind it for a while. */
const maxRefBytes = 240;

/**
 * What we may write to: a branch, or a candidate's own ref, by the rules of `git check-ref-format`, which also keep a
 * refspec from meaning something else. No part begins with a dash, as git forbids for branches, and none is `HEAD`.
 *
 * @throws {TypeError} when the name is none.
 */
export function assertRef(ref: string): void {
  const isForbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/[.-]|\.lock(?:\/|$)|[./]$|\/HEAD$/u.test(ref);
  const isOurs = /^refs\/(?:heads|ai-fix)\/./.test(ref) && ref.isWellFormed() && Buffer.byteLength(ref) <= maxRefBytes;
  if (!isOurs || isForbidden) throw new TypeError(`not a full ref name of ours: ${JSON.stringify(ref.slice(0, 200))}`);
}

/** Where a mirror lies below the mirrors' folder. GitHub's names are not case-sensitive. @throws {TypeError} */
export function mirrorFolder(repository: RepositoryRef): string {
  assertRepository(repository);
  return `${repository.installationId}/${repository.owner}/${repository.name}.git`.toLowerCase();
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
