import { GraphQLError } from 'graphql';
import { reaches } from './access.ts';
import { roleOf } from './collaborators.ts';
import { grants, hasRole, type Need, type Role } from './permissions.ts';
import type { Repository } from './repository.ts';
import type { Caller, Site } from './site.ts';

/** One question to GraphQL, and what it needed so far. */
export interface Asking {
  readonly site: Site;
  readonly caller: Caller;
  readonly needs: Set<Need>;
  /** What the App asked without the permission. */
  readonly problems: string[];
}

export const failure = (type: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });

/** Whether there is such a repository as far as the caller can tell. */
export function sees({ caller }: Asking, repository: Repository): boolean {
  if (caller.kind === 'installation') return reaches(caller, repository);
  return caller.kind === 'user' && hasRole(roleOf(repository, caller.login), 'read');
}

/** An App needs every one of these permissions; a person the role. @throws {GraphQLError} */
export function assertMay(
  { caller, needs, problems }: Asking,
  repository: Repository,
  wanted: readonly Need[],
  role: Role = 'read',
): void {
  for (const need of wanted) needs.add(need);
  if (caller.kind === 'installation') {
    const missing = wanted.filter((need) => !grants(caller.grant.permissions, need));
    if (missing.length === 0) return;
    problems.push(`graphql needs ${missing.join(' and ')}`);
    throw failure('FORBIDDEN', 'Resource not accessible by integration');
  }
  if (caller.kind === 'user' && hasRole(roleOf(repository, caller.login), role)) return;
  throw failure('FORBIDDEN', `${caller.login} does not have the correct permissions to execute this`);
}

/** An account: GraphQL tells the login of a bot without `[bot]`, so that it looks like a person's of that name. */
export function actorNode(site: Site, login: string): Record<string, string | number | null> {
  const account = site.core.store.users.findOneBy('login', login);
  const isBot = account?.type === 'Bot';
  const shown = login.replace(/\[bot\]$/, '');
  const resourcePath = isBot ? `/apps/${shown}` : `/${login}`;
  const avatarUrl = `${site.url}/avatars/u/${encodeURIComponent(login)}`;
  return {
    __typename: isBot ? 'Bot' : 'User',
    login: shown,
    databaseId: account?.id ?? null,
    resourcePath,
    url: `${site.url}${resourcePath}`,
    avatarUrl,
  };
}

export interface Window {
  readonly first?: number | null;
  readonly last?: number | null;
}

/** The asked end of a list. GitHub wants to know how much, and gives 100 at most. @throws {GraphQLError} */
export function connection<T>(name: string, items: readonly T[], { first, last }: Window) {
  const count = first ?? last ?? null;
  if (count === null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw failure('MISSING_PAGINATION_BOUNDARIES', message);
  }
  if (count < 1 || count > 100) {
    throw failure('EXCESSIVE_PAGINATION', `Requesting ${count} records on the \`${name}\` connection is not possible.`);
  }
  const isFromStart = first !== null && first !== undefined;
  const nodes = isFromStart ? items.slice(0, count) : items.slice(-count);
  const hasMore = nodes.length < items.length;
  const pageInfo = { hasNextPage: isFromStart && hasMore, hasPreviousPage: !isFromStart && hasMore };
  return { nodes, totalCount: items.length, pageInfo };
}
