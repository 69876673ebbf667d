import { roleOf } from './collaborators.ts';
import { appOnlyOperations, grants, hasRole, isWrite, missingPermission, roleFor } from './permissions.ts';
import type { Repository } from './repository.ts';
import { type Answer, type Caller, notFound, refuse, type Site } from './site.ts';

/** Null for credentials that GitHub would not know (any more). */
export function identify(site: Site, authorization: string | undefined): Caller | null {
  const token = /^(?:bearer|token) +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (authorization === undefined) return { kind: 'anonymous', login: null, token: null };
  return token === undefined ? null : identifyToken(site, token);
}

export function identifyToken(site: Site, token: string): Caller | null {
  if (token.startsWith('eyJ')) return { kind: 'app-jwt', login: null, token };
  const user = site.tokens.users.get(token);
  if (user !== undefined) return { kind: 'user', token, ...user };
  const grant = site.tokens.installations.get(token);
  if (grant === undefined || grant.expiresAtMs <= Date.now()) return null;
  return { kind: 'installation', login: site.app.botLogin, token, grant };
}

export interface Refusal {
  readonly answer: Answer;
  /** Set where the App asked for something that its manifest does not declare. */
  readonly problem?: string;
}

/** Null when the caller may do it. */
export function refusal(
  site: Site,
  caller: Caller,
  operation: string,
  method: string,
  repository: Repository | null,
): Refusal | null {
  if (appOnlyOperations.has(operation)) {
    const isApp = caller.kind === 'app-jwt';
    return isApp ? null : { answer: refuse(401, 'A JSON web token could not be decoded') };
  }
  const isArchived = repository !== null && site.core.store.repos.get(repository.id)?.archived === true;
  const refused = refuseCaller(caller, operation, method, repository);
  if (refused !== null) return refused;
  if (isArchived && isWrite(method)) return { answer: refuse(403, 'Repository was archived so is read-only.') };
  return null;
}

function refuseCaller(
  caller: Caller,
  operation: string,
  method: string,
  repository: Repository | null,
): Refusal | null {
  const forbidden = refuse(403, 'Resource not accessible by integration');
  if (caller.kind === 'app-jwt') return { answer: forbidden, problem: `${operation} is not for the App's own token` };
  if (caller.kind === 'installation') {
    if (repository !== null && !reaches(caller, repository)) {
      // Any token may read the files of a public repository, of whomever it is.
      return operation === 'repos/get-content' && !repository.isPrivate ? null : { answer: notFound() };
    }
    const missing = missingPermission(operation, caller.grant.permissions);
    return missing === null ? null : { answer: forbidden, problem: missing };
  }
  const role = caller.kind === 'user' && repository !== null ? roleOf(repository, caller.login) : 'none';
  if (repository?.isPrivate && !hasRole(role, 'read')) return { answer: notFound() };
  if (caller.kind === 'anonymous') return isWrite(method) ? { answer: refuse(401, 'Requires authentication') } : null;
  const wanted = roleFor(operation, method);
  if (wanted === null) return { answer: refuse(403, 'You must authenticate via a GitHub App.') };
  return hasRole(role, wanted) ? null : { answer: refuse(403, `Must have ${wanted} rights to Repository.`) };
}

/** Whether the installation token was made for this repository. */
export function reaches(caller: Caller & { kind: 'installation' }, repository: Repository): boolean {
  const { repositories, owner } = caller.grant;
  return repositories?.has(repository.fullName.toLowerCase()) ?? repository.owner === owner;
}

/** The same question for git. */
export function gitAccess(
  site: Site,
  caller: Caller | null,
  repository: Repository | undefined,
  wantsWrite: boolean,
): 200 | 401 | 403 | 404 {
  if (caller === null || caller.kind === 'app-jwt') return 401;
  if (repository === undefined) return caller.kind === 'anonymous' ? 401 : 404;
  const isArchived = site.core.store.repos.get(repository.id)?.archived === true;
  if (caller.kind === 'installation') {
    if (!reaches(caller, repository)) return 404;
    const isGranted = grants(caller.grant.permissions, wantsWrite ? 'contents:write' : 'contents:read');
    return isGranted && !(isArchived && wantsWrite) ? 200 : 403;
  }
  if (caller.kind === 'anonymous') return wantsWrite || repository.isPrivate ? 401 : 200;
  const role = roleOf(repository, caller.login);
  if (!hasRole(role, 'read')) return 404;
  return !wantsWrite || (hasRole(role, 'write') && !isArchived) ? 200 : 403;
}
