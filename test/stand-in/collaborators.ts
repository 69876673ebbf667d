import { userJson } from './decorate.ts';
import { baseRole, hasRole, legacyPermission, type Role, type RoleGrant, roleName } from './permissions.ts';
import type { Repository } from './repository.ts';
import { type Answer, type Call, type Routes, refuse } from './site.ts';

/** Who may do what in a repository, as GitHub tells it. */
export const collaboratorRoutes: Routes = {
  'repos/get-collaborator-permission-level': async (call) => collaboratorPermission(call),
};

/**
 * `permission` knows four levels only; `role_name` is the role itself, or a custom one's name. Bots are no users:
 * https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
function collaboratorPermission({ site, repository, parameters }: Call): Answer {
  const login = parameters.username ?? '';
  const users = site.core.store.users.all();
  const user = users.find((row) => row.login.toLowerCase() === login.toLowerCase() && row.type === 'User');
  if (user === undefined) return refuse(404, `${login} is not a user`);
  const grant = grantOf(repository, user.login);
  const role = baseRole(grant);
  const role_name = roleName(grant);
  const permissions = {
    admin: hasRole(role, 'admin'),
    maintain: hasRole(role, 'maintain'),
    push: hasRole(role, 'write'),
    triage: hasRole(role, 'triage'),
    pull: hasRole(role, 'read'),
  };
  return {
    status: 200,
    body: {
      permission: legacyPermission(role),
      role_name,
      user: { ...userJson(site, user.login), permissions, role_name },
    },
  };
}

export const roleOf = (repository: Repository, login: string): Role => baseRole(grantOf(repository, login));

/** Everybody may read a public repository. A bot acts through its App's installation, which the stand-in lets write. */
function grantOf(repository: Repository, login: string): RoleGrant {
  const grant = repository.roles.get(login);
  if (grant !== undefined) return grant;
  if (login.endsWith('[bot]')) return 'write';
  return repository.isPrivate ? 'none' : 'read';
}
