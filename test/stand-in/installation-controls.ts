import { installFor } from './accounts.ts';
import { userJson } from './decorate.ts';
import type { InstallationRow } from './emulate-core.ts';
import { insider } from './internal.ts';
import type { JsonObject } from './json.ts';
import type { Repository } from './repository.ts';
import type { Site } from './site.ts';
import type { Delivery } from './webhooks.ts';

/**
 * Installing the App and taking it away. Repositories are there for it from their creation on; these tell it so, or
 * change that. GitHub sends these events to every App, whatever its manifest declares.
 */
export interface Installations {
  /** Tells the App that it was installed for these; they are of one account. */
  install(...repositories: readonly string[]): Delivery;
  /** Tells the App that these are its own from now on. */
  addToInstallation(...repositories: readonly string[]): Delivery;
  /** From now on the App may not reach these, and its tokens for them are void. */
  removeFromInstallation(...repositories: readonly string[]): Delivery;
  /** From now on the App may reach nothing of the account. Installed again, it has another number there. */
  uninstall(owner: string): Delivery;
  /** The next creation of a repository, a transfer or an admin's choice brings it in again. */
  reinstall(...repositories: readonly string[]): Delivery;
  rename(repository: string, name: string): void;
}

export function createInstallations(site: Site, find: (fullName: string) => Repository): Installations {
  const send = (event: string, installation: InstallationRow, action: string, more: JsonObject): Delivery =>
    site.webhooks.send(event, {
      action,
      installation: installationJson(site, installation),
      ...more,
      sender: userJson(site, insider),
    });
  const ofAll = (names: readonly string[]) => {
    const repositories = names.map(find);
    const [first] = repositories;
    if (first === undefined) throw new Error('name a repository');
    return { repositories, installation: rowOf(site, first.owner) };
  };
  const install = (...names: readonly string[]): Delivery => {
    const { repositories, installation } = ofAll(names);
    return send('installation', installation, 'created', { repositories: repositories.map(listedJson) });
  };
  const change = (action: 'added' | 'removed', names: readonly string[]): Delivery => {
    const { repositories, installation } = ofAll(names);
    select(site, installation, repositories, action);
    return send('installation_repositories', installation, action, {
      repository_selection: 'selected',
      repositories_added: action === 'added' ? repositories.map(listedJson) : [],
      repositories_removed: action === 'removed' ? repositories.map(listedJson) : [],
    });
  };
  return {
    install,
    addToInstallation: (...names) => change('added', names),
    removeFromInstallation: (...names) => change('removed', names),
    uninstall(owner) {
      const installation = rowOf(site, owner);
      site.core.store.appInstallations.delete(installation.id);
      const own = [...site.repositories.values()].filter((repository) => repository.owner === owner);
      expireTokens(site, own);
      return send('installation', installation, 'deleted', { repositories: own.map(listedJson) });
    },
    reinstall(...names) {
      const owner = names[0]?.split('/')[0] ?? '';
      const installationId = installFor(site, owner);
      for (const repository of site.repositories.values())
        if (repository.owner === owner) repository.installationId = installationId;
      return install(...names);
    },
    rename(fullName, name) {
      const repository = find(fullName);
      site.repositories.delete(fullName.toLowerCase());
      const renamed = { ...repository, name, fullName: `${repository.owner}/${name}` };
      site.repositories.set(renamed.fullName.toLowerCase(), renamed);
      site.core.store.repos.update(repository.id, { name, full_name: renamed.fullName });
    },
  };
}

function rowOf(site: Site, owner: string): InstallationRow {
  const row = site.core.store.appInstallations.findOneBy('account_login', owner);
  if (row === undefined) throw new Error(`the App is not installed for ${owner}`);
  return row;
}

function select(
  site: Site,
  installation: InstallationRow,
  repositories: readonly Repository[],
  action: 'added' | 'removed',
): void {
  const all = [...site.repositories.values()].filter(({ owner }) => owner === installation.account_login);
  const isWhole = installation.repository_selection === 'all';
  const before = isWhole ? all.map(({ id }) => id) : installation.repository_ids;
  const changed = new Set(repositories.map(({ id }) => id));
  const rest = before.filter((id) => !changed.has(id));
  const repository_ids = action === 'added' ? [...rest, ...changed] : rest;
  site.core.store.appInstallations.update(installation.id, { repository_selection: 'selected', repository_ids });
  if (action === 'removed') expireTokens(site, repositories);
}

function expireTokens(site: Site, repositories: readonly Repository[]): void {
  const names = repositories.map(({ fullName }) => fullName.toLowerCase());
  for (const [token, grant] of site.tokens.installations) {
    const isOne = grant.repositories === null || names.some((name) => grant.repositories?.has(name));
    if (isOne) site.tokens.installations.set(token, { ...grant, expiresAtMs: 0 });
  }
}

const listedJson = ({ id, name, fullName, isPrivate }: Repository): JsonObject => ({
  id,
  node_id: Buffer.from(`Repository${id}`).toString('base64'),
  name,
  full_name: fullName,
  private: isPrivate,
});

const installationJson = (site: Site, row: InstallationRow): JsonObject => ({
  id: row.installation_id,
  app_id: site.app.id,
  app_slug: site.app.slug,
  account: userJson(site, row.account_login),
  target_type: row.account_type,
  repository_selection: row.repository_selection,
  permissions: { ...row.permissions },
  events: [...row.events],
});
