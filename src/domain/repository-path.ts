type PathCheck = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

const maxPathBytes = 1024;

/**
 * Decides whether a path that a model wrote may name a file of a repository; the only place that does.
 *
 * Stricter than git: besides `.git` it refuses the spellings that NTFS and HFS+ read as `.git`, because git hosts
 * refuse trees that hold them (git's `fsck` message `hasDotgit`, CVE-2014-9390), and backslashes, which some clients
 * read as a separator. A leading `./` is dropped.
 */
export function checkRepositoryPath(raw: string): PathCheck {
  const path = raw.startsWith('./') ? raw.slice(2) : raw;
  const reason = faultOf(path);
  return reason === null ? { ok: true, path } : { ok: false, reason };
}

function faultOf(path: string): string | null {
  if (path === '') return 'the path is empty';
  if (Buffer.byteLength(path) > maxPathBytes) return `the path is longer than ${maxPathBytes} bytes`;
  if (!path.isWellFormed()) return 'the path holds half a surrogate pair';
  if (hasControlCharacter(path)) return 'the path holds a control character or a line break';
  if (path.includes('\\')) return 'the path holds a backslash; folders are separated by /';
  if (path.startsWith('/') || /^[a-z]:\//i.test(path))
    return 'the path is absolute; paths are relative to the root of the repository';
  for (const segment of path.split('/')) {
    if (segment === '') return 'the path has an empty segment (a doubled or trailing /)';
    if (segment === '.' || segment === '..') return `the path has a "${segment}" segment`;
    if (isDotGit(segment)) return 'the path leads into .git';
  }
  return null;
}

/** A path of a base tree as it may stand in a line of text: quoted when it could pass for several lines. */
export const shownPath = (path: string): string => (hasControlCharacter(path) ? JSON.stringify(path) : path);

const hasControlCharacter = (text: string): boolean => /[\p{Cc}\u2028\u2029]/u.test(text);

/** HFS+ ignores these characters in names, git's `is_hfs_dotgit` has the list. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isDotGit(segment: string): boolean {
  // NTFS drops trailing dots and spaces, opens streams after a colon, and knows .git by the short name git~1.
  return /^(?:\.git|git~1)[. ]*(?::.*)?$/i.test(segment.replace(ignoredByHfs, ''));
}
