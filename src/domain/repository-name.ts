import type { RepositoryRef } from './ids.ts';

/** Letters, digits and hyphens; the underscore comes before the short code of an enterprise's managed users. */
const ownerForm = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/;
const nameForm = /^[A-Za-z0-9._-]{1,100}$/;
/** `.` and `..` would lead elsewhere; `x.git` is read as `x`, and `x.wiki` is the wiki of `x`. */
const reservedName = /^\.{1,2}$|\.(?:git|wiki)$/i;

/**
 * Whether GitHub may have a repository of this owner and name. What passes is safe as a part of a path, on this host's
 * disk and in an address: it can change neither the host nor any other part of the path.
 *
 * GitHub's rules: https://docs.github.com/repositories/creating-and-managing-repositories/repository-limits and, for
 * owners, https://docs.github.com/enterprise-cloud@latest/admin/concepts/identity-and-access-management/username-considerations
 */
export const isRepositoryName = (owner: string, name: string): boolean =>
  ownerForm.test(owner) && nameForm.test(name) && !reservedName.test(name);

/** @throws {TypeError} for what GitHub cannot have sent: signals are checked before they get this far. */
export function assertRepository({ installationId, owner, name }: RepositoryRef): void {
  if (Number.isSafeInteger(installationId) && installationId > 0 && isRepositoryName(owner, name)) return;
  throw new TypeError(`not a repository: ${JSON.stringify({ installationId, owner, name }).slice(0, 300)}`);
}
